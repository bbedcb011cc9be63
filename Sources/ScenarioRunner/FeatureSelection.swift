import Foundation
import Gherkin
import SystemPackage

/// Which scenarios a command is about: paths with lines, tags, and names.
package struct FeatureSelection: Sendable {
    /// A file or folder, and the lines in it that were asked for; no lines means all.
    package struct Place: Hashable, Sendable {
        /// The path, without detours such as `./`.
        package let path: String
        /// The lines, from 1.
        package let lines: [Int]

        /// Reads `PATH[:LINE[:LINE…]]`.
        ///
        /// - Throws: ``PlanError/badPlace(_:)`` for an empty path or a line that is no positive number.
        package init(_ text: String) throws(PlanError) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard let path = parts.first, !path.isEmpty else { throw .badPlace(text) }
            var lines: [Int] = []
            for part in parts.dropFirst() {
                guard let line = Int(part), line > 0 else { throw .badPlace(text) }
                lines.append(line)
            }
            // One file has one name, however it was asked for.
            let plain = FilePath(String(path)).lexicallyNormalized()
            self.path = plain.isEmpty ? "." : plain.string
            self.lines = lines
        }

        /// Whether a feature file is this one, or lies in this folder.
        func covers(_ uri: String) -> Bool {
            uri == path || uri.hasPrefix(path.hasSuffix("/") ? path : path + "/")
                || (path == "." && !uri.hasPrefix("/"))
        }
    }

    /// The files and folders.
    package let places: [Place]

    /// Reads the arguments of a command: `PATH[:LINE]…`, or `@FILE` with one of them a line.
    ///
    /// - Throws: ``PlanError`` for a place or a file that can't be read.
    package init(_ arguments: [String], default folder: String = "features") throws {
        var places: [Place] = []
        for argument in arguments.isEmpty ? [folder] : arguments {
            guard argument.hasPrefix("@") else {
                places.append(try Place(argument))
                continue
            }
            let file = String(argument.dropFirst())
            guard let data = FileManager.default.contents(atPath: file), let text = String(data: data, encoding: .utf8)
            else {
                throw PlanError.unreadable(file, reason: "there is no such text file")
            }
            for line in text.split(whereSeparator: \.isNewline) where !line.allSatisfy(\.isWhitespace) {
                places.append(try Place(line.trimmingCharacters(in: .whitespaces)))
            }
        }
        self.places = places
    }

    /// The feature files, each once, folders searched to any depth in the order of their names.
    ///
    /// - Throws: ``PlanError/unreadable(_:reason:)`` for a path that is not there.
    package func files() throws(PlanError) -> [String] {
        var found: [String] = []
        var seen: Set<String> = []
        for place in places {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder) else {
                throw .unreadable(place.path, reason: "there is no such file or folder")
            }
            let files =
                isFolder.boolValue
                ? (FileManager.default.enumerator(atPath: place.path)?.compactMap { $0 as? String } ?? [])
                    .filter { file in FeatureSyntax.allCases.contains { file.hasSuffix($0.fileEnding) } }
                    .sorted()
                    .map { FilePath(place.path).appending($0).lexicallyNormalized().string }
                : [place.path]
            for file in files where seen.insert(file).inserted { found.append(file) }
        }
        return found
    }

    /// Whether a scenario of a file was asked for; `lines` are all lines that stand for it.
    ///
    /// A scenario is meant by its own line, the line of its feature or rule, of its examples, or of any of its steps.
    package func includes(uri: String, lines: Set<Int>) -> Bool {
        places.contains { place in
            place.covers(uri) && (place.lines.isEmpty || !lines.isDisjoint(with: place.lines))
        }
    }

    /// The lines that were asked for, and that stand for none of the scenarios: `PATH:LINE` each.
    func idleLines(among scenarios: [(uri: String, lines: Set<Int>)]) -> [String] {
        places.flatMap { place in
            let known = scenarios.filter { place.covers($0.uri) }.reduce(into: Set<Int>()) { $0.formUnion($1.lines) }
            return place.lines.filter { !known.contains($0) }.map { "\(place.path):\($0)" }
        }
    }
}
