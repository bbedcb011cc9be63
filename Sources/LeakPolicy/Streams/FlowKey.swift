import PacketDecoding

/// The two ends of TCP or UDP as numbers, by which records and streams are found for every frame.
struct FlowKey: Equatable, Sendable {
    /// The version of IP, the protocol and both ports.
    private let ports: UInt64
    private let source: (high: UInt64, low: UInt64)
    private let destination: (high: UInt64, low: UInt64)

    /// The key of a plain segment of IPv4.
    init(_ frame: SegmentFrame) {
        self.init(
            frame.packet,
            ports: Self.ports(6, frame.segment.sourcePort, frame.segment.destinationPort)
        )
    }

    /// Returns `nil` for what has no ports.
    init?(_ frame: DecodedFrame) {
        switch frame.content {
        case .ipv4(let packet):
            guard let ports = Self.ports(packet.transport) else { return nil }
            self.init(packet.header, ports: ports)
        case .ipv6(let packet):
            guard let ports = Self.ports(packet.transport) else { return nil }
            self.init(
                ports: 6 << 48 | ports,
                (packet.source.high, packet.source.low),
                (packet.destination.high, packet.destination.low)
            )
        case .arp, .llc, .control, .unknown: return nil
        }
    }

    private init(_ packet: IPv4Header, ports: UInt64) {
        self.init(
            ports: 4 << 48 | ports,
            (0, UInt64(packet.source.rawValue)),
            (0, UInt64(packet.destination.rawValue))
        )
    }

    private init(ports: UInt64, _ source: (UInt64, UInt64), _ destination: (UInt64, UInt64)) {
        (self.ports, self.source, self.destination) = (ports, source, destination)
    }

    private static func ports(_ transport: Transport) -> UInt64? {
        switch transport {
        case .tcp(let segment): ports(6, segment.sourcePort, segment.destinationPort)
        case .udp(let datagram): ports(17, datagram.sourcePort, datagram.destinationPort)
        default: nil
        }
    }

    private static func ports(_ type: UInt64, _ source: UInt16, _ destination: UInt16) -> UInt64 {
        type << 32 | UInt64(source) << 16 | UInt64(destination)
    }

    static func == (left: FlowKey, right: FlowKey) -> Bool {
        left.ports == right.ports
            && left.source.low == right.source.low && left.destination.low == right.destination.low
            && left.source.high == right.source.high && left.destination.high == right.destination.high
    }

    /// A number that is spread evenly for whoever does not know the secret numbers.
    func hash(_ secret: FlowTable.Secret) -> UInt64 {
        let low = Self.mixed(source.low ^ secret.first, destination.low ^ secret.second)
        let high = Self.mixed(source.high ^ secret.second ^ low, destination.high ^ secret.third)
        return Self.mixed(ports ^ high, low ^ secret.third)
    }

    private static func mixed(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
