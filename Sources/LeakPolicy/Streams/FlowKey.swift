import PacketDecoding

/// The two ends of TCP or UDP as numbers, by which records and streams are found for every frame.
struct FlowKey: Hashable, Sendable {
    private let addresses: UInt64
    private let ports: UInt64
    /// The rest of addresses of IPv6.
    private let more: SIMD4<UInt64>

    /// Returns `nil` for what has no ports.
    init?(_ frame: DecodedFrame) {
        let (type, source, destination): (UInt64, UInt16, UInt16)
        switch frame.transport {
        case .tcp(let segment): (type, source, destination) = (6, segment.sourcePort, segment.destinationPort)
        case .udp(let datagram): (type, source, destination) = (17, datagram.sourcePort, datagram.destinationPort)
        default: return nil
        }
        ports = type << 32 | UInt64(source) << 16 | UInt64(destination)
        switch frame.content {
        case .ipv4(let packet):
            addresses = UInt64(packet.source.rawValue) << 32 | UInt64(packet.destination.rawValue)
            more = SIMD4()
        case .ipv6(let packet):
            addresses = 1 << 63 | 1
            more = SIMD4(packet.source.high, packet.source.low, packet.destination.high, packet.destination.low)
        default: return nil
        }
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(addresses)
        hasher.combine(ports)
        // Short for IPv4, which nearly every frame is.
        if more != SIMD4() { hasher.combine(more) }
    }
}
