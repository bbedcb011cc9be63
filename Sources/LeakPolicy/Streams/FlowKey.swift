import PacketDecoding

/// The two ends of TCP or UDP as numbers, by which records and streams are found for every frame.
struct FlowKey: Hashable, Sendable {
    private let addresses: UInt64
    private let ports: UInt64
    /// The rest of addresses of IPv6.
    private let more: SIMD4<UInt64>

    /// The key of a segment of IPv4.
    init(_ packet: IPv4, _ segment: TCP) {
        ports = 6 << 32 | UInt64(segment.sourcePort) << 16 | UInt64(segment.destinationPort)
        addresses = UInt64(packet.source.rawValue) << 32 | UInt64(packet.destination.rawValue)
        more = SIMD4()
    }

    /// Returns `nil` for what has no ports.
    init?(_ frame: DecodedFrame) {
        // Looked at part by part: a copy of the whole would cost as much as the rest.
        switch frame.content {
        case .ipv4(let packet):
            guard let ports = Self.ports(packet.transport) else { return nil }
            self.ports = ports
            addresses = UInt64(packet.source.rawValue) << 32 | UInt64(packet.destination.rawValue)
            more = SIMD4()
        case .ipv6(let packet):
            guard let ports = Self.ports(packet.transport) else { return nil }
            self.ports = ports
            addresses = 1 << 63 | 1
            more = SIMD4(packet.source.high, packet.source.low, packet.destination.high, packet.destination.low)
        case .arp, .llc, .control, .unknown: return nil
        }
    }

    private static func ports(_ transport: Transport) -> UInt64? {
        switch transport {
        case .tcp(let segment): 6 << 32 | UInt64(segment.sourcePort) << 16 | UInt64(segment.destinationPort)
        case .udp(let datagram): 17 << 32 | UInt64(datagram.sourcePort) << 16 | UInt64(datagram.destinationPort)
        default: nil
        }
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(addresses)
        hasher.combine(ports)
        // Short for IPv4, which nearly every frame is.
        if more != SIMD4() { hasher.combine(more) }
    }
}
