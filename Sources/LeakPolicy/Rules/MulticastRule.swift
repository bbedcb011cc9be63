import ApplicationDecoding
import PacketDecoding
import StrictYAML

/// Allows what hosts of a link tell everyone, each protocol by its name only.
struct MulticastRule: Hashable, Sendable {
    enum Name: String, Hashable, Sendable, CaseIterable {
        case mdns, llmnr, netbios, ssdp, igmp
        case webServicesDiscovery = "ws-discovery"

        /// The port, the group of IPv4, that of IPv6, and how far it may reach.
        fileprivate var place: (port: UInt16, group: UInt32, group6: UInt64, timesToLive: ClosedRange<UInt8>) {
            switch self {
            case .mdns: (5353, 0xe000_00fb, 0xfb, 255...255)
            case .llmnr: (5355, 0xe000_00fc, 0x1_0003, 1...255)
            case .netbios: (137, 0, 0, 1...255)
            case .ssdp: (1900, 0xefff_fffa, 0xc, 1...4)
            case .webServicesDiscovery: (3702, 0xefff_fffa, 0xc, 1...1)
            case .igmp: (0, 0xe000_0016, 0, 1...1)
            }
        }
    }

    private let names: Set<Name>

    init(_ mapping: YAMLMapping) throws(YAMLError) {
        names = try mapping.cases("protocols")
    }

    func verdict(on frame: DecodedFrame, _ bytes: Span<UInt8>, guest: GuestFacts) -> RuleVerdict {
        switch frame.content {
        case .ipv4(let packet):
            guard let name = name(of: packet.transport) else { return .unconcerned }
            let flaw =
                flawOfPacket(packet, in: frame, mayHaveOptions: name == .igmp)
                ?? flaw(of: name, packet, frame.link, bytes, guest)
                ?? flawOfContent(name, packet.transport, frame, bytes)
            return RuleVerdict(flaw)
        case .ipv6(let packet):
            guard let name = name(of: packet.transport) else { return .unconcerned }
            let flaw =
                flawOfPacket(packet, in: frame) ?? flaw(of: name, packet, guest)
                ?? flawOfContent(name, packet.transport, frame, bytes)
            return RuleVerdict(flaw)
        case .arp, .llc, .control, .unknown: return .unconcerned
        }
    }

    private func name(of transport: Transport) -> Name? {
        switch transport {
        case .udp(let datagram): names.first { $0 != .igmp && $0.place.port == datagram.destinationPort }
        case .igmp: names.contains(.igmp) ? .igmp : nil
        default: nil
        }
    }

    // MARK: - Flaws

    private func flaw(
        of name: Name,
        _ packet: IPv4,
        _ link: LinkHeader,
        _ bytes: Span<UInt8>,
        _ guest: GuestFacts
    ) -> Flaw? {
        let place = name.place
        let isRight =
            name == .netbios
            ? packet.destination == guest.subnet.broadcast && link.canBeFor(.broadcast)
            : packet.destination.rawValue == place.group
                && link.canBeFor(MACAddress(rawValue: 0x0100_5e00_0000 | UInt64(place.group & 0x7f_ffff)))
        if !isRight { return Flaw(.multicastDestination, "\(name.rawValue) goes to \(packet.destination)") }
        if !guest.isHost(packet.source), name != .igmp || packet.source != .unspecified {
            return Flaw(.sourceAddress, "the source \(packet.source) is not in the guest's subnet \(guest.subnet)")
        }
        if !place.timesToLive.contains(packet.header.timeToLive) {
            return Flaw(.multicastTimeToLive, "the time to live is \(packet.header.timeToLive)")
        }
        // The router's alert (RFC 2113), which reports of groups carry.
        let options = packet.header.options
        if !options.isEmpty, options.count != 4 || bytes.u32(options.lowerBound) != 0x9404_0000 {
            return Flaw(.ipv4Options, "the packet has IP options beside the router's alert")
        }
        return nil
    }

    private func flaw(of name: Name, _ packet: IPv6, _ guest: GuestFacts) -> Flaw? {
        let group = IPv6Address(high: 0xff02_0000_0000_0000, low: name.place.group6)
        if name == .netbios || packet.destination != group {
            return Flaw(.multicastDestination, "\(name.rawValue) goes to \(packet.destination)")
        }
        if !guest.isHost(packet.source) {
            return Flaw(.sourceAddress, "the source \(packet.source) is neither link-local nor of a known prefix")
        }
        if !name.place.timesToLive.contains(packet.hopLimit) {
            return Flaw(.multicastTimeToLive, "the hop limit is \(packet.hopLimit)")
        }
        return nil
    }

    private func flawOfContent(
        _ name: Name,
        _ transport: Transport,
        _ frame: DecodedFrame,
        _ bytes: Span<UInt8>
    ) -> Flaw? {
        switch transport {
        case .igmp(let message):
            if message.checksum != .correct { return Flaw(.multicastChecksum, "the IGMP checksum is wrong") }
            let areGroups = message.groups.allSatisfy { $0.isMulticast }
            return message.type == 0x22 && areGroups
                ? nil : Flaw(.multicastMalformed, "the message is no report of groups")
        case .udp(let datagram):
            if !datagram.checksum.isCorrect {
                return Flaw(.multicastChecksum, "the UDP checksum is missing or wrong")
            }
        default: break
        }
        switch (name, Application.decode(frame, bytes)) {
        case (.mdns, .dns(let message, .multicast)), (.llmnr, .dns(let message, .linkLocal)):
            return message.trailer.isEmpty
                ? nil : Flaw(.multicastMalformed, "there are bytes behind the end of the message")
        case (.netbios, .netBIOS), (.ssdp, .ssdp), (.webServicesDiscovery, .webServiceDiscovery): return nil
        case (_, .malformed(let error)): return Flaw(.multicastMalformed, error.summary)
        default: return Flaw(.multicastMalformed, "the datagram is no message of \(name.rawValue)")
        }
    }
}
