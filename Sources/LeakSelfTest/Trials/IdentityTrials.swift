import FrameBuilding
import LeakPolicy
import PacketDecoding

private let guest = World.guest
private let real = TrialPolicy.realAddress

extension LeakTrial {
    /// What tells who the guest is, in allowed traffic and in any encoding.
    static let identityTrials: [LeakTrial] = addresses + addressTexts + secrets + borders

    private static func inSegment(_ data: [UInt8]) -> [UInt8] {
        guest.tcp(to: World.ssh, flags: 0x18, acknowledgement: 7, data)
    }
    private static func ssh(_ words: String, _ data: [UInt8]) -> Side { Side(words, sends: inSegment(data)) }

    private static let addresses: [LeakTrial] = [
        LeakTrial(
            .realSource,
            leak: Side(
                "ARP from the card's real address",
                [.received(World.acknowledgement), .sent(World.unspoofed.arp(target: World.gateway))]
            ),
            neighbour: Side(
                "ARP from a random address",
                [.received(World.acknowledgement), .sent(guest.arp(target: World.gateway))]
            )
        ),
        LeakTrial(
            .realSource,
            leak: Side(
                "DHCP from the card's real address",
                sends: World.unspoofed.dhcp(World.unspoofed.dhcpMessage(options: World.unspoofed.discover))
            ),
            neighbour: Side("DHCP from a random address", sends: World.discover())
        ),
        LeakTrial(
            .realSource,
            leak: Side(
                "a router solicitation from the card's real address",
                sends: World.unspoofed.icmpv6(133, to: IPv6Address(high: 0xff02_0000_0000_0000, low: 2), [0, 0, 0, 0])
            ),
            neighbour: Side(
                "the same by a policy that allows real addresses",
                by: .open,
                sends: World.unspoofed.icmpv6(133, to: IPv6Address(high: 0xff02_0000_0000_0000, low: 2), [0, 0, 0, 0])
            )
        ),
        LeakTrial(
            .realAddressInside,
            leak: Side(
                "the real address as the client's identifier of DHCP",
                sends: World.discover([(53, [1]), (61, [1] + real.bytes)])
            ),
            neighbour: Side(
                "the frame's own address as the identifier",
                sends: World.discover([(53, [1]), (61, [1] + guest.source.bytes)])
            )
        ),
        LeakTrial(
            .realAddressInside,
            leak: Side(
                "the real address as the sender of ARP",
                [.received(World.acknowledgement), .sent(guest.arp(senderHardware: real, target: World.gateway))]
            ),
            neighbour: Side(
                "the frame's own address as the sender",
                [.received(World.acknowledgement), .sent(guest.arp(target: World.gateway))]
            )
        ),
        LeakTrial(
            .realInterfaceIdentifier,
            leak: Side(
                "an IPv6 address made of the real address",
                sends: World.guest(at: IPv6Address(high: 0xfe80_0000_0000_0000, low: real.modifiedEUI64))
                    .listenerReport([World.router6])
            ),
            neighbour: Side(
                "an IPv6 address made of another",
                by: .open,
                sends: World.guest(at: IPv6Address(high: 0xfe80_0000_0000_0000, low: guest.source.modifiedEUI64))
                    .neighbourSolicitation(for: World.router6)
            )
        ),
    ]

    private static let addressSpellings: [(String, String, String)] = [
        ("with colons", "52:54:00:12:34:56", "52:54:00:12:34:57"),
        ("with dashes, in upper case", "52-54-00-12-34-56", "52-54-00-12-34-5F"),
        ("in digits alone", "525400123456", "525400123457"),
        ("with dots, as switches write it", "5254.0012.3456", "5254.0012.3457"),
        ("percent-encoded", "%52%54%00%12%34%56", "%52%54%00%12%34%57"),
        ("in Base64", "xxUlQAEjRW", "xxUlQAEjRX"),
    ]

    private static let addressTexts: [LeakTrial] = addressSpellings.map { words, spelling, other in
        LeakTrial(
            .realAddressInside,
            leak: ssh("the real address \(words)", text("mac=\(spelling);")),
            neighbour: ssh("another address \(words)", text("mac=\(other);"))
        )
    }

