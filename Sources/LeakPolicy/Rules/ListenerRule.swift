import PacketDecoding
import StrictYAML

/// Allows reports of IPv6 multicast groups, version 2 (RFC 3810), about groups that the policy names.
struct ListenerRule: Hashable, Sendable {
    private let groups: Set<IPv6Address>
    /// Whether the groups of the guest's own addresses are allowed, as many as a host has.
    private let allowsSolicitedNodes: Bool

    init(_ mapping: YAMLMapping) throws(YAMLError) {
        var groups: Set<IPv6Address> = []
        var allowsSolicitedNodes = false
        for element in try mapping.list("groups") {
            if try element.string() == "solicited-node" {
                allowsSolicitedNodes = true
            } else {
                groups.insert(
                    try element.parsed(as: "solicited-node or the address of an IPv6 group") {
                        IPv6Address($0).flatMap { $0.isMulticast ? $0 : nil }
                    }
                )
            }
        }
        self.groups = groups
        self.allowsSolicitedNodes = allowsSolicitedNodes
    }

    func verdict(
        on frame: DecodedFrame,
        _ bytes: Span<UInt8>,
        guest: GuestFacts,
        state: inout GuestState
    ) -> RuleVerdict {
        guard case .ipv6(let packet) = frame.content, case .icmpv6(let icmp) = packet.transport,
            case .multicastListener(let message) = icmp.message
        else { return .unconcerned }
        return RuleVerdict(
            // A hop-by-hop header with nothing but the router's alert.
            flawOfPacket(packet, in: frame, extensions: [0])
                ?? flaw(of: message, packet, icmp, bytes, guest, &state)
        )
    }

    private func flaw(
        of message: MulticastListener,
        _ packet: IPv6,
        _ icmp: ICMPv6,
        _ bytes: Span<UInt8>,
        _ guest: GuestFacts,
        _ state: inout GuestState
    ) -> Flaw? {
        let alert = packet.payload.lowerBound - 8
        guard bytes.u32(alert) == 0x3a00_0502, bytes.u32(alert + 4) == 0x0000_0100 else {
            return Flaw(.ipv6Extension, "the hop-by-hop header is no plain router alert")
        }
        if packet.source != .unspecified, !packet.source.isLinkLocal {
            return Flaw(.sourceAddress, "the source \(packet.source) is not link-local")
        }
        if message.kind != .reportOfRecords || packet.destination != .listenerReports {
            return Flaw(.listenerDestination, "reports of version 2 go to ff02::16, and nothing else is allowed")
        }
        if packet.hopLimit != 1 { return Flaw(.listenerHopLimit, "the hop limit is \(packet.hopLimit), not 1") }
        if icmp.checksum != .correct { return Flaw(.icmpv6Checksum, "the ICMPv6 checksum is wrong") }
        // Four bytes of header, then for each record its group and nothing else.
        if icmp.code != 0 || bytes.u16(icmp.payload.lowerBound) != 0
            || icmp.payload.count != 4 + 20 * message.groups.count
        {
            return Flaw(.listenerHidden, "the report holds more than its groups")
        }
        for group in message.groups where !isAllowed(group, &state) {
            return Flaw(.listenerGroup, "the group \(group) is not one of those allowed")
        }
        return nil
    }

    private func isAllowed(_ group: IPv6Address, _ state: inout GuestState) -> Bool {
        if groups.contains(group) { return true }
        guard allowsSolicitedNodes, let number = group.solicitedNode else { return false }
        return state.join(solicitedGroup: number)
    }
}
