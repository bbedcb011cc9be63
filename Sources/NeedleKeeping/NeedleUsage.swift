import Foundation
package import ScreenMatching

/// Which needles a suite's texts name.
package struct NeedleUsage: Sendable {
    private let texts: [String]

    /// Reads the features, checkpoints and step definitions below folders.
    package init(below folders: [String]) {
        var texts: [String] = []
        for folder in folders {
            for case let file as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
                guard [".feature", ".md", ".swift"].contains(where: file.hasSuffix),
                    let data = FileManager.default.contents(atPath: "\(folder)/\(file)")
                else { continue }
                texts.append(String(decoding: data, as: UTF8.self))
            }
        }
        self.texts = texts
    }

    /// Returns the needles that no text names, neither by their name nor by a tag.
    ///
    /// A name counts as such between quotation marks, or in the cell of a table.
    package func unused(among needles: [Needle]) -> [Needle] {
        needles.filter { needle in
            let names = [needle.name] + needle.variants.flatMap(\.tags)
            return !names.contains { name in texts.contains { Self.mentions(name, in: $0) } }
        }
    }

    private static func mentions(_ name: String, in text: String) -> Bool {
        text.split(separator: "\n").contains { line in
            line.contains("\"\(name)\"")
                || line.contains("|")
                    && line.split(separator: "|").contains { cell in
                        cell.trimmingCharacters(in: .whitespaces) == name
                    }
        }
    }
}
