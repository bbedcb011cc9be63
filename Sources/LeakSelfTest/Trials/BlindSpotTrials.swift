import FrameBuilding
import LeakPolicy
import PacketDecoding

private let guest = World.guest

extension LeakTrial {
    /// Leaks that suites for such systems were measured to miss, and innocent traffic that they took for leaks.
    static let blindSpotTrials: [LeakTrial] = [
        spot(
            .arpTarget,
            "ARP for a host on the Internet",
            [.received(World.acknowledgement), .sent(guest.arp(target: World.elsewhere))]
        ),
        spot(
            .realSource,
            "ARP from the real hardware address",
            [.received(World.acknowledgement), .sent(World.unspoofed.arp(target: World.gateway))]
        ),
        spot(
            .realAddressInside,
            "a random source, and the real address in DHCP",
            [.sent(World.discover([(53, [1]), (61, [1] + TrialPolicy.realAddress.bytes)]))]
        ),
        spot(
            .dhcpMalformed,
            "1,200 bytes of plain text as a DHCP broadcast",
            [.sent(guest.dhcp(Array(repeating: 0x41, count: 1_200)))]
        ),
        spot(
            .dhcpTrailer,
            "plain text behind the end of a DHCP message",
            [.sent(guest.dhcp(guest.dhcpMessage(options: guest.discover, trailer: Array("secret".utf8))))]
        ),
        spot(
            .dhcpHostname,
            "a host name in DHCP",
            [.sent(World.discover(guest.discover + [(12, Array("AMNESIA".utf8))]))]
        ),
        spot(
            .dhcpVendorClass,
            "a vendor class in DHCP",
            [.sent(World.discover(guest.discover + [(60, Array("systemd".utf8))]))]
        ),
        spot(
            .tcp,
            "TCP elsewhere with the gateway's hardware address forged as source",
            [.sent(World.guest(from: guest.destination).tcp(to: World.at(443)))]
        ),
        spot(.udp, "UDP to the address and port of a relay", [.sent(guest.udp(to: World.relay, World.plaintext))]),
        spot(
            .tcpOpening,
            "HTTP in clear to the address and port of a relay",
            guest.stream(to: World.relay, [World.plaintext]).map { .sent($0) }
        ),
        spot(
            .fragment,
            "a second fragment whose bytes mimic a relay's port",
            [.sent(guest.ipv4(6, to: World.relayAddress, Array(guest.tcp(to: World.relay)[34...]), fragment: 0x0001))]
        ),
        spot(
            .dns,
            "DNS over TCP to the allowed resolver",
            guest.stream(to: World.resolver, [FrameBuilder.query("secret.test")]).map { .sent($0) }
        ),
        spot(
            .neighbourDiscovery,
            "a router solicitation where IPv6 is off",
            [.sent(guest.icmpv6(133, to: IPv6Address(high: 0xff02_0000_0000_0000, low: 2), [0, 0, 0, 0]))]
        ),
        spot(
            .multicastListener,
            "64 bytes of secret as multicast groups",
            [.sent(guest.listenerReport((0..<4).map { IPv6Address(high: 0xff02_7365_6372_6574, low: $0) }))]
        ),
        spot(
            .realInterfaceIdentifier,
            "the real hardware address in an IPv6 address",
            [
                .sent(
                    World.guest(
                        at: IPv6Address(high: 0xfe80_0000_0000_0000, low: TrialPolicy.realAddress.modifiedEUI64)
                    ).neighbourSolicitation(for: World.router6)
                )
            ]
        ),
        spot(
            .realSource,
            "RARP from the real hardware address",
            [.sent(World.unspoofed.arp(3, target: .unspecified, type: 0x8035))]
        ),
        spot(.lldp, "LLDP, which no bridge passes on", [.sent(guest.lldp(systemName: "amnesia"))]),
        spot(.eapol, "802.1X, which no bridge passes on", [.sent(guest.eapol(identity: "user"))]),
        spot(.spanningTree, "spanning tree, which no bridge passes on", [.sent(guest.spanningTree())]),
        spot(.slowProtocol, "LACP, which no bridge passes on", [.sent(guest.lacp())]),
        spot(.pause, "a pause frame, which no bridge passes on", [.sent(guest.pause())]),
        spot(
            .igmp,
            "IGMP with a wrong checksum, which bridges drop",
            [.sent(flipped(guest.igmpReport(IPv4Address(rawValue: 0xe000_00fb)), 43))]
        ),
        spot(
            .multicastListener,
            "MLD with a wrong checksum, which bridges drop",
            [.sent(flipped(guest.listenerReport([World.router6]), 70))]
        ),
        spot(.vlan, "a frame with a tag", [.sent(FrameBuilder.tagged(guest.tcp(to: World.at(80)), 5))]),
        spot(.cdp, "CDP", [.sent(guest.llc([0xaa, 0xaa, 3, 0, 0, 12, 0x20, 0, 2, 180, 0, 0]))]),
        spot(
            .dnsMalformed,
            "malformed DNS to the allowed resolver",
            [.sent(guest.udp(to: World.resolver, Array(repeating: 0xff, count: 20)))]
        ),
    ]

    /// Each beside what all of them resemble, and what is to stay quiet: a lease, its renewal at the own server, names.
    private static func spot(_ check: LeakCheck, _ words: String, _ events: [Event]) -> LeakTrial {
        LeakTrial(
            check,
            leak: Side(words, [.entered(.connected)] + events),
            neighbour: Side(
                "a lease, its renewal at the own server, ARP, an allowed name, a link of Tor",
                [.entered(.boot), .sent(World.discover()), .received(World.acknowledgement), .entered(.connected)]
                    + [
                        .sent(renew(at: World.gateway)), .sent(guest.arp(target: World.gateway)),
                        .sent(guest.udp(to: World.resolver, FrameBuilder.query("portal.test"))),
                    ] + guest.stream(to: World.relay, [World.hello, World.record()]).map { .sent($0) }
            )
        )
    }
}
