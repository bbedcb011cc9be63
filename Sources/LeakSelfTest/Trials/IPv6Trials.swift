import FrameBuilding
import LeakPolicy
import PacketDecoding

private let guest = World.guest
private let host = World.guest(at: IPv6Address(high: 0x2001_0db8_0001_0000, low: 0x64))
private let uuid: (UInt16, [UInt8]) = (1, [0, 4] + Array(repeating: 7, count: 16))

extension LeakTrial {
    /// Packets of IPv6 beyond the link, and how hosts get addresses for it.
    static let ipv6Trials: [LeakTrial] = [
        LeakTrial(
            .tcp,
            leak: Side("TCP over IPv6 to another server", by: .open, sends: host.tcp6(to: World.webHost6, 81)),
            neighbour: Side("TCP over IPv6 to an allowed one", by: .open, sends: host.tcp6(to: World.webHost6, 80))
        ),
        LeakTrial(
            .sourceAddress,
            leak: Side(
                "TCP over IPv6 from an unknown network",
                by: .open,
                sends: World.guest(at: IPv6Address(high: 0x2001_0db8_0002_0000, low: 1)).tcp6(to: World.webHost6, 80)
            ),
            neighbour: Side("TCP over IPv6 from the own one", by: .open, sends: host.tcp6(to: World.webHost6, 80))
        ),
        LeakTrial(
            .ipv6Scope,
            leak: Side("TCP over IPv6 beyond the link", by: .linkLocal, sends: guest.tcp6(to: World.webHost6, 80)),
            neighbour: Side("TCP over IPv6 on the link", by: .linkLocal, sends: guest.tcp6(to: World.router6, 80))
        ),
        LeakTrial(
            .ipv6Scope,
            leak: Side("multicast DNS over IPv6 where IPv6 is off", by: .withoutIPv6, sends: mdns6),
            neighbour: Side("multicast DNS over IPv6 on the link", by: .linkLocal, sends: mdns6)
        ),
        dhcp(.dhcpv6Malformed, "something else at its port", place(guest.udp6(to: servers, 547, from: 546, [0, 1]))),
        dhcp(.dhcpv6Destination, "to one host", guest.udp6(to: World.router6, 547, from: 546, [1, 1, 2, 3])),
        dhcp(.dhcpv6Message, "a message of a server", guest.dhcpv6(7, options: [uuid])),
        dhcp(
            .dhcpv6Option,
            "the client's name (39)",
            guest.dhcpv6(options: [uuid, (39, [0, 7] + Array("amnesia".utf8))])
        ),
        dhcp(.dhcpv6Option, "an option twice", guest.dhcpv6(options: [uuid, (8, [0, 0]), (8, [0, 1])])),
        dhcp(
            .dhcpv6Identifier,
            "another station's hardware address as identifier",
            guest.dhcpv6(options: [(1, [0, 3, 0, 1] + guest.destination.bytes)])
        ),
        dhcp(
            .dhcpv6Identifier,
            "an identifier of a vendor",
            guest.dhcpv6(options: [(1, [0, 2, 0, 0, 0, 9] + Array("serial".utf8))])
        ),
        dhcp(.dhcpv6Identifier, "no identifier", guest.dhcpv6(options: [(6, [0, 23])])),
    ]

    private static let servers = IPv6Address(high: 0xff02_0000_0000_0000, low: 0x1_0002)

    private static func place(_ frame: [UInt8]) -> [UInt8] { FrameBuilder.station(of: servers).bytes + frame[6...] }

    private static let mdns6: [UInt8] = {
        let group = IPv6Address(high: 0xff02_0000_0000_0000, low: 0xfb)
        let frame = guest.udp6(to: group, 5353, from: 5353, FrameBuilder.query("_ipp._tcp.local", type: 12))
        return FrameBuilder.station(of: group).bytes + frame[6...]
    }()

    private static func dhcp(_ check: LeakCheck, _ words: String, _ frame: [UInt8]) -> LeakTrial {
        LeakTrial(
            check,
            leak: Side("DHCPv6: \(words)", by: .open, sends: frame),
            neighbour: Side(
                "plain DHCPv6",
                by: .open,
                sends: guest.dhcpv6(options: [uuid, (6, [0, 23]), (8, [0, 0])])
            )
        )
    }
}
