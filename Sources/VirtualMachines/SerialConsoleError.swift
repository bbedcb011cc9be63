package import Diagnostics
package import SystemPackage

/// A reason why something was not seen on a serial console.
package enum SerialConsoleError: ExplainedError, Equatable {
    /// The guest did not write it in time.
    case notSeen(String, limit: Duration, lastLines: [String])
    /// The log can't be read.
    case unreadable(FilePath, String)

    package var blame: Blame {
        switch self {
        case .notSeen: .systemUnderTest
        case .unreadable: .host
        }
    }

    package var summary: String {
        switch self {
        case .notSeen(let wanted, let limit, _):
            "Expected \(wanted) on the serial console within \(limit), but the guest did not write it."
        case .unreadable(let path, let reason):
            "Expected to read the serial console's log at \(path), but: \(reason)"
        }
    }

    package var context: [String] {
        switch self {
        case .notSeen(_, _, let lines): lines.isEmpty ? ["the guest wrote nothing"] : lines
        case .unreadable: []
        }
    }
}
