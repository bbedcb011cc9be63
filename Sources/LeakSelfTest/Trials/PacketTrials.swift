import FrameBuilding
import LeakPolicy
import PacketDecoding

private let guest = World.guest
private let webAddress = IPv4Address(rawValue: 0xc633_6407)

extension LeakTrial {
    /// Games with the headers of allowed packets: places to hide bytes, or to be read differently by the next router.
    static let packetTrials: [LeakTrial] = ipv4 + tcp + udp

    private static func web(_ check: LeakCheck, _ words: String, _ frame: [UInt8]) -> LeakTrial {
        LeakTrial(
            check,
            leak: Side(words, by: .open, sends: frame),
            neighbour: Side(
                "a plain segment",
                by: .open,
                sends: guest.tcp(to: World.web, flags: 0x18, acknowledgement: 7, [1])
            )
        )
    }

    private static let ipv4: [LeakTrial] = [
        web(
            .ipv4Options,
            "IP options",
            guest.ipv4(6, to: webAddress, Array(guest.tcp(to: World.web)[34...]), options: [7, 4, 0, 0])
        ),
        web(.ipv4ReservedFlag, "the reserved flag", flag(0x80)),
        web(.ipv4Checksum, "a wrong checksum of the IP header", guest.tcp(to: World.web).putting(0xbeef, at: 24)),
        LeakTrial(
            .ipv4TimeToLive,
            leak: Side("an odd time to live", sends: World.changed(guest.tcp(to: World.relay), 22, to: 63)),
            neighbour: Side("the usual one", sends: guest.tcp(to: World.relay))
        ),
        web(
            .sourceAddress,
            "a source on the Internet",
            guest.tcp(to: World.web, source: IPv4Address(rawValue: 0x0102_0304))
        ),
        web(
            .sourceAddress,
            "the network's own address as the source",
            guest.tcp(to: World.web, source: IPv4Address(rawValue: 0x0a02_0100))
        ),
    ]

    private static let tcp: [LeakTrial] = [
        web(
            .tcpChecksum,
            "a wrong TCP checksum",
            LeakTrial.flipped(guest.tcp(to: World.web, flags: 0x18, acknowledgement: 7, [1, 2]), 55)
        ),
        web(.tcpReserved, "reserved bits of the TCP header", World.changed(guest.tcp(to: World.web), 46, to: 0x54)),
        web(.tcpUrgent, "urgent data", guest.tcp(to: World.web, flags: 0x38, acknowledgement: 7, [1])),
        web(.tcpUrgent, "an urgent pointer without the flag", World.changed(guest.tcp(to: World.web), 53, to: 9)),
        web(
            .tcpAcknowledgement,
            "an acknowledged number without the flag",
            guest.tcp(to: World.web, acknowledgement: 9)
        ),
        web(.tcpOption, "an experimental TCP option", guest.tcp(to: World.web, options: [254, 4, 1, 2])),
        web(
            .tcpHiddenOptions,
            "bytes behind the end of the TCP options",
            guest.tcp(to: World.web, options: [0, 1, 2, 3])
        ),
        LeakTrial(
            .tcpDirection,
            leak: Side(
                "taking a connection that a relay opened",
                sends: guest.tcp(to: World.relay, flags: 0x12, acknowledgement: 9)
            ),
            neighbour: Side("opening one", sends: guest.tcp(to: World.relay))
        ),
        LeakTrial(
            .tcpDirection,
            leak: Side(
                "opening a connection that only others may open",
                by: .open,
                sends: guest.tcp(to: World.at(4_000, IPv4Address(rawValue: 0xcb00_7107)), from: 22)
            ),
            neighbour: Side(
                "taking it",
                by: .open,
                sends: guest.tcp(
                    to: World.at(4_000, IPv4Address(rawValue: 0xcb00_7107)),
                    from: 22,
                    flags: 0x12,
                    acknowledgement: 9
                )
            )
        ),
        LeakTrial(
            .tcpOwnPort,
            leak: Side("another port of the guest's own", sends: guest.tcp(to: World.ssh, from: 40_002)),
            neighbour: Side("one that is allowed", sends: guest.tcp(to: World.ssh, from: 40_001))
        ),
    ]

    private static let udp: [LeakTrial] = [
        LeakTrial(
            .udpChecksum,
            leak: Side("a wrong UDP checksum", sends: LeakTrial.flipped(time(from: 123), 60)),
            neighbour: Side("a right one", sends: time(from: 123))
        ),
        LeakTrial(
            .udpChecksum,
            leak: Side("no UDP checksum", sends: time(from: 123).putting(0, at: 40)),
            neighbour: Side("a right one", sends: time(from: 123))
        ),
        LeakTrial(
            .udpOwnPort,
            leak: Side("the time asked from another port", sends: time(from: 50_123)),
            neighbour: Side("from the usual one", sends: time(from: 123))
        ),
    ]

    private static func time(from port: UInt16) -> [UInt8] {
        guest.udp(to: World.timeServer, from: port, World.timeQuestion)
    }

    private static func flag(_ bits: UInt8) -> [UInt8] {
        var frame = guest.tcp(to: World.web)
        frame[20] = bits
        return frame.withHeaderChecksum()
    }
}
