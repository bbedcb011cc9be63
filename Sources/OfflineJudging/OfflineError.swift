package import CaptureFiles
package import Diagnostics
package import PacketDecoding

/// A capture that can't be judged as it was asked for.
package enum OfflineError: ExplainedError, Hashable {
    /// Neither the file nor the caller tells which frames the guest sent.
    case noDirection(capture: String, frame: Int, LinkType)
    case unreadable(capture: String, CaptureFileError)
    /// A text of the caller's is not what it should be.
    case malformed(option: String, text: String, expected: String)
    /// Something that the policy can't do without was not given.
    case missing(option: String, what: String)

    package var blame: Blame { .testAuthor }

    package var summary: String {
        switch self {
        case .noDirection(let capture, let frame, _):
            "Frame \(frame) of \(capture) does not tell whether the guest sent it, and nobody named the guest's addresses."
        case .unreadable(let capture, let error): "\(capture): \(error.summary)"
        case .malformed(let option, let text, let expected):
            "\(option) needs \(expected), and is \(text.debugDescription)."
        case .missing(let option, let what): "\(option) is missing: \(what)."
        }
    }

    package var context: [String] {
        if case .unreadable(_, let error) = self { error.context } else { [] }
    }

    package var hint: String? {
        switch self {
        case .noDirection(_, _, .ethernet):
            "Name the hardware addresses that the guest sends from: --guest-mac 02:00:00:00:00:64."
        case .noDirection(_, _, let link):
            "Name the Internet addresses that the guest sends from, for \(link) has no other: --guest-ip 10.2.1.100."
        case .unreadable(_, let error): error.hint
        case .malformed, .missing: nil
        }
    }
}
