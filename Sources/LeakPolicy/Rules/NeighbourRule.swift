import PacketDecoding
import StrictYAML

/// Allows neighbour discovery of IPv6 (RFC 4861, 4862), by field.
struct NeighbourRule: Hashable, Sendable {
    enum Message: String, Hashable, Sendable, CaseIterable {
        case routerSolicitation = "router-solicitation"
        case neighbourSolicitation = "neighbour-solicitation"
        case neighbourAdvertisement = "neighbour-advertisement"
        /// A solicitation without a source, which asks whether an address is taken.
        case duplicateAddressDetection = "duplicate-address-detection"
    }

    private let messages: Set<Message>

    init(_ mapping: YAMLMapping) throws(YAMLError) {
        messages = try mapping.cases("messages")
    }

    func verdict(on frame: DecodedFrame, guest: GuestFacts) -> RuleVerdict {
        guard case .ipv6(let packet) = frame.content, case .icmpv6(let icmp) = packet.transport,
            case .neighbourDiscovery(let message) = icmp.message
        else { return .unconcerned }
        return RuleVerdict(
            flawOfPacket(packet, in: frame) ?? flaw(of: message, packet, icmp)
                ?? flawOfAddresses(message, packet, frame.link, guest)
        )
    }

    // MARK: - Flaws

    private func kind(of message: NeighbourDiscovery, _ packet: IPv6) -> Message? {
        switch message.kind {
        case .routerSolicitation: .routerSolicitation
        case .neighbourSolicitation:
            packet.source == .unspecified ? .duplicateAddressDetection : .neighbourSolicitation
        case .neighbourAdvertisement: .neighbourAdvertisement
        case .routerAdvertisement, .redirect: nil
        }
    }

    private func flaw(of message: NeighbourDiscovery, _ packet: IPv6, _ icmp: ICMPv6) -> Flaw? {
        guard let kind = kind(of: message, packet), messages.contains(kind) else {
            return Flaw(.neighbourMessage, "the message is not one of those allowed")
        }
        if packet.hopLimit != 255 { return Flaw(.neighbourHopLimit, "the hop limit is \(packet.hopLimit), not 255") }
        if icmp.checksum != .correct { return Flaw(.icmpv6Checksum, "the ICMPv6 checksum is wrong") }
        if icmp.code != 0 || !message.reservedIsZero {
            return Flaw(.neighbourReserved, "the code or reserved bits are not zero")
        }
        // 1 and 2 are hardware addresses, 14 the nonce by which a host knows its own question (RFC 7527).
        let expected: [[UInt8]] =
            switch kind {
            case .routerSolicitation where packet.source == .unspecified: [[]]
            case .routerSolicitation: [[], [1]]
            case .neighbourSolicitation: [[1]]
            case .neighbourAdvertisement: [[], [2]]
            case .duplicateAddressDetection: [[], [14]]
            }
        let fixed = kind == .routerSolicitation ? 4 : 20
        let kinds = message.options.map(\.type)
        guard expected.contains(kinds), icmp.payload.count == fixed + 8 * kinds.count else {
            let types = kinds.map { "\($0)" }.joined(separator: " ")
            return Flaw(
                .neighbourOption,
                "the options are \(types.isEmpty ? "none" : types), with \(icmp.payload.count - fixed) bytes"
            )
        }
        return nil
    }

    private func flawOfAddresses(
        _ message: NeighbourDiscovery,
        _ packet: IPv6,
        _ link: LinkHeader,
        _ guest: GuestFacts
    ) -> Flaw? {
        if packet.source != .unspecified, !guest.isHost(packet.source) {
            return Flaw(.sourceAddress, "the source \(packet.source) is neither link-local nor of a known prefix")
        }
        if let address = message.linkAddress, !link.canBeFrom(address) {
            return Flaw(.neighbourHardware, "the hardware address \(address) is not the frame's source")
        }
        switch message.kind {
        case .neighbourSolicitation(let target):
            let isForTarget = packet.destination == target || packet.destination == target.solicitedNodeGroup
            if !guest.isHost(target) || !isForTarget {
                return Flaw(.neighbourTarget, "the target \(target) is no neighbour, or the packet goes elsewhere")
            }
        case .neighbourAdvertisement(let target, _):
            if target != packet.source {
                return Flaw(.neighbourTarget, "the target \(target) is not the guest's own \(packet.source)")
            }
        case .routerSolicitation:
            if packet.destination != .allRouters {
                return Flaw(.neighbourTarget, "a router solicitation goes to \(packet.destination)")
            }
        case .routerAdvertisement, .redirect: break
        }
        return nil
    }
}

extension IPv6Address {
    static let allRouters = IPv6Address(high: 0xff02_0000_0000_0000, low: 2)
    /// Where reports about groups go (RFC 3810).
    static let listenerReports = IPv6Address(high: 0xff02_0000_0000_0000, low: 0x16)
    /// Where clients look for servers of DHCP (RFC 8415).
    static let allDHCPServers = IPv6Address(high: 0xff02_0000_0000_0000, low: 0x1_0002)

    /// The group that whoever looks for this address asks (RFC 4291, section 2.7.1).
    var solicitedNodeGroup: IPv6Address {
        IPv6Address(high: 0xff02_0000_0000_0000, low: 0x0000_0001_ff00_0000 | low & 0xff_ffff)
    }

    /// The last 24 bits, if the address is such a group.
    var solicitedNode: UInt32? {
        high == 0xff02_0000_0000_0000 && low >> 24 == 0x1_ff ? UInt32(low & 0xff_ffff) : nil
    }
}
