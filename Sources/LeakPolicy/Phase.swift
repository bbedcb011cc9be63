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
