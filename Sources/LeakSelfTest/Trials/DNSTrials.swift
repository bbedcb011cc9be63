import FrameBuilding
import LeakPolicy
import PacketDecoding

private let guest = World.guest
private let query = FrameBuilder.query("portal.test")

extension LeakTrial {
    /// Names asked of an allowed resolver.
    static let dnsTrials: [LeakTrial] = [
        trial(.dnsName, "another name", FrameBuilder.query("example.test")),
        trial(.dnsName, "a name below the allowed one", FrameBuilder.query("secret.portal.test")),
        trial(.dnsMalformed, "something else at the port of DNS", [1, 2, 3]),
        trial(.dnsShape, "bytes behind the question", query + [1, 2, 3]),
        trial(.dnsShape, "an answer", response),
        trial(.dnsShape, "two questions", two),
        LeakTrial(
            .dns,
            leak: Side("an allowed name asked over TCP", sends: guest.tcp(to: World.resolver)),
            neighbour: Side("the name asked over UDP", sends: guest.udp(to: World.resolver, query))
        ),
    ]

    private static func trial(_ check: LeakCheck, _ words: String, _ payload: [UInt8]) -> LeakTrial {
        LeakTrial(
            check,
            leak: Side(words, sends: guest.udp(to: World.resolver, payload)),
            neighbour: Side(
                "the allowed name, as some resolvers write it",
                sends: guest.udp(to: World.resolver, FrameBuilder.query("PoRtAl.test"))
            )
        )
    }

    private static let response: [UInt8] = {
        var message = query
        message[2] |= 0x80
        return message
    }()

    private static let two: [UInt8] = {
        var message = query + query[12...]
        message[5] = 2
        return message
    }()
}