    private static let encodings: [(String, [UInt8], [UInt8])] =
        [
            ("as it is", text("tell-tale-host"), text("tell-tale-hose")),
            ("in upper case", text("TELL-Tale-HOST"), text("TELL-Tale-HOSE")),
            ("in UTF-16, low byte first", wide("tell-tale-host"), wide("tell-tail-host")),
            ("in UTF-16, high byte first", [0] + wide("Tell-tale-host"), [0] + wide("Tell-tail-host")),
            (
                "in hexadecimal digits", text("74656C6C2d74616c652d686f7374"),
                text("74656C6C2d7461696c2d686f7374")
            ),
            ("percent-encoded", text("%74%65%6c%6C%2D%74%61%6C%65"), text("%74%65%6c%6C%2D%74%61%6D%65")),
            ("in Base64", text("dGVsbC10YWxlLWhvc3Q="), text("dGVsbC10YWlsLWhvc3Q=")),
            ("in Base64 behind one byte", text("eHRlbGwtdGFsZS1ob3N0"), text("eHRlbGwtdGFpbC1ob3N0")),
            (
                "in Base64 behind two bytes", text("eHh0ZWxsLXRhbGUtaG9zdA=="),
                text("eHh0ZWxsLXRhaWwtaG9zdA==")
            ),
            (
                "in Base64 of UTF-16", text("dABlAGwAbAAtAHQAYQBsAGUALQBoAG8AcwB0AA=="),
                text("dABlAGwAbAAtAHQAYQBpAGwALQBoAG8AcwB0AA==")
            ),
            (
                "as a name of NetBIOS", text("FEEFEMEMCNFEEBEMEFCNEIEPFDFE"),
                text("FEEFEMEMCNFEEBEJEMCNEIEPFDFE")
            ),
            ("as bytes that are no text", TrialPolicy.serial, TrialPolicy.serial.dropLast() + [UInt8(0x98)] as [UInt8]),
            ("as digits of bytes that are no text", text("DEADFACE01FF3E99"), text("DEADFACE01FF3E98")),
            ("in Base64 for URLs", text("3q36zgH_Ppk"), text("3q36zgH_Qpk")),
        ]

    private static let secrets: [LeakTrial] =
        encodings.map { words, data, other in
            LeakTrial(
                .secret,
                leak: ssh("a planted secret \(words)", text("abc") + data + text("xyz")),
                neighbour: ssh("nearly the secret \(words)", text("abc") + other + text("xyz"))
            )
        } + [
            LeakTrial(
                .secret,
                leak: Side(
                    "the host name in a question for a name",
                    sends: guest.udp(to: World.resolver, FrameBuilder.query("Tell-Tale-Host.lan"))
                ),
                neighbour: Side(
                    "an allowed name",
                    sends: guest.udp(to: World.resolver, FrameBuilder.query("portal.test"))
                )
            )
        ]

    private static let borders: [LeakTrial] = [
        LeakTrial(
            .secretAcrossSegments,
            leak: Side(
                "a secret in two segments",
                frames: guest.stream(to: World.ssh, [text("abctell-ta"), text("le-hostxyz")])
            ),
            neighbour: Side(
                "nearly the secret in two segments",
                frames: guest.stream(to: World.ssh, [text("abctell-ta"), text("il-hostxyz")])
            )
        ),
        LeakTrial(
            .secretAcrossSegments,
            leak: Side(
                "a secret, a byte in each segment",
                frames: guest.stream(to: World.ssh, "-tell-tale-host-".utf8.map { [$0] })
            ),
            neighbour: Side(
                "half of the secret, a byte in each segment",
                frames: guest.stream(to: World.ssh, "-tell-tale-".utf8.map { [$0] })
            )
        ),
        LeakTrial(
            .secretAcrossSegments,
            leak: Side("a secret whose second half is sent first", frames: swapped("abctell-ta", "le-hostxyz")),
            neighbour: Side("its halves the other way round in the stream", frames: swapped("le-hostxyz", "abctell-ta"))
        ),
    ]

    private static func swapped(_ first: String, _ second: String) -> [[UInt8]] {
        let frames = guest.stream(to: World.ssh, [Array(first.utf8), Array(second.utf8)])
        return [frames[0], frames[2], frames[1]]
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func wide(_ text: String) -> [UInt8] { text.utf8.flatMap { [$0, 0] as [UInt8] } }
}
