import PacketDecoding
import StrictYAML

/// The rule of an allowance.
///
/// A protocol is one case here and one file of its own.
enum Rule: Sendable {
    case endpoints(EndpointRule)
    case dns(DNSRule)
    case dhcpv4(DHCPv4Rule)
    case arp(ARPRule)
    case neighbours(NeighbourRule)
    case listeners(ListenerRule)
    case dhcpv6(DHCPv6Rule)
    case multicast(MulticastRule)
    case link(LinkRule)

    /// Reads the one rule of an allowance, whose key is the protocol's name.
    init(_ allowance: YAMLMapping) throws(YAMLError) {
        var rules: [Rule] = []
        if let mapping = try allowance.optionalMapping("tcp") {
            rules.append(.endpoints(try EndpointRule(mapping, transport: .tcp)))
        }
        if let mapping = try allowance.optionalMapping("udp") {
            rules.append(.endpoints(try EndpointRule(mapping, transport: .udp)))
        }
        if let mapping = try allowance.optionalMapping("dns") { rules.append(.dns(try DNSRule(mapping))) }
        if let mapping = try allowance.optionalMapping("dhcpv4") { rules.append(.dhcpv4(try DHCPv4Rule(mapping))) }
        if let mapping = try allowance.optionalMapping("arp") { rules.append(.arp(try ARPRule(mapping))) }
        if let mapping = try allowance.optionalMapping("neighbours") {
            rules.append(.neighbours(try NeighbourRule(mapping)))
        }
        if let mapping = try allowance.optionalMapping("listeners") {
            rules.append(.listeners(try ListenerRule(mapping)))
        }
        if let mapping = try allowance.optionalMapping("dhcpv6") { rules.append(.dhcpv6(try DHCPv6Rule(mapping))) }
        if let mapping = try allowance.optionalMapping("multicast") {
            rules.append(.multicast(try MulticastRule(mapping)))
        }
        if let mapping = try allowance.optionalMapping("link") { rules.append(.link(try LinkRule(mapping))) }
        guard let rule = rules.first, rules.count == 1 else {
            throw .unexpected(
                allowance.position,
                expected: "exactly one of \(Self.names.joined(separator: ", "))",
                seen: rules.isEmpty ? "only \(allowance.keys.joined(separator: ", "))" : "\(rules.count) of them"
            )
        }
        self = rule
    }

    /// The keys by which policies name the rules.
    static let names = [
        "tcp", "udp", "dns", "dhcpv4", "arp", "neighbours", "listeners", "dhcpv6", "multicast", "link",
    ]

    /// The key of this rule.
    var name: String {
        switch self {
        case .endpoints(let rule): rule.transport == .tcp ? "tcp" : "udp"
        case .dns: "dns"
        case .dhcpv4: "dhcpv4"
        case .arp: "arp"
        case .neighbours: "neighbours"
        case .listeners: "listeners"
        case .dhcpv6: "dhcpv6"
        case .multicast: "multicast"
        case .link: "link"
        }
    }

    /// What the rule can be about.
    var protocols: ProtocolSet {
        switch self {
        case .endpoints(let rule): rule.transport == .tcp ? .tcp : .udp
        case .dns, .dhcpv4, .dhcpv6: .udp
        case .arp: .arp
        case .neighbours, .listeners: .icmpv6
        case .multicast: [.udp, .igmp]
        case .link: [.arp, .link]
        }
    }

    /// Whether the rule is about IPv6 and nothing else.
    var isIPv6: Bool {
        switch self {
        case .neighbours, .listeners, .dhcpv6: true
        case .endpoints, .dns, .dhcpv4, .arp, .multicast, .link: false
        }
    }

    var groups: Set<String> {
        switch self {
        case .endpoints(let rule): rule.groups
        case .dns(let rule): rule.groups
        default: []
        }
    }

    mutating func resolve(_ groups: [String: Destinations]) {
        switch self {
        case .endpoints(let rule): self = .endpoints(rule.resolved(groups))
        case .dns(var rule):
            rule.resolve(groups)
            self = .dns(rule)
        default: break
        }
    }

    func verdict(
        on frame: DecodedFrame,
        _ bytes: Span<UInt8>,
        guest: GuestFacts,
        state: inout GuestState
    ) -> RuleVerdict {
        switch self {
        case .endpoints(let rule): rule.verdict(on: frame, guest: guest)
        case .dns(let rule): rule.verdict(on: frame, bytes, guest: guest)
        case .dhcpv4(let rule): rule.verdict(on: frame, bytes, guest: guest, state: &state)
        case .arp(let rule): rule.verdict(on: frame, guest: guest, state: state)
        case .neighbours(let rule): rule.verdict(on: frame, guest: guest)
        case .listeners(let rule): rule.verdict(on: frame, bytes, guest: guest, state: &state)
        case .dhcpv6(let rule): rule.verdict(on: frame, bytes, guest: guest)
        case .multicast(let rule): rule.verdict(on: frame, bytes, guest: guest)
        case .link(let rule): rule.verdict(on: frame)
        }
    }
}

// MARK: - Protocols

/// Protocols in the coarsest way, by which most rules need not be asked of a frame.
struct ProtocolSet: OptionSet, Sendable {
    let rawValue: UInt8

    static let tcp = ProtocolSet(rawValue: 1)
    static let udp = ProtocolSet(rawValue: 2)
    static let icmpv6 = ProtocolSet(rawValue: 4)
    static let igmp = ProtocolSet(rawValue: 8)
    static let arp = ProtocolSet(rawValue: 16)
    static let link = ProtocolSet(rawValue: 32)
}

extension ProtocolSet {
    /// The protocol of a frame; none when no rule is about such.
    init(_ frame: DecodedFrame) {
        switch frame.content {
        case .ipv4(let packet): self.init(packet.transport)
        case .ipv6(let packet): self.init(packet.transport)
        case .arp: self = .arp
        case .llc, .control: self = .link
        case .unknown: self = []
        }
    }

    private init(_ transport: Transport) {
        switch transport {
        case .tcp: self = .tcp
        case .udp: self = .udp
        case .icmpv6: self = .icmpv6
        case .igmp: self = .igmp
        case .icmp, .sctp, .tunnel, .fragment, .unknown: self = []
        }
    }
}
