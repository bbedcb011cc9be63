package import Diagnostics
import Foundation
import PictureFiles
package import Pictures

/// The screenshots of earlier runs.
package struct RecordedScreens: Sendable {
    /// One screenshot, read only when it is asked for.
    package struct Screen: Sendable {
        /// The file.
        package let path: String

        /// Reads the picture.
        ///
        /// - Throws: ``ScreenshotError``.
        package func picture() throws(ScreenshotError) -> Picture { try Picture(screenshot: path) }
    }

    /// The newest first.
    package let screens: [Screen]

    /// Finds the PNG files below folders, at most `most` of them, the newest first.
    package init(below folders: [String], most: Int = 200) {
        var found: [(path: String, modified: Date)] = []
        for folder in folders {
            for case let file as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
                let path = "\(folder)/\(file)"
                // Comparisons of needles are no screens.
                guard file.hasSuffix(".png"), !file.contains("comparison-"),
                    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
                else { continue }
                found.append((path, attributes[.modificationDate] as? Date ?? .distantPast))
            }
        }
        screens = found.sorted { ($0.modified, $0.path) > ($1.modified, $1.path) }.prefix(most).map {
            Screen(path: $0.path)
        }
    }
}

/// A screenshot that can't be looked at.
package struct ScreenshotError: ExplainedError, Equatable {
    /// The file.
    package let path: String
    /// What is wrong with it, as a sentence.
    package let reason: String

    package var blame: Blame { .testAuthor }
    package var summary: String { "\(path): \(reason)" }
    package var context: [String] { [] }
    package var hint: String? { "Name a PNG picture, such as one of runs/latest/attachments." }
}

extension Picture {
    /// Reads a screenshot from a PNG file.
    package init(screenshot path: String) throws(ScreenshotError) {
        guard let file = FileManager.default.contents(atPath: path), file.count <= 64 << 20 else {
            throw ScreenshotError(path: path, reason: "Expected a file of at most 64 MiB, but it can't be read.")
        }
        do throws(PictureFileError) {
            try self.init(png: file)
        } catch {
            throw ScreenshotError(path: path, reason: error.summary)
        }
    }
}
