import Foundation

/// Where a run is kept, as reports name it.
package struct RunPlace: Hashable, Sendable {
    /// The run directory, as the user gave it or as it is seen from the working directory.
    package let directory: String

    /// Names a run directory.
    package init(directory: String) {
        self.directory = directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    }

    /// The path of a kept file, for people and for other programs; `nil` when it stands in the record itself.
    package func path(of attachment: KeptAttachment) -> String? {
        attachment.url.map { "\(directory)/\($0)" }
    }

    /// The path of the record.
    package var messages: String { "\(directory)/messages.ndjson" }

    /// Returns the way from a folder to the run directory as the beginning of a relative URL: empty or ending in `/`.
    package func relativePath(from folder: String) -> String {
        var here = components(of: folder)[...]
        var there = components(of: directory)[...]
        while let first = here.first, first == there.first {
            here.removeFirst()
            there.removeFirst()
        }
        let steps = here.map { _ in ".." } + there.map(Self.encoded)
        return steps.map { "\($0)/" }.joined()
    }

    private func components(of path: String) -> [String] {
        URL(filePath: path.isEmpty ? "." : path, directoryHint: .isDirectory).standardizedFileURL.pathComponents
    }

    private static func encoded(_ component: String) -> String {
        component.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-._~"))) ?? ""
    }
}
