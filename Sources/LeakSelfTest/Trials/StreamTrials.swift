import FrameBuilding
import LeakPolicy
import PacketDecoding

private let guest = World.guest
private let hello = World.hello

extension LeakTrial {
    /// What a connection to a relay holds: the handshake of Tor's link, and nothing but TLS from its first byte on.
    static let streamTrials: [LeakTrial] = [
        relay(.tcpOpening, "HTTP in clear to a relay", [World.plaintext]),
        relay(.tcpOpening, "HTTP in clear to a relay, a byte in each segment", World.plaintext.map { [$0] }),
        relay(.tcpOpening, "SSH to a relay", [Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)]),
        relay(.tcpOpening, "a server's hello", [[22, 3, 3, 0, 40, 2] + Array(repeating: 0, count: 39)]),
        relay(.tcpOpening, "data of TLS without a handshake", [World.record()]),
        relay(.tcpOpening, "a version that no TLS has", [[22, 4, 0, 0, 40, 1] + Array(repeating: 0, count: 39)]),
        relay(.tcpRecords, "plain text behind the hello", [hello, World.plaintext]),
        relay(
            .tcpRecords,
            "plain text behind a record, in the same segment",
            [hello, World.record() + World.plaintext]
        ),
        relay(.tcpRecords, "a record without an end", [hello, [23, 3, 3, 0xff, 0xff, 1, 2, 3]]),
        LeakTrial(
            .tcpWithoutBeginning,
            leak: Side(
                "data of a connection whose beginning nobody saw",
                sends: guest.segment(to: World.relay, sequence: 9, World.record())
            ),
            neighbour: Side(
                "the acknowledgement of such a connection",
                sends: guest.segment(to: World.relay, sequence: 9, flags: 0x10, [])
            )
        ),
        LeakTrial(
            .tcpConflict,
            leak: Side(
                "other bytes in place of the last ones, after the end",
                frames: ended(Array(hello.dropLast()) + [0xee])
            ),
            neighbour: Side("the last bytes repeated after the end", frames: ended(hello))
        ),
        LeakTrial(
            .tcpDataWithSyn,
            leak: Side(
                "data in the segment that opens the connection",
                sends: guest.segment(to: World.relay, sequence: 9, flags: 0x02, hello)
            ),
            neighbour: Side(
                "the segment without data",
                sends: guest.segment(to: World.relay, sequence: 9, flags: 0x02, [])
            )
        ),
        LeakTrial(
            .tcpConflict,
            leak: Side("a repeated segment with other bytes", frames: connection(repeating: World.record(22))),
            neighbour: Side("a repeated segment with the same bytes", frames: connection(repeating: World.record()))
        ),
        LeakTrial(
            .tcpRecords,
            leak: Side("plain text that comes before its turn", frames: swapped(hello, World.plaintext)),
            neighbour: Side("a record that comes before its turn", frames: swapped(hello, World.record()))
        ),
        LeakTrial(
            .tcpOpening,
            leak: Side(
                "plain text in a second connection of the same ports",
                frames: guest.stream(to: World.relay, [hello])
                    + guest.stream(to: World.relay, first: 900_000, [World.plaintext])
            ),
            neighbour: Side(
                "a second connection of the same ports",
                frames: guest.stream(to: World.relay, [hello]) + guest.stream(to: World.relay, first: 900_000, [hello])
            )
        ),
    ]

    private static func relay(_ check: LeakCheck, _ words: String, _ parts: [[UInt8]]) -> LeakTrial {
        LeakTrial(
            check,
            leak: Side(words, frames: guest.stream(to: World.relay, parts)),
            neighbour: Side("a link of Tor, cut anywhere", frames: guest.stream(to: World.relay, link))
        )
    }

    /// A hello, a change of cipher and data, in segments that mind no border.
    private static let link: [[UInt8]] = {
        let all = hello + [20, 3, 3, 0, 1, 1] + World.record() + World.record(count: 900)
        return stride(from: 0, to: all.count, by: 61).map { Array(all[$0..<min($0 + 61, all.count)]) }
    }()

    private static func connection(repeating last: [UInt8]) -> [[UInt8]] {
        let sequence = UInt32(2 + hello.count)
        return guest.stream(to: World.relay, [hello, World.record()]) + [
            guest.segment(to: World.relay, sequence: sequence, last.dropLast() + [last == World.record() ? 0xa7 : 0xa8])
        ]
    }

    /// A connection that ends, and then repeats its last data.
    private static func ended(_ last: [UInt8]) -> [[UInt8]] {
        let end = guest.segment(to: World.relay, sequence: UInt32(2 + hello.count), flags: 0x11, [])
        return guest.stream(to: World.relay, [hello]) + [end, guest.segment(to: World.relay, sequence: 2, last), end]
    }

    private static func swapped(_ first: [UInt8], _ second: [UInt8]) -> [[UInt8]] {
        let frames = guest.stream(to: World.relay, [first, second])
        return [frames[0], frames[2], frames[1]]
    }
}
