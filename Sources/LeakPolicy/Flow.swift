package import PacketDecoding

/// The protocol that a flow is counted under, named after what ports or parties mean in it.
package struct FlowProtocol: Hashable, Sendable {
    private let number: UInt32

    private init(number: UInt32) {
        self.number = number
    }

    package static let tcp = FlowProtocol(number: 1)
    package static let udp = FlowProtocol(number: 2)
    package static let icmp = FlowProtocol(number: 3)
    package static let icmpv6 = FlowProtocol(number: 4)
    /// Solicitations and advertisements of IPv6 neighbours and routers.
    package static let neighbourDiscovery = FlowProtocol(number: 5)
    /// Reports and queries of IPv6 multicast groups.
    package static let multicastListener = FlowProtocol(number: 6)
    package static let igmp = FlowProtocol(number: 7)
    package static let arp = FlowProtocol(number: 8)
    package static let rarp = FlowProtocol(number: 9)
    /// IEEE 802.3 with a length instead of a type.
    package static let llc = FlowProtocol(number: 10)
    /// Bytes that are no frame of any known kind.
    package static let undecodable = FlowProtocol(number: 11)
    package static let sctp = FlowProtocol(number: 12)

    /// A protocol that is known by its number only.
    package static func ip(_ type: IPProtocol) -> Self { Self(number: 0x1_0000 | UInt32(type.rawValue)) }
    /// A link protocol that is known by its number only.
    package static func ether(_ type: EtherType) -> Self { Self(number: 0x2_0000 | UInt32(type.rawValue)) }

    private static let names: [(FlowProtocol, String)] = [
        (.tcp, "tcp"), (.udp, "udp"), (.icmp, "icmp"), (.icmpv6, "icmpv6"), (.neighbourDiscovery, "ndp"),
        (.multicastListener, "mld"), (.igmp, "igmp"), (.arp, "arp"), (.rarp, "rarp"), (.llc, "llc"),
        (.undecodable, "undecodable"), (.sctp, "sctp"),
    ]
}

extension FlowProtocol: TextualValue {
    package init?(_ text: some StringProtocol) {
        if let named = Self.names.first(where: { $0.1 == text }) {
            self = named.0
        } else if text.hasPrefix("ip-"), let number = UInt8(text.dropFirst(3)) {
            self = .ip(IPProtocol(rawValue: number))
        } else if text.hasPrefix("ethertype-"), let number = UInt16(text.dropFirst(10), radix: 16) {
            self = .ether(EtherType(rawValue: number))
        } else {
            return nil
        }
    }

    package var description: String {
        if let named = Self.names.first(where: { $0.0 == self }) { return named.1 }
        return number & 0x1_0000 != 0 ? "ip-\(number & 0xff)" : "ethertype-\(String(number & 0xffff, radix: 16))"
    }

    package static func < (left: FlowProtocol, right: FlowProtocol) -> Bool { left.number < right.number }
}

// MARK: - Flows

/// One end of a flow, as precisely as the protocol names it.
package enum FlowParty: Hashable, Sendable {
    case endpoint(Endpoint)
    case address(IPAddress)
    case hardware(MACAddress)

    /// Feeds the party alone, since flows are looked up for every frame and their parties are seldom of different kinds.
    package func hash(into hasher: inout Hasher) {
        switch self {
        case .endpoint(let endpoint): hasher.combine(endpoint)
        case .address(let address): hasher.combine(address)
        case .hardware(let address): hasher.combine(address)
        }
    }

    /// The Internet address, unless only a hardware address is known.
    package var address: IPAddress? {
        switch self {
        case .endpoint(let endpoint): endpoint.address
        case .address(let address): address
        case .hardware: nil
        }
    }

    /// The port, where there is one.
    package var port: UInt16? {
        if case .endpoint(let endpoint) = self { endpoint.port } else { nil }
    }
}

