import FrameBuilding
import LeakPolicy
import PacketDecoding

private let guest = World.guest
private let routers = IPv6Address(high: 0xff02_0000_0000_0000, low: 2)
private let hardware: [UInt8] = [1, 1] + guest.source.bytes

extension LeakTrial {
    /// What hosts of IPv6 ask and tell their link, by field.
    static let neighbourTrials: [LeakTrial] = [
        ask(
            .neighbourMessage,
            "the advertisement of a router",
            guest.icmpv6(134, to: IPv6Address(high: 0xff02_0000_0000_0000, low: 1), Array(repeating: 0, count: 12))
        ),
        ask(
            .neighbourHopLimit,
            "another hop limit",
            guest.icmpv6(133, to: routers, [0, 0, 0, 0] + hardware, hopLimit: 64)
        ),
        ask(
            .neighbourReserved,
            "bytes in the reserved field",
            guest.icmpv6(133, to: routers, [1, 2, 3, 4] + hardware)
        ),
        ask(.neighbourReserved, "another code", guest.icmpv6(133, to: routers, [0, 0, 0, 0] + hardware, code: 9)),
        ask(
            .neighbourOption,
            "an option of a kind of its own",
            guest.icmpv6(133, to: routers, [0, 0, 0, 0, 253, 1, 1, 2, 3, 4, 5, 6])
        ),
        ask(
            .neighbourOption,
            "a hardware address of fourteen bytes",
            guest.icmpv6(133, to: routers, [0, 0, 0, 0, 1, 2] + guest.source.bytes + Array(repeating: 7, count: 8))
        ),
        ask(
            .neighbourHardware,
            "another station's hardware address",
            guest.icmpv6(133, to: routers, [0, 0, 0, 0, 1, 1] + guest.destination.bytes)
        ),
        ask(
            .neighbourTarget,
            "a router solicitation to one host",
            guest.icmpv6(133, to: World.router6, [0, 0, 0, 0] + hardware)
        ),
        ask(.icmpv6Checksum, "a wrong checksum", flipped(guest.icmpv6(133, to: routers, [0, 0, 0, 0] + hardware), 60)),
        ask(
            .sourceAddress,
            "a source of an unknown network",
            World.guest(at: World.webHost6).icmpv6(133, to: routers, [0, 0, 0, 0] + hardware)
        ),
        ask(
            .ipv6Station,
            "a router solicitation to every station",
            LeakTrial.toEveryone(guest.icmpv6(133, to: routers, [0, 0, 0, 0] + hardware))
        ),
        ask(
            .ipv6Extension,
            "a hop-by-hop header",
            guest.icmpv6(133, to: routers, [0, 0, 0, 0] + hardware, routerAlert: true)
        ),
        LeakTrial(
            .neighbourTarget,
            leak: Side(
                "asking the link for a host on the Internet",
                by: .open,
                sends: guest.neighbourSolicitation(for: World.webHost6)
            ),
            neighbour: Side("asking for the router", by: .open, sends: guest.neighbourSolicitation(for: World.router6))
        ),
        LeakTrial(
            .neighbourTarget,
            leak: Side("telling another's address", by: .open, sends: advertisement(of: World.router6)),
            neighbour: Side("telling the own address", by: .open, sends: advertisement(of: guest.address6))
        ),
        LeakTrial(
            .neighbourOption,
            leak: Side(
                "a hardware address while the own address is not settled",
                by: .open,
                sends: World.guest(at: .unspecified).neighbourSolicitation(for: guest.address6)
            ),
            neighbour: Side(
                "asking whether the address is taken, with a nonce",
                by: .open,
                sends: World.guest(at: .unspecified).neighbourSolicitation(
                    for: guest.address6,
                    options: [14, 1, 1, 2, 3, 4, 5, 6]
                )
            )
        ),
        listen(
            .listenerGroup,
            "groups that spell a secret",
            guest.listenerReport([IPv6Address(high: 0xff02_7365_6372_6574, low: 0x7365_6372_6574_7365)])
        ),
        listen(
            .listenerGroup,
            "more addresses than a host has",
            guest.listenerReport((1...9).map { IPv6Address(high: 0xff02_0000_0000_0000, low: 0x1_ff61_6200 + $0) })
        ),
        listen(
            .listenerHidden,
            "bytes beside the groups",
            guest.listenerReport([IPv6Address(high: 0xff02_0000_0000_0000, low: 0xfb)], auxiliary: [1, 2, 3, 4])
        ),
        listen(
            .listenerHopLimit,
            "another hop limit",
            guest.listenerReport([IPv6Address(high: 0xff02_0000_0000_0000, low: 0xfb)], hopLimit: 64)
        ),
        listen(
            .listenerDestination,
            "a report of version 1",
            guest.icmpv6(
                131,
                to: IPv6Address(high: 0xff02_0000_0000_0000, low: 0xfb),
                [0, 0, 0, 0] + bytes(UInt64(0xff02_0000_0000_0000)) + bytes(UInt64(0xfb)),
                hopLimit: 1,
                routerAlert: true
            )
        ),
        listen(.ipv6Extension, "other options than the router's alert", otherAlert),
        listen(
            .icmpv6Checksum,
            "a wrong checksum",
            flipped(guest.listenerReport([IPv6Address(high: 0xff02_0000_0000_0000, low: 0xfb)]), 70)
        ),
    ]

    private static func ask(_ check: LeakCheck, _ words: String, _ frame: [UInt8]) -> LeakTrial {
        LeakTrial(
            check,
            leak: Side("neighbours: \(words)", by: .open, sends: frame),
            neighbour: Side(
                "a plain router solicitation",
                by: .open,
                sends: guest.icmpv6(133, to: routers, [0, 0, 0, 0] + hardware)
            )
        )
    }

    private static func listen(_ check: LeakCheck, _ words: String, _ frame: [UInt8]) -> LeakTrial {
        LeakTrial(
            check,
            leak: Side("groups: \(words)", by: .open, sends: frame),
            neighbour: Side(
                "a report of an allowed group and of the own address",
                by: .open,
                sends: guest.listenerReport([
                    IPv6Address(high: 0xff02_0000_0000_0000, low: 0xfb),
                    IPv6Address(high: 0xff02_0000_0000_0000, low: 0x1_ff00_0064),
                ])
            )
        )
    }

    private static func advertisement(of target: IPv6Address) -> [UInt8] {
        guest.icmpv6(
            136,
            to: World.router6,
            [0x60, 0, 0, 0] + bytes(target.high) + bytes(target.low) + [2, 1] + guest.source.bytes
        )
    }

    private static let otherAlert: [UInt8] = {
        var frame = guest.listenerReport([IPv6Address(high: 0xff02_0000_0000_0000, low: 0xfb)])
        frame[61] = 7
        return frame
    }()
}
