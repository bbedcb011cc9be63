import FrameBuilding
import PacketDecoding
import Testing

/// Whatever the bytes, decoding ends, with a frame or an error; a reader beyond the end would trap here.
@Suite("Decoding of hostile bytes")
struct FuzzTests {
    private let frames = FrameBuilder()

    private var valid: [[UInt8]] {
        let other = IPv4Address(rawValue: 0x0808_0808)
        let server = Endpoint(address: .v4(other), port: 53)
        let group = IPv6Address(high: 0xff02_0000_0000_0000, low: 0x16)
        let query = FrameBuilder.query("a.long.name.web.test")
        let record: [UInt8] = [4, 0, 0, 1] + Array(repeating: 3, count: 32)
        return [
            frames.udp(to: server, query), frames.ping(other), frames.arp(target: other),
            frames.tcp(to: server, options: [2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8], [0, 38] + query),
            frames.dhcp(frames.dhcpMessage(options: frames.discover + [(52, [3])])),
            frames.icmpv6(135, to: group, Array(repeating: 1, count: 20) + [1, 1, 2, 0, 0, 0, 0, 1]),
            frames.icmpv6(143, to: group, [0, 0, 0, 1] + record),
            frames.ipv6(0, to: group, [60, 0, 1, 4, 0, 0, 0, 0, 44, 0, 1, 4, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 1]),
            frames.ipv4(2, to: other, [0x22, 0, 0, 0, 0, 0, 0, 1] + record),
            frames.ethernet(0x8100, [0, 1, 0x88, 0xa8, 0, 2, 0x08, 0x06]),
            frames.ethernet(8, [0xaa, 0xaa, 3, 0, 0, 12, 32, 0]),
        ]
    }

    private func survives(_ bytes: [UInt8]) -> Bool {
        do throws(FrameDecodingError) {
            return try !decode(bytes).summary.isEmpty
        } catch {
            return error.offset <= bytes.count && !error.summary.isEmpty
        }
    }

    @Test("every frame cut off anywhere")
    func truncated() {
        for frame in valid {
            let failed = (0...frame.count).filter { !survives(Array(frame[..<$0])) }
            #expect(failed == [])
        }
    }

    @Test("every frame with every byte set to extremes")
    func extremes() {
        for frame in valid {
            for value: UInt8 in [0, 1, 0x7f, 0x80, 0xc0, 0xff] {
                let failed = frame.indices.filter { offset in
                    var copy = frame
                    copy[offset] = value
                    return !survives(copy)
                }
                #expect(failed == [])
            }
        }
    }

    @Test("frames with random changes, and random bytes", arguments: 1...8)
    func random(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<1_000 {
            guard var frame = valid.randomElement(using: &generator) else { return }
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                frame[Int.random(in: frame.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) { frame.removeLast(Int.random(in: 0..<frame.count, using: &generator)) }
            guard survives(frame) else {
                Issue.record("seed \(seed): \(frame)")
                return
            }
        }
        let types: [UInt16] = [0x0800, 0x86dd, 0x0806, 0x8100, 0x0040]
        for _ in 0..<500 {
            let length = Int.random(in: 0...200, using: &generator)
            let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            guard survives(noise), survives(frames.ethernet(types[length % types.count], noise)) else {
                Issue.record("seed \(seed): \(noise)")
                return
            }
        }
    }
}
