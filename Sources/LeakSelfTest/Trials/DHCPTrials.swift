import FrameBuilding
import LeakPolicy
import PacketDecoding

private let guest = World.guest
private let identifier: (UInt8, [UInt8]) = (61, [1] + guest.source.bytes)

extension LeakTrial {
    /// The fixed fields of DHCP, each of which can hold more than it should.
    static let dhcpTrials: [LeakTrial] = [
        trial(
            .dhcpPorts,
            "from another port",
            guest.udp(
                to: World.at(67, .broadcast),
                from: 6_868,
                guest.dhcpMessage(options: guest.discover),
                source: .unspecified,
                to: .broadcast
            )
        ),
        trial(.dhcpMalformed, "1,200 bytes of anything to port 67", guest.dhcp(Array(repeating: 0x61, count: 1_200))),
        trial(
            .dhcpDestination,
            "to a server elsewhere",
            guest.udp(to: World.at(67), from: 68, guest.dhcpMessage(options: guest.discover))
        ),
        trial(.dhcpOperation, "in the name of a server", World.discover(with: 2, at: 0)),
        trial(.dhcpRelay, "in the name of a relay", World.discover(with: 9, at: 27)),
        trial(.dhcpRelay, "over hops", World.discover(with: 1, at: 3)),
        trial(.dhcpServerFields, "an address that only a server gives", World.discover(with: 9, at: 19)),
        trial(
            .dhcpClientAddress,
            "an address of another network",
            guest.dhcp(guest.dhcpMessage(options: guest.discover, client: World.elsewhere))
        ),
        trial(.dhcpFlags, "reserved flags", World.discover(with: 1, at: 11)),
        trial(.dhcpHardwarePadding, "bytes behind the hardware address", World.discover(with: 7, at: 40)),
        trial(.dhcpNames, "bytes in the name of the boot file", World.discover(with: 7, at: 200)),
        trial(.dhcpNames, "bytes in the name of the server", World.discover(with: 7, at: 50)),
        trial(
            .dhcpTrailer,
            "bytes behind the end of the options",
            guest.dhcp(guest.dhcpMessage(options: guest.discover, trailer: [1]))
        ),
        trial(.dhcpSeconds, "more time than any client waits", World.discover(with: 0x40, at: 8)),
        trial(
            .dhcpLength,
            "more bytes than the message needs",
            guest.dhcp(guest.dhcpMessage(options: guest.discover, trailer: Array(repeating: 0, count: 300)))
        ),
        trial(
            .dhcpHardware,
            "another client's hardware address",
            guest.dhcp(guest.dhcpMessage(options: guest.discover, hardware: guest.destination))
        ),
        trial(.dhcpMessage, "a request for information", World.discover([(53, [8]), identifier])),
        trial(.dhcpMessage, "no message type", World.discover([identifier])),
        trial(.udpChecksum, "without a checksum", World.discover().putting(0, at: 40)),
        trial(
            .groupStation,
            "to another group of stations",
            guest.udp(
                to: World.at(67, .broadcast),
                from: 68,
                guest.dhcpMessage(options: guest.discover),
                source: .unspecified,
                to: MACAddress(rawValue: 0x0100_5e00_0001)
            )
        ),
        LeakTrial(
            .dhcpDestination,
            leak: Side("DHCP renewed at a server elsewhere", sends: renew(at: World.elsewhere)),
            neighbour: Side("DHCP renewed at the own server", sends: renew(at: World.gateway))
        ),
    ]

    /// What clients tell of themselves in options.
    static let dhcpOptionTrials: [LeakTrial] = [
        option(.dhcpOption, "the class of the user (77)", (77, [1, 2])),
        option(.dhcpOption, "the full name of the client (81)", (81, [0, 0, 0] + Array("amnesia".utf8))),
        option(.dhcpOption, "the architecture of the client (93)", (93, [0, 7])),
        option(.dhcpOption, "a vendor's own options (125)", (125, [0, 0, 0, 9, 1, 1])),
        option(.dhcpHostname, "a host name", (12, Array("amnesia".utf8))),
        option(.dhcpHostname, "the allowed host name in upper case", (12, Array("LOCALHOST".utf8))),
        option(.dhcpHostname, "a host name in UTF-16", (12, Array("a".utf8) + [0])),
        option(.dhcpVendorClass, "the class of the vendor", (60, Array("dhcpcd-9".utf8))),
        option(.dhcpRepeatedOption, "an option twice", (57, [5, 0xc0])),
        LeakTrial(
            .dhcpOptionLength,
            leak: Side(
                "an address of eight bytes",
                sends: World.discover([(53, [3]), identifier, (50, Array(repeating: 7, count: 8))])
            ),
            neighbour: Side(
                "an address of four",
                sends: World.discover([(53, [3]), identifier, (50, [10, 2, 1, 100])])
            )
        ),
        LeakTrial(
            .dhcpClientIdentifier,
            leak: Side(
                "an identifier that stays the same",
                sends: World.discover([(53, [1]), (61, [0xff, 1, 2, 3, 4, 0, 4] + Array(repeating: 9, count: 16))])
            ),
            neighbour: Side("the frame's own address as identifier", sends: World.discover([(53, [1]), identifier]))
        ),
        LeakTrial(
            .dhcpParameter,
            leak: Side(
                "asking for what only some systems want",
                sends: World.discover([(53, [1]), identifier, (55, [1, 3, 6, 12, 15, 252])])
            ),
            neighbour: Side("asking for the usual", sends: World.discover())
        ),
        LeakTrial(
            .dhcpParameterOrder,
            leak: Side(
                "asking in an order that tells the system",
                sends: World.discover([(53, [1]), identifier, (55, [3, 1, 6, 12, 15, 119])])
            ),
            neighbour: Side("asking in the usual order", sends: World.discover())
        ),
    ]

    private static func trial(_ check: LeakCheck, _ words: String, _ frame: [UInt8]) -> LeakTrial {
        LeakTrial(
            check,
            leak: Side("DHCP: \(words)", sends: frame),
            neighbour: Side("plain DHCP", sends: World.discover())
        )
    }

    private static func option(_ check: LeakCheck, _ words: String, _ option: (UInt8, [UInt8])) -> LeakTrial {
        LeakTrial(
            check,
            leak: Side("DHCP: \(words)", sends: World.discover(guest.discover + [option])),
            neighbour: Side(
                "DHCP with the allowed names",
                sends: World.discover(guest.discover + [(12, Array("localhost".utf8)), (60, Array("plain".utf8))])
            )
        )
    }

    static func renew(at server: IPv4Address) -> [UInt8] {
        guest.udp(
            to: World.at(67, server),
            from: 68,
            guest.dhcpMessage(options: [(53, [3]), identifier], client: World.lease)
        )
    }
}
