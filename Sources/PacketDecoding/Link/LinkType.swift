/// What the bytes of a captured frame begin with, by the numbers that capture files use (LINKTYPE_).
package struct LinkType: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package let rawValue: UInt32
    /// Whether it is ``ethernet``; kept, since it is asked of every frame.
    package let isEthernet: Bool

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
        isEthernet = rawValue == 1
    }

    /// A number of the sending machine's address families in front of the packet.
    package static let null = LinkType(rawValue: 0)
    package static let ethernet = LinkType(rawValue: 1)
    /// An Internet packet of either version and nothing in front of it.
    package static let raw = LinkType(rawValue: 101)
    /// The same as ``null``, but always in network byte order.
    package static let loop = LinkType(rawValue: 108)
    /// What Linux writes for "any" interface.
    package static let linuxCooked = LinkType(rawValue: 113)
    package static let ipv4 = LinkType(rawValue: 228)
    package static let ipv6 = LinkType(rawValue: 229)
    package static let linuxCooked2 = LinkType(rawValue: 276)

    /// The numbers that frames can be decoded from; 12 and 14 are ``raw`` as some systems wrote it.
    package static let decodable: [LinkType] =
        [.null, .ethernet, .raw, .loop, .linuxCooked, .ipv4, .ipv6, .linuxCooked2] + rawElsewhere

    static let rawElsewhere = [LinkType(rawValue: 12), LinkType(rawValue: 14)]

    package var description: String {
        Self.names[rawValue].map { "\($0) (link type \(rawValue))" } ?? "link type \(rawValue)"
    }

    private static let names: [UInt32: String] = [
        0: "BSD loopback", 1: "Ethernet", 6: "Token Ring", 9: "PPP", 12: "raw IP", 14: "raw IP", 50: "PPP",
        51: "PPPoE", 101: "raw IP", 105: "802.11", 108: "OpenBSD loopback", 113: "Linux cooked",
        119: "802.11 with Prism header", 127: "802.11 with radiotap", 189: "USB", 195: "802.15.4", 220: "USB",
        228: "IPv4", 229: "IPv6", 239: "netfilter log", 249: "USB", 253: "netlink", 276: "Linux cooked 2",
    ]
}
