import FrameBuilding
package import PacketDecoding

/// Resets every TCP connection over IPv4 that the guest opens or uses, in the name of the other end.
///
/// The other end hears no more of it: were it to answer first, the reset would be of bytes that have gone by.
package struct ConnectionResets: Attack {
    package let name = "resets of TCP connections"
    package let station = StationIdentity.resetter
    package let listens = true

    /// The only other ends, or `nil` for all.
    private let endpoints: Set<Endpoint>?

    /// Creates an attacker of connections to some endpoints, or to all.
    package init(only endpoints: Set<Endpoint>? = nil) { self.endpoints = endpoints }

    package var rules: [String] {
        guard let endpoints else { return ["meta nfproto ipv4 meta l4proto tcp drop"] }
        let elements = endpoints.sorted().map { "\($0.address) . \($0.port)" }.joined(separator: ", ")
        return ["meta l4proto tcp ip daddr . tcp dport { \(elements) } drop"]
    }

    package mutating func hear(_ frame: HeardFrame) -> [[UInt8]] {
        guard case .ipv4(let packet) = frame.content.content, case .tcp(let segment) = packet.transport,
            !segment.flags.contains(.rst)
        else { return [] }
        let other = Endpoint(address: .v4(packet.destination), port: segment.destinationPort)
        guard endpoints?.contains(other) ?? true else { return [] }
        let isOpening = !segment.flags.contains(.ack)
        // Of an opening the right answer is known only by what it acknowledges (RFC 9293, section 3.10.7.3).
        let acknowledgement = isOpening ? segment.sequence &+ UInt32(segment.payload.count) &+ 1 : 0
        var frames = station.frames
        frames.destination = frame.source
        var reset = frames.tcp(
            to: Endpoint(address: .v4(packet.source), port: segment.sourcePort),
            from: segment.destinationPort,
            flags: isOpening ? 0x14 : 0x04,
            acknowledgement: acknowledgement,
            source: packet.destination
        )
        let sequence = isOpening ? 0 : segment.acknowledgement
        for (index, byte) in bytes(sequence).enumerated() { reset[38 + index] = byte }
        return [reset.withTransportChecksum()]
    }
}
