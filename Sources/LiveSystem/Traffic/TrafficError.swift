public import Diagnostics

/// A reason why traffic is not what a step needs it to be.
public enum TrafficError: ExplainedError, Equatable {
    case leakNotSeen([String], within: Duration)
    case nothingAnnounced
    case otherSender(wanted: String, senders: [String])

    public var blame: Blame {
        switch self {
        case .leakNotSeen, .otherSender: .harness
        case .nothingAnnounced: .testAuthor
        }
    }

    public var summary: String {
        switch self {
        case .leakNotSeen(let leaks, let limit):
            "The detector had to report \(leaks.joined(separator: ", ")) within \(limit), and did not."
        case .nothingAnnounced: "A leak has to be announced before it can be waited for, and none was."
        case .otherSender(let wanted, let senders):
            "The leak had to be laid at the door of \(wanted), and was at that of "
                + (senders.isEmpty ? "nobody." : "\(senders.joined(separator: "; ")).")
        }
    }

    public var hint: String? {
        switch self {
        case .leakNotSeen: "Look in the capture whether the frames are there; if they are, the detector is blind."
        case .nothingAnnounced: "Begin with the step “TCP to \"203.0.113.80:80\" must be reported as a leak”."
        case .otherSender: "Run the commands of “attribution” in the system's description by hand."
        }
    }
}
