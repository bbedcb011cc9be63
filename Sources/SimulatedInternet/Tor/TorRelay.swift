/// A relay of the private Tor network, as its clients know it.
package struct TorRelay: Hashable, Sendable, Codable {
    /// What a relay does.
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// Votes on the consensus; also a middle relay.
        case authority
        /// Where clients enter; also what they know of directories before they have one.
        case `guard`
        /// Connects to the web; also a middle relay.
        case exit
        /// Not in the consensus; speaks obfs4.
        case bridge
    }

    /// The relay's name in logs and in the consensus.
    package let nickname: String
    /// What the relay does.
    package let kind: Kind
    /// The relay's public IPv4 address.
    package let address: String
    /// Where it speaks the Tor protocol.
    package let orPort: UInt16
    /// Where authorities exchange votes.
    ///
    /// No client uses it: they fetch directories through the OR port.
    package let dirPort: UInt16?
    /// The SHA-1 of the RSA identity key: 40 hexadecimal digits.
    package let fingerprint: String
}

/// The private Tor network, as far as clients have to know it.
package struct TorNetwork: Hashable, Sendable, Codable {
    /// Every relay, bridges too.
    package let relays: [TorRelay]
    /// Lines of a torrc that make a client use this network and no other; `DisableNetwork` is left to the caller.
    package let clientConfiguration: String
    /// `Bridge` lines, without the word `Bridge`, as a person would enter them.
    package let bridgeLines: [String]
}
