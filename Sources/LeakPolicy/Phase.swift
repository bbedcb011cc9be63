/// What the guest is doing, as far as it decides what it may send.
package enum Phase: String, Hashable, Sendable, Codable, CaseIterable {
    /// Before power-on and after power-off.
    case off
    case boot
    /// It waits for the user's first decisions.
    case greeter
    /// The user wants no network.
    case offline
    /// Tor looks for its way into the network.
    case bootstrapping
    case connected
    case shuttingDown = "shutting-down"
}

extension Phase {
    /// What stands beside the first frame of the phase in a capture.
    package var comment: String { Self.beginning + rawValue }

    /// Reads such a comment.
    package init?(comment: String) {
        guard comment.hasPrefix(Self.beginning) else { return nil }
        self.init(rawValue: String(comment.dropFirst(Self.beginning.count)))
    }

    private static let beginning = "phase: "
}
