import FrameBuilding
import LeakPolicy
import PacketDecoding

private let guest = World.guest

extension LeakTrial {
    /// What stations of a link tell each other, and frames that are none of their own.
    static let linkTrials: [LeakTrial] = allowable + neverAllowed + frames

    private static let allowableFrames: [(LeakCheck, String, [UInt8])] = [
        (.lldp, "LLDP with the system's name", guest.lldp(systemName: "amnesia")),
        (.eapol, "an answer to 802.1X with the user's name", guest.eapol(identity: "user")),
        (.slowProtocol, "LACP", guest.lacp()),
        (.pause, "a pause frame", guest.pause()),
        (.spanningTree, "a message of spanning tree", guest.spanningTree()),
        (.cdp, "CDP", guest.llc([0xaa, 0xaa, 3, 0, 0, 12, 0x20, 0, 2, 180, 0, 0])),
        (.rarp, "RARP", guest.arp(3, target: World.lease, type: 0x8035)),
    ]

    private static let allowable: [LeakTrial] = allowableFrames.map { check, words, frame in
        LeakTrial(
            check,
            leak: Side(words, sends: frame),
            neighbour: Side("the same by a policy that allows it by name", by: .open, sends: frame)
        )
    }

    /// What no policy can allow, beside the allowed frame that is most like it.
    private static let neverAllowed: [LeakTrial] = [
        LeakTrial(
            .vlan,
            leak: Side("a ping in a virtual network", sends: FrameBuilder.tagged(guest.ping(World.gateway), 5)),
            neighbour: Side("TCP without a tag", by: .open, sends: guest.tcp(to: World.web))
        ),
        LeakTrial(
            .vlan,
            leak: Side(
                "a ping in a virtual network of a provider",
                sends: FrameBuilder.tagged(FrameBuilder.tagged(guest.ping(World.gateway), 5), 6, type: 0x88a8)
            ),
            neighbour: Side("TCP without a tag", by: .open, sends: guest.tcp(to: World.web))
        ),
        LeakTrial(
            .llc,
            leak: Side("802.3 with another access point", by: .open, sends: guest.llc([0xf0, 0xf0, 3, 1, 2])),
            neighbour: Side("802.3 with spanning tree", by: .open, sends: guest.spanningTree())
        ),
        other(.macsec, "MACsec", 0x88e5),
        other(.pppoe, "a search for a PPPoE server", 0x8863),
        other(.experimentalEtherType, "a frame of the type for experiments", 0x88b5),
        other(.unknownEtherType, "a frame of an unknown type", 0x1234),
    ]

    private static func other(_ check: LeakCheck, _ words: String, _ type: UInt16) -> LeakTrial {
        LeakTrial(
            check,
            leak: Side(words, by: .open, sends: guest.ethernet(type, Array(repeating: 0, count: 46))),
            neighbour: Side("a frame of an allowed type", by: .open, sends: guest.arp(target: World.gateway))
        )
    }

    private static let frames: [LeakTrial] = [
        LeakTrial(
            .undecodable,
            leak: Side(
                "a frame that ends within its header",
                by: .open,
                sends: Array(guest.tcp(to: World.web).prefix(40))
            ),
            neighbour: Side("the whole frame", by: .open, sends: guest.tcp(to: World.web))
        ),
        LeakTrial(
            .undecodable,
            leak: Side("three bytes", by: .open, sends: [1, 2, 3]),
            neighbour: Side("a whole frame", by: .open, sends: guest.arp(target: World.gateway))
        ),
        LeakTrial(
            .cutOff,
            leak: Side(
                "an allowed frame cut off by the capture",
                by: .open,
                [.sentCut(guest.tcp(to: World.web), originalLength: 400)]
            ),
            neighbour: Side("the same frame, captured whole", by: .open, sends: guest.tcp(to: World.web))
        ),
        LeakTrial(
            .vlanTag,
            leak: Side(
                "an allowed segment with a tag",
                by: .open,
                sends: FrameBuilder.tagged(guest.tcp(to: World.web), 5)
            ),
            neighbour: Side("the segment without a tag", by: .open, sends: guest.tcp(to: World.web))
        ),
        LeakTrial(
            .padding,
            leak: Side(
                "bytes of memory behind a short packet",
                by: .open,
                sends: guest.tcp(to: World.web) + [0, 0, 7]
            ),
            neighbour: Side("padding of zeros", by: .open, sends: guest.tcp(to: World.web) + [0, 0, 0])
        ),
        LeakTrial(
            .padding,
            leak: Side(
                "bytes of memory behind ARP",
                by: .open,
                sends: guest.arp(target: World.gateway, padding: [0, 9])
            ),
            neighbour: Side(
                "ARP with zeros behind it",
                by: .open,
                sends: guest.arp(target: World.gateway, padding: [0, 0])
            )
        ),
        LeakTrial(
            .groupStation,
            leak: Side("a segment to every station", by: .open, sends: toEveryone(guest.tcp(to: World.web))),
            neighbour: Side("the segment to the gateway", by: .open, sends: guest.tcp(to: World.web))
        ),
        LeakTrial(
            .hardwareAddressCount,
            leak: Side(
                "two hardware addresses in one run",
                sends: World.discover(),
                World.guest(from: MACAddress(rawValue: 0x02_0000_0000_65)).dhcpDiscover()
            ),
            neighbour: Side("one hardware address twice", sends: World.discover(), World.discover())
        ),
    ]

    static func toEveryone(_ frame: [UInt8]) -> [UInt8] { MACAddress.broadcast.bytes + frame[6...] }
}

extension FrameBuilder {
    fileprivate func dhcpDiscover() -> [UInt8] { dhcp(dhcpMessage(options: discover)) }
}
