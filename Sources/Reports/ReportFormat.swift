import Diagnostics

/// A report that was asked for: `NAME` or `NAME:PATH`, as behind `--format`.
package struct ReportFormat: Hashable, Sendable {
    /// The known formats.
    package enum Kind: String, CaseIterable, Sendable {
        case pretty, progress, messages, junit, html, rerun, github, tap, times

        static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
    }

    /// The format.
    package let kind: Kind
    /// The file; standard output when absent.
    package let path: String?

    /// Asks for a report.
    package init(_ kind: Kind, path: String? = nil) {
        self.kind = kind
        self.path = path
    }

    /// Reads `NAME` or `NAME:PATH`; the path `-` is standard output.
    ///
    /// - Throws: ``ReportError/unknownFormat(_:nearest:)`` or ``ReportError/emptyPath(format:)``.
    package init(parsing value: String) throws(ReportError) {
        let parts = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts.first ?? ""
        guard let kind = Kind(rawValue: name) else {
            throw .unknownFormat(name, nearest: nearestName(to: name, among: Kind.allCases.map(\.rawValue)))
        }
        self.kind = kind
        guard parts.count > 1 else {
            path = nil
            return
        }
        guard !parts[1].isEmpty else { throw .emptyPath(format: name) }
        path = parts[1] == "-" ? nil : parts[1]
    }
}
