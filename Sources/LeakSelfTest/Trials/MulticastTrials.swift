import FrameBuilding
import LeakPolicy
import PacketDecoding

private let guest = World.guest
private let everyone = IPv4Address(rawValue: 0xe000_00fb)
private let probe = Array("<Action>http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01/Probe</Action>".utf8)
private let search = Array("M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n".utf8)

extension LeakTrial {
    /// What hosts tell everyone, which only a policy that names the protocol allows.
    static let multicastTrials: [LeakTrial] = named + broken

    private static let namedFrames: [(LeakCheck, String, [UInt8])] = [
        (.multicastDNS, "multicast DNS", mdns()),
        (
            .llmnr, "LLMNR",
            guest.multicast(to: IPv4Address(rawValue: 0xe000_00fc), 5355, from: 50_000, FrameBuilder.query("amnesia"))
        ),
        (
            .netBIOS, "a question of NetBIOS",
            guest.multicast(
                to: IPv4Address(rawValue: 0x0a02_01ff),
                137,
                timeToLive: 64,
                FrameBuilder.netBIOSQuery("AMNESIA")
            )
        ),
        (
            .ssdp, "a search by SSDP",
            guest.multicast(to: IPv4Address(rawValue: 0xefff_fffa), 1900, from: 50_000, search)
        ),
        (
            .webServicesDiscovery, "a search for web services",
            guest.multicast(to: IPv4Address(rawValue: 0xefff_fffa), 3702, from: 50_000, probe)
        ),
        (.igmp, "a report of a group", guest.igmpReport(everyone)),
        (.multicastDNS, "multicast DNS over IPv6", mdns6()),
    ]

    private static let named: [LeakTrial] = namedFrames.map { check, words, frame in
        LeakTrial(
            check,
            leak: Side(words, sends: frame),
            neighbour: Side("the same by a policy that allows it by name", by: .open, sends: frame)
        )
    }

    private static let broken: [LeakTrial] = [
        LeakTrial(
            .otherMulticast,
            leak: Side(
                "a datagram to a group that has no rule",
                by: .open,
                sends: guest.multicast(to: everyone, 9_999, [1])
            ),
            neighbour: Side("multicast DNS to the group", by: .open, sends: mdns())
        ),
        LeakTrial(
            .multicastMalformed,
            leak: Side("bytes behind the end of multicast DNS", by: .open, sends: mdns(trailer: [1, 2, 3])),
            neighbour: Side("multicast DNS that ends where it should", by: .open, sends: mdns())
        ),
        LeakTrial(
            .multicastMalformed,
            leak: Side(
                "something else at the port of SSDP",
                by: .open,
                sends: guest.multicast(to: IPv4Address(rawValue: 0xefff_fffa), 1900, World.plaintext)
            ),
            neighbour: Side(
                "a search by SSDP",
                by: .open,
                sends: guest.multicast(to: IPv4Address(rawValue: 0xefff_fffa), 1900, search)
            )
        ),
        LeakTrial(
            .multicastDestination,
            leak: Side(
                "multicast DNS to another host",
                by: .open,
                sends: guest.udp(to: World.at(5353), from: 5353, FrameBuilder.query("amnesia.local"))
            ),
            neighbour: Side("multicast DNS to its group", by: .open, sends: mdns())
        ),
        LeakTrial(
            .multicastTimeToLive,
            leak: Side(
                "a search for web services beyond the link",
                by: .open,
                sends: guest.multicast(to: IPv4Address(rawValue: 0xefff_fffa), 3702, timeToLive: 64, probe)
            ),
            neighbour: Side(
                "a search on the link",
                by: .open,
                sends: guest.multicast(to: IPv4Address(rawValue: 0xefff_fffa), 3702, probe)
            )
        ),
        LeakTrial(
            .multicastChecksum,
            leak: Side(
                "a report of a group with a wrong checksum",
                by: .open,
                sends: flipped(guest.igmpReport(everyone), 43)
            ),
            neighbour: Side("a report with a right one", by: .open, sends: guest.igmpReport(everyone))
        ),
        LeakTrial(
            .multicastChecksum,
            leak: Side("multicast DNS with a wrong checksum", by: .open, sends: flipped(mdns(), 43)),
            neighbour: Side("multicast DNS with a right one", by: .open, sends: mdns())
        ),
        LeakTrial(
            .ipv4Options,
            leak: Side(
                "a report of a group with other IP options than the alert",
                by: .open,
                sends: otherOption(guest.igmpReport(everyone))
            ),
            neighbour: Side("a report with the router's alert", by: .open, sends: guest.igmpReport(everyone))
        ),
    ]

    private static func mdns(trailer: [UInt8] = []) -> [UInt8] {
        guest.multicast(to: everyone, 5353, timeToLive: 255, FrameBuilder.query("_ipp._tcp.local", type: 12) + trailer)
    }

    private static func mdns6() -> [UInt8] {
        let group = IPv6Address(high: 0xff02_0000_0000_0000, low: 0xfb)
        let frame = guest.udp6(to: group, 5353, from: 5353, FrameBuilder.query("_ipp._tcp.local", type: 12))
        return FrameBuilder.station(of: group).bytes + frame[6...]
    }

    static func flipped(_ frame: [UInt8], _ offset: Int) -> [UInt8] {
        var copy = frame
        copy[offset] ^= 1
        return copy
    }

    private static func otherOption(_ report: [UInt8]) -> [UInt8] {
        var frame = report
        (frame[34], frame[36]) = (0x44, 5)
        frame = frame.putting(0, at: 24)
        return frame.putting(internetChecksum(Array(frame[14..<38])), at: 24)
    }
}