extension FlowParty: TextualValue {
    package init?(_ text: some StringProtocol) {
        // The three texts can't be mistaken for each other: only a hardware address has six groups and no "::".
        if let hardware = MACAddress(text) {
            self = .hardware(hardware)
        } else if let address = IPAddress(text) {
            self = .address(address)
        } else if let endpoint = Endpoint(text) {
            self = .endpoint(endpoint)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .endpoint(let endpoint): endpoint.description
        case .address(let address): address.description
        case .hardware(let address): address.description
        }
    }

    package static func < (left: FlowParty, right: FlowParty) -> Bool { left.description < right.description }
}

/// The frames of one protocol from one party to another.
package struct Flow: Hashable, Sendable, Codable, CustomStringConvertible {
    package let `protocol`: FlowProtocol
    package let source: FlowParty
    package let destination: FlowParty

    /// Creates a flow from its parts.
    package init(protocol: FlowProtocol, source: FlowParty, destination: FlowParty) {
        self.protocol = `protocol`
        self.source = source
        self.destination = destination
    }

    package var description: String { "\(`protocol`) \(source) → \(destination)" }

    /// The flow that a frame belongs to.
    package init(of frame: DecodedFrame) {
        let link = (
            FlowParty.hardware(frame.link.source ?? .zero), FlowParty.hardware(frame.link.destination ?? .zero)
        )
        switch frame.content {
        case .ipv4(let packet): self.init(packet.transport, .v4(packet.source), .v4(packet.destination))
        case .ipv6(let packet): self.init(packet.transport, .v6(packet.source), .v6(packet.destination))
        case .arp(let arp):
            self.init(protocol: arp.operation.rawValue > 2 ? .rarp : .arp, source: link.0, destination: link.1)
        case .llc: self.init(protocol: .llc, source: link.0, destination: link.1)
        case .control(let control):
            self.init(protocol: .ether(control.type), source: link.0, destination: link.1)
        case .unknown(let type): self.init(protocol: .ether(type), source: link.0, destination: link.1)
        }
    }

    /// The flow that a plain segment of IPv4 belongs to.
    init(of frame: SegmentFrame) {
        let segment = frame.segment
        self.init(
            .tcp,
            .v4(frame.packet.source),
            segment.sourcePort,
            .v4(frame.packet.destination),
            segment.destinationPort
        )
    }

    private init(_ transport: Transport, _ source: IPAddress, _ destination: IPAddress) {
        switch transport {
        case .tcp(let tcp):
            self.init(.tcp, source, tcp.sourcePort, destination, tcp.destinationPort)
        case .udp(let udp):
            self.init(.udp, source, udp.sourcePort, destination, udp.destinationPort)
        case .icmp: self.init(protocol: .icmp, source: .address(source), destination: .address(destination))
        case .igmp: self.init(protocol: .igmp, source: .address(source), destination: .address(destination))
        case .icmpv6(let icmp):
            let type: FlowProtocol =
                switch icmp.message {
                case .neighbourDiscovery: .neighbourDiscovery
                case .multicastListener: .multicastListener
                case .echoRequest, .echoReply, .other: .icmpv6
                }
            self.init(protocol: type, source: .address(source), destination: .address(destination))
        case .sctp(let sctp):
            self.init(.sctp, source, sctp.sourcePort, destination, sctp.destinationPort)
        case .tunnel(let tunnel):
            self.init(protocol: .ip(tunnel.type), source: .address(source), destination: .address(destination))
        case .fragment(let type), .unknown(let type):
            self.init(protocol: .ip(type), source: .address(source), destination: .address(destination))
        }
    }

    private init(
        _ type: FlowProtocol,
        _ source: IPAddress,
        _ sourcePort: UInt16,
        _ destination: IPAddress,
        _ destinationPort: UInt16
    ) {
        self.init(
            protocol: type,
            source: .endpoint(Endpoint(address: source, port: sourcePort)),
            destination: .endpoint(Endpoint(address: destination, port: destinationPort))
        )
    }
}

/// A flow and how much of it there was.
package struct FlowRecord: Hashable, Sendable, Codable {
    package let flow: Flow
    package internal(set) var frames: Int
    /// Bytes on the wire, headers included.
    package internal(set) var bytes: Int
}
