import CaptureFiles
import FrameBuilding
import PacketDecoding

/// What a busy guest sends that speaks to Tor only: links of TLS to relays, their acknowledgements, a few names, ARP.
struct TorMix {
    private(set) var frames: [CapturedFrame] = []
    private(set) var byteCount = 0

    static let relays = (1...8).map { Endpoint(address: .v4(IPv4Address(rawValue: 0xc633_6400 + $0)), port: 9001) }

    /// Makes frames until they have so many bytes; of the given size all that hold data, if one is given.
    init(bytes limit: Int, seed: UInt64, size: Int? = nil) {
        var generator = SeededGenerator(seed: seed)
        let guest = FrameBuilder()
        let hello = FrameBuilder.clientHello(serverName: "www.q2w3e4r5.com", protocols: [])
        let resolver = Endpoint(address: .v4(IPv4Address(rawValue: 0x0a02_0101)), port: 53)
        func record(_ count: Int) -> [UInt8] {
            [23, 3, 3] + bytes(UInt16(count)) + (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
        let (long, short) = (record(1_443), record(543))
        let same = size.map { record(max(1, $0 - 54 - 5)) }
        let query = guest.udp(to: resolver, FrameBuilder.query("portal.test"))
        let question = guest.arp(target: IPv4Address(rawValue: 0x0a02_0101))
        var next: [UInt32] = []
        for (index, relay) in Self.relays.enumerated() {
            for frame in guest.stream(to: relay, from: 40_000 + UInt16(index), [hello]) { add(frame) }
            next.append(UInt32(2 + hello.count))
        }
        while byteCount < limit {
            let draw = Int.random(in: 0..<100, using: &generator)
            let flow = Int.random(in: next.indices, using: &generator)
            switch draw {
            case 0 where size == nil: add(question)
            case 1..<4 where size == nil: add(query)
            default:
                // Four in ten acknowledge, three are full, the others hold a cell.
                let data = same ?? (draw < 44 ? [] : draw < 74 ? long : short)
                add(
                    guest.segment(
                        to: Self.relays[flow],
                        from: 40_000 + UInt16(flow),
                        sequence: next[flow],
                        flags: data.isEmpty ? 0x10 : 0x18,
                        data
                    )
                )
                next[flow] &+= UInt32(data.count)
            }
        }
    }

    /// The frames as a capture.
    var capture: [UInt8] {
        var encoder = PCAPNGEncoder(interface: "bench")
        for frame in frames { encoder.append(frame, comments: []) }
        return encoder.bytes
    }

    private mutating func add(_ frame: [UInt8]) {
        frames.append(
            CapturedFrame(
                number: frames.count + 1,
                timestamp: 1_700_000_000_000_000_000 + UInt64(frames.count) * 300,
                direction: .fromGuest,
                bytes: frame
            )
        )
        byteCount += frame.count
    }
}
