package import PacketDecoding

/// What a hostile station of the guest's network does: pure decisions, which ``withAttack(_:in:record:body:)`` carries out.
///
/// Attacks differ in what they leave out, so each has a default but the name and the station.
package protocol Attack: Sendable {
    /// What reports call it.
    var name: String { get }
    /// Who does it.
    var station: StationIdentity { get }
    /// Conditions of nft(8) that end in a verdict, for what the guest sends to the hosts of its internet.
    ///
    /// An attacker who answers first is one whose rivals stay silent; that leaves nothing to a race.
    var rules: [String] { get }
    /// How often it speaks by itself, or `nil` when it only reacts.
    var period: Duration? { get }
    /// Whether it reacts to what the guest sends to others.
    var listens: Bool { get }

    /// The next frames that it sends by itself.
    mutating func speak() -> [[UInt8]]
    /// The frames that it sends because of one of the guest's.
    mutating func hear(_ frame: HeardFrame) -> [[UInt8]]
}

extension Attack {
    package var rules: [String] { [] }
    package var period: Duration? { nil }
    package var listens: Bool { false }
    package mutating func speak() -> [[UInt8]] { [] }
    package mutating func hear(_ frame: HeardFrame) -> [[UInt8]] { [] }
}

/// A frame of the guest, understood.
package struct HeardFrame: Sendable {
    /// The whole frame.
    package let bytes: [UInt8]
    /// What its headers say.
    package let content: DecodedFrame

    /// Decodes a frame, or returns `nil` when it is malformed: that is for the judge of traffic to tell.
    package init?(_ bytes: [UInt8]) {
        guard let content = try? decode(bytes) else { return nil }
        (self.bytes, self.content) = (bytes, content)
    }

    /// The station that sent it.
    package var source: MACAddress { content.ethernet?.source ?? .zero }

    /// The addresses of its Internet packet, unless there is none.
    package var addresses: (source: IPAddress, destination: IPAddress)? {
        switch content.content {
        case .ipv4(let packet): (.v4(packet.source), .v4(packet.destination))
        case .ipv6(let packet): (.v6(packet.source), .v6(packet.destination))
        case .arp, .llc, .control, .unknown: nil
        }
    }

    /// The bytes of a range, such as a payload.
    package func bytes(in range: Range<Int>) -> [UInt8] { Array(bytes[range]) }
}
