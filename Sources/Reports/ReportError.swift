package import Diagnostics

/// A reason why a report can't be made.
package enum ReportError: ExplainedError, Hashable {
    case unknownFormat(String, nearest: String?)
    case emptyPath(format: String)
    case standardOutputTaken(first: String, second: String)
    case unwritable(path: String, reason: String)
    case unreadable(path: String, reason: String)
    case failed(format: String, reason: String)
    case lineTooLong(path: String, line: Int, limit: Int)

    package var blame: Blame {
        switch self {
        case .unknownFormat, .emptyPath, .standardOutputTaken: .testAuthor
        case .unwritable, .unreadable, .lineTooLong: .host
        case .failed: .harness
        }
    }

    package var summary: String {
        switch self {
        case .unknownFormat(let name, _):
            "A report format is one of \(ReportFormat.Kind.names), but \(name.debugDescription) was given."
        case .emptyPath(let format):
            "A path is expected behind \"\(format):\", but there is none."
        case .standardOutputTaken(let first, let second):
            "Only one report can go to standard output, but \(first) and \(second) were both given without a path."
        case .unwritable(let path, let reason): "The report needs to be written to \(path), but that failed: \(reason)"
        case .unreadable(let path, let reason): "The record needs to be read from \(path), but that failed: \(reason)"
        case .failed(let format, let reason): "The \(format) report can't be made: \(reason)"
        case .lineTooLong(let path, let line, let limit):
            "A line of the record has at most \(limit >> 20) MiB, but line \(line) of \(path) is longer."
        }
    }

    package var hint: String? {
        switch self {
        case .unknownFormat(_, let nearest): nearest.map { "Did you mean \($0)?" }
        case .emptyPath(let format): "Write \(format):PATH, or \(format) alone for standard output."
        case .standardOutputTaken(_, let second): "Give one of them a path, such as \(second):\(second).txt."
        case .unwritable: "Free some space, or choose another path."
        case .unreadable: "Name the folder of a run, such as runs/latest."
        case .failed, .lineTooLong: nil
        }
    }
}
