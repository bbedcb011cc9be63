import PacketDecoding
import StrictYAML

/// What a rule says of a frame.
enum RuleVerdict: Equatable {
    /// The frame is none of the rule's business.
    case unconcerned
    case allowed
    /// The frame is of the rule's kind, but not as the rule wants it.
    case broken(String)
}

/// The rule of an allowance.
///
/// A protocol is one case here and one file of its own.
enum Rule: Hashable, Sendable {
    case endpoints(EndpointRule)
    case dhcpv4(DHCPv4Rule)
    case arp(ARPRule)

    /// Reads the one rule of an allowance, whose key is the protocol's name.
    init(_ allowance: YAMLMapping) throws(YAMLError) {
        var rules: [Rule] = []
        if let mapping = try allowance.optionalMapping("tcp") {
            rules.append(.endpoints(try EndpointRule(mapping, transport: .tcp)))
        }
        if let mapping = try allowance.optionalMapping("udp") {
            rules.append(.endpoints(try EndpointRule(mapping, transport: .udp)))
        }
        if let mapping = try allowance.optionalMapping("dhcpv4") { rules.append(.dhcpv4(try DHCPv4Rule(mapping))) }
        if let mapping = try allowance.optionalMapping("arp") { rules.append(.arp(try ARPRule(mapping))) }
        guard let rule = rules.first, rules.count == 1 else {
            throw .unexpected(
                allowance.position,
                expected: "exactly one of tcp, udp, dhcpv4 and arp",
                seen: rules.isEmpty ? "only \(allowance.keys.joined(separator: ", "))" : "\(rules.count) of them"
            )
        }
        self = rule
    }

    var groups: Set<String> {
        switch self {
        case .endpoints(let rule): rule.groups
        case .dhcpv4, .arp: []
        }
    }

    mutating func resolve(_ groups: [String: Set<Endpoint>]) {
        if case .endpoints(var rule) = self {
            rule.resolve(groups)
            self = .endpoints(rule)
        }
    }

    func verdict(on frame: DecodedFrame, _ bytes: Span<UInt8>, guest: GuestFacts) -> RuleVerdict {
        // A guest's card is Ethernet: what is anything else was not captured from one, and nothing allows it.
        guard let ethernet = frame.ethernet else { return .unconcerned }
        return switch self {
        case .endpoints(let rule): rule.verdict(on: frame, ethernet, guest: guest)
        case .dhcpv4(let rule): rule.verdict(on: frame, ethernet, bytes, guest: guest)
        case .arp(let rule): rule.verdict(on: frame, ethernet, guest: guest)
        }
    }
}

// MARK: - What all rules over IPv4 ask for

/// Returns what is wrong with the headers around a transport, or `nil`.
///
/// Each of these is a place to hide bytes, or a way to be read differently by the next router.
func flawOfPacket(_ packet: IPv4, in frame: DecodedFrame) -> String? {
    if frame.ethernet?.tags.isEmpty == false { return "the frame has a VLAN tag" }
    if !frame.trailerIsZero { return "the padding behind the packet is not zero" }
    if packet.isFragment { return "the packet is a fragment" }
    if packet.isAuthenticated { return "the packet has an authentication header" }
    if !packet.options.isEmpty { return "the packet has IP options" }
    if packet.reservedFlag { return "the reserved flag of the IP header is set" }
    if packet.headerChecksum != .correct { return "the IP header's checksum is wrong" }
    return nil
}
