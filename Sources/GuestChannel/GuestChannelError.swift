public import Diagnostics

/// A reason why the guest did not do what it was asked for.
public enum GuestChannelError: ExplainedError, Equatable {
    /// Nothing in the guest answers.
    case unreachable(waited: Duration, lastReason: String)
    /// A command did not end in time. It may still run in the guest.
    case timedOut(action: String, limit: Duration)
    /// The guest answered that it can't.
    case refused(action: String, reason: String)
    /// The answer is none that the protocol knows.
    case malformed(action: String, answer: String)
    /// A file is larger than the reader wants.
    case tooLarge(path: String, limit: Int)
    /// The machine is off.
    case machineIsOff(action: String)
    /// Whoever asked was cancelled.
    case cancelled(action: String)

    public var blame: Blame {
        switch self {
        case .unreachable, .timedOut, .refused, .malformed, .machineIsOff: .systemUnderTest
        case .tooLarge: .testAuthor
        case .cancelled: .harness
        }
    }

    public var summary: String {
        switch self {
        case .unreachable(let waited, _):
            "Expected the guest's agent to answer, but it did not within \(waited)."
        case .timedOut(let action, let limit):
            "Expected the guest to \(action) within \(limit), but it did not."
        case .refused(let action, let reason):
            "Expected the guest to \(action), but its agent said: \(printable(reason))"
        case .malformed(let action, _):
            "Expected the guest to \(action), but its agent's answer is not one that the protocol knows."
        case .tooLarge(let path, let limit):
            "Expected the guest's file \(path) to have at most \(limit) bytes, but it has more."
        case .machineIsOff(let action):
            "Expected the guest to \(action), but the machine is off."
        case .cancelled(let action):
            "The guest was to \(action), but the scenario ended before."
        }
    }

    public var context: [String] {
        switch self {
        case .unreachable(_, let reason): ["last answer: \(printable(reason))"]
        case .malformed(_, let answer): ["answer: \(printable(answer))"]
        default: []
        }
    }

    public var hint: String? {
        switch self {
        case .unreachable: "Look at the serial console's log: does the guest boot, and does it start qemu-guest-agent?"
        case .timedOut: "Give the command more time, or run it in the background."
        default: nil
        }
    }
}

/// Makes a guest's text fit for one line of a report.
func printable(_ text: String) -> String {
    String(text.unicodeScalars.prefix(300).map { $0.properties.generalCategory == .control ? " " : Character($0) })
}
