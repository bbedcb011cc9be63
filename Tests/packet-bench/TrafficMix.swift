import FrameBuilding
import PacketDecoding

/// A capture in memory as a busy guest makes it: TCP data and acknowledgements mostly, names, a little of all else.
struct TrafficMix {
    /// All frames, one behind the other, so that a run reads memory as a capture's reader does.
    private(set) var bytes: [UInt8] = []
    private(set) var frames: [Range<Int>] = []

    init(bytes limit: Int, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let builder = FrameBuilder()
        let relay = Endpoint(address: .v4(IPv4Address(rawValue: 0xc000_0207)), port: 9001)
        let resolver = Endpoint(address: .v4(IPv4Address(rawValue: 0xcb00_7135)), port: 53)
        let timestamps: [UInt8] = [1, 1, 8, 10, 0, 0, 0, 9, 0, 0, 0, 8]
        let noise = (0..<1_448).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let flows = (0..<256 as Range<UInt16>).map { flow -> [[UInt8]] in
            func tcp(_ flags: UInt8, _ data: some Sequence<UInt8>) -> [UInt8] {
                builder.tcp(
                    to: relay,
                    from: 40_000 + flow,
                    flags: flags,
                    acknowledgement: 7,
                    options: timestamps,
                    Array(data)
                )
            }
            return [
                tcp(0x10, noise), tcp(0x10, []), tcp(0x18, noise.prefix(586)),
                builder.udp(to: resolver, from: 40_000 + flow, FrameBuilder.query("host-\(flow).example.test")),
                builder.arp(target: IPv4Address(rawValue: 0x0a02_0101)),
                builder.ping(IPv4Address(rawValue: 0x0808_0808)),
            ]
        }
        // What each flow has sent, so that its segments follow each other.
        var sent = Array(repeating: UInt32(1), count: flows.count)
        bytes.reserveCapacity(limit + 2_048)
        while bytes.count < limit {
            let draw = Int.random(in: 0..<100, using: &generator)
            let kind = draw < 30 ? 0 : draw < 70 ? 1 : draw < 94 ? 2 : draw < 98 ? 3 : draw < 99 ? 4 : 5
            let flow = Int.random(in: flows.indices, using: &generator)
            let frame = flows[flow][kind]
            frames.append(bytes.count..<bytes.count + frame.count)
            bytes += frame
            if kind < 3 {
                setSequence(sent[flow], ofFrameAt: bytes.count - frame.count)
                sent[flow] += UInt32(frame.count - 66)
            }
        }
    }

    /// Puts a sequence number in place of the templates' 1, and corrects the checksum (RFC 1624).
    private mutating func setSequence(_ number: UInt32, ofFrameAt start: Int) {
        for (offset, shift) in [(38, 24), (39, 16), (40, 8), (41, 0)] {
            bytes[start + offset] = UInt8(truncatingIfNeeded: number >> UInt32(shift))
        }
        let old = UInt32(bytes[start + 50]) << 8 | UInt32(bytes[start + 51])
        var sum = (~old & 0xffff) + (~1 & 0xffff) + number >> 16 + number & 0xffff
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        bytes[start + 50] = UInt8(truncatingIfNeeded: ~sum >> 8)
        bytes[start + 51] = UInt8(truncatingIfNeeded: ~sum)
    }
}
