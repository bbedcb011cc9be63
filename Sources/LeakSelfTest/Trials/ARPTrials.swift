import FrameBuilding
import LeakPolicy
import PacketDecoding

private let guest = World.guest
private let far = IPv4Address(rawValue: 0x0a02_0201)

extension LeakTrial {
    /// Who is asked for whom on the link.
    static let arpTrials: [LeakTrial] = [
        trial(.arpOperation, "telling the guest's address unasked", guest.arp(target: World.lease)),
        trial(.arpOperation, "telling it in an answer that nobody asked for", guest.arp(2, target: World.lease)),
        trial(
            .arpSenderHardware,
            "a sender that is not the frame's source",
            guest.arp(senderHardware: guest.destination, target: World.gateway)
        ),
        trial(.arpSender, "a sender of another network", guest.arp(sender: far, target: World.gateway)),
        trial(
            .arpSender,
            "a sender that the server gave no address",
            guest.arp(sender: IPv4Address(rawValue: 0x0a02_0165), target: World.gateway)
        ),
        trial(.arpTarget, "a question for an address on the Internet", guest.arp(target: World.elsewhere)),
        trial(.arpTarget, "a question for an address of another network", guest.arp(target: far)),
        trial(
            .arpTarget,
            "a question for the address of the network itself",
            guest.arp(target: IPv4Address(rawValue: 0x0a02_0100))
        ),
        trial(
            .arpTargetHardware,
            "a question that carries six bytes where the answer goes",
            guest.arp(target: World.gateway, targetHardware: MACAddress(rawValue: 0x6162_6364_6566))
        ),
        LeakTrial(
            .arpStation,
            leak: afterLease(
                "an answer to everyone",
                guest.arp(2, target: World.gateway, targetHardware: guest.destination)
            ),
            neighbour: afterLease(
                "an answer to who asked",
                guest.arp(2, target: World.gateway, targetHardware: guest.destination, to: guest.destination)
            )
        ),
        LeakTrial(
            .arpBeforeLease,
            leak: Side("a question before there is a lease", sends: guest.arp(target: World.gateway)),
            neighbour: afterLease("the question after the lease", guest.arp(target: World.gateway))
        ),
        LeakTrial(
            .arpBeforeLease,
            leak: Side(
                "a question after the lease was given back",
                [
                    .entered(.connected), .received(World.acknowledgement), .sent(release),
                    .sent(guest.arp(target: World.gateway)),
                ]
            ),
            neighbour: Side(
                "giving the lease back",
                [.entered(.connected), .received(World.acknowledgement), .sent(release)]
            )
        ),
        LeakTrial(
            .arpOperation,
            leak: Side(
                "a search for address conflicts that no rule wants",
                by: .timed,
                [.entered(.connected), .sent(guest.arp(sender: .unspecified, target: World.lease))]
            ),
            neighbour: Side(
                "the same where the policy allows it",
                sends: guest.arp(sender: .unspecified, target: World.lease)
            )
        ),
        LeakTrial(
            .vlanTag,
            leak: afterLease(
                "a question in a virtual network",
                FrameBuilder.tagged(guest.arp(target: World.gateway), 5)
            ),
            neighbour: afterLease("a question without a tag", guest.arp(target: World.gateway))
        ),
    ]

    private static func trial(_ check: LeakCheck, _ words: String, _ frame: [UInt8]) -> LeakTrial {
        LeakTrial(
            check,
            leak: afterLease(words, frame),
            neighbour: afterLease("a question for the gateway", guest.arp(target: World.gateway))
        )
    }

    private static func afterLease(_ words: String, _ frame: [UInt8]) -> Side {
        Side(words, [.entered(.connected), .received(World.acknowledgement), .sent(frame)])
    }

    private static let release: [UInt8] = guest.udp(
        to: World.at(67, World.gateway),
        from: 68,
        guest.dhcpMessage(
            options: [(53, [7]), (54, [10, 2, 1, 1]), (61, [1] + guest.source.bytes)],
            client: World.lease
        )
    )
}
