/// The number that says what an Internet packet carries (IANA protocol numbers).
package struct IPProtocol: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let icmp = IPProtocol(rawValue: 1)
    package static let igmp = IPProtocol(rawValue: 2)
    package static let tcp = IPProtocol(rawValue: 6)
    package static let udp = IPProtocol(rawValue: 17)
    package static let ipv4InIP = IPProtocol(rawValue: 4)
    package static let ipv6InIP = IPProtocol(rawValue: 41)
    package static let gre = IPProtocol(rawValue: 47)
    package static let encapsulatedSecurity = IPProtocol(rawValue: 50)
    /// A header that proves who sent the packet, and behind which the packet goes on.
    package static let authentication = IPProtocol(rawValue: 51)
    package static let sctp = IPProtocol(rawValue: 132)
    package static let icmpv6 = IPProtocol(rawValue: 58)
    /// IPv6 says with it that nothing follows.
    package static let none = IPProtocol(rawValue: 59)

    package var description: String {
        Self.names[rawValue] ?? "IP protocol \(rawValue)"
    }

    private static let names: [UInt8: String] = [
        1: "ICMP", 2: "IGMP", 4: "IPv4-in-IP", 6: "TCP", 17: "UDP", 41: "IPv6-in-IP", 47: "GRE", 50: "ESP", 51: "AH",
        58: "ICMPv6", 59: "no payload", 89: "OSPF", 103: "PIM", 112: "VRRP", 132: "SCTP", 136: "UDP-Lite",
    ]
}
