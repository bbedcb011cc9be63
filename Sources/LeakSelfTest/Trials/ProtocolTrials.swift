import FrameBuilding
import LeakPolicy
import PacketDecoding

private let guest = World.guest

extension LeakTrial {
    /// Protocols of the Internet that no allowance is about.
    static let protocolTrials: [LeakTrial] = allowed + notAllowed

    private static func allowed(_ check: LeakCheck, _ words: String, _ frame: [UInt8]) -> LeakTrial {
        LeakTrial(
            check,
            leak: Side(words, sends: frame),
            neighbour: Side("the same by a policy that allows it", by: .open, sends: frame)
        )
    }

    private static let allowed: [LeakTrial] = [
        allowed(.tcp, "TCP to a web server", guest.tcp(to: World.web)),
        allowed(.udp, "UDP elsewhere", guest.udp(to: World.at(9), [1, 2, 3])),
        allowed(
            .dns,
            "a name asked of a resolver elsewhere",
            guest.udp(to: World.at(53), FrameBuilder.query("web.test"))
        ),
        allowed(.dns, "DNS over TCP", guest.tcp(to: World.at(53))),
        allowed(.ntp, "the time asked of a server elsewhere", guest.udp(to: World.at(123), World.timeQuestion)),
        LeakTrial(
            .arp,
            leak: Side("ARP by a policy that says nothing of it", by: .silent, sends: guest.arp(target: World.gateway)),
            neighbour: Side("ARP by a policy that allows it", by: .open, sends: guest.arp(target: World.gateway))
        ),
        LeakTrial(
            .dhcpv4,
            leak: Side("DHCP by a policy that says nothing of it", by: .silent, sends: World.discover()),
            neighbour: Side("DHCP by a policy that allows it", sends: World.discover())
        ),
        allowed(
            .dhcpv6,
            "a search for a DHCPv6 server",
            guest.dhcpv6(options: [(1, [0, 4] + Array(repeating: 7, count: 16)), (6, [0, 23])])
        ),
        allowed(
            .neighbourDiscovery,
            "a router solicitation",
            guest.icmpv6(
                133,
                to: IPv6Address(high: 0xff02_0000_0000_0000, low: 2),
                [0, 0, 0, 0, 1, 1] + guest.source.bytes
            )
        ),
        allowed(
            .multicastListener,
            "a report of a multicast group",
            guest.listenerReport([IPv6Address(high: 0xff02_0000_0000_0000, low: 0xfb)])
        ),
    ]

    private static let notAllowed: [LeakTrial] = [
        LeakTrial(
            .icmp,
            leak: Side("a ping", by: .open, sends: guest.ping(World.gateway)),
            neighbour: Side("TCP to an allowed server", by: .open, sends: guest.tcp(to: World.web))
        ),
        LeakTrial(
            .icmp,
            leak: Side("an answer to a ping", by: .open, sends: answer(guest.ping(World.gateway))),
            neighbour: Side(
                "an answer to ARP",
                by: .open,
                sends: guest.arp(2, target: World.gateway, targetHardware: guest.destination, to: guest.destination)
            )
        ),
        LeakTrial(
            .icmpv6,
            leak: Side("a ping over IPv6", by: .open, sends: guest.icmpv6(128, to: World.router6, [0, 1, 0, 1])),
            neighbour: Side(
                "a question for the same host's hardware address",
                by: .open,
                sends: guest.neighbourSolicitation(for: World.router6)
            )
        ),
        LeakTrial(
            .sctp,
            leak: Side("SCTP to the port of a server", by: .open, sends: guest.sctp(to: World.web)),
            neighbour: Side("TCP to it", by: .open, sends: guest.tcp(to: World.web))
        ),
        LeakTrial(
            .tunnel,
            leak: Side("a packet in GRE", by: .open, sends: guest.gre(guest.tcp(to: World.web), to: World.elsewhere)),
            neighbour: Side("the packet by itself", by: .open, sends: guest.tcp(to: World.web))
        ),
        LeakTrial(
            .tunnel,
            leak: Side(
                "a packet in a packet",
                by: .open,
                sends: guest.inIP(guest.tcp(to: World.web), to: World.elsewhere)
            ),
            neighbour: Side("the packet by itself", by: .open, sends: guest.tcp(to: World.web))
        ),
        LeakTrial(
            .unknownProtocol,
            leak: Side(
                "a packet of IPsec",
                by: .open,
                sends: guest.ipv4(50, to: World.elsewhere, Array(repeating: 9, count: 40))
            ),
            neighbour: Side("a packet of TCP", by: .open, sends: guest.tcp(to: World.web))
        ),
        LeakTrial(
            .fragment,
            leak: Side(
                "a second fragment whose bytes mimic an allowed port",
                by: .open,
                sends: guest.ipv4(
                    6,
                    to: IPv4Address(rawValue: 0xc633_6407),
                    Array(guest.tcp(to: World.web)[34...]),
                    fragment: 0x0001
                )
            ),
            neighbour: Side("the same bytes as a whole packet", by: .open, sends: guest.tcp(to: World.web))
        ),
    ]

    /// Makes an answer of a ping.
    private static func answer(_ ping: [UInt8]) -> [UInt8] {
        var frame = ping
        frame[34] = 0
        frame = frame.putting(0, at: 36)
        return frame.putting(internetChecksum(Array(frame[34...])), at: 36)
    }
}
