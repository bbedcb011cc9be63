import FrameBuilding
import PacketDecoding
import Testing

/// Whatever the bytes, decoding ends, with a frame or an error; a reader beyond the end would trap here.
@Suite("Decoding of hostile bytes")
struct FuzzTests {
    private let frames = FrameBuilder()

    private var valid: [[UInt8]] { frames.samples }

    private func survives(_ bytes: [UInt8], as type: LinkType = .ethernet) -> Bool {
        do throws(FrameDecodingError) {
            return try !decode(bytes, as: type).summary.isEmpty
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

    @Test("every frame with every single bit turned over")
    func singleBits() {
        for frame in valid {
            let failed = (0..<frame.count * 8).filter { bit in
                var copy = frame
                copy[bit / 8] ^= 1 << UInt8(bit % 8)
                return !survives(copy)
            }
            #expect(failed == [])
        }
    }

    @Test("every frame as every kind of link")
    func links() {
        for frame in valid {
            for type in LinkType.decodable {
                for bytes in [frame, FrameBuilder.captured(frame, on: type)] {
                    guard survives(bytes, as: type) else {
                        Issue.record("\(type): \(bytes)")
                        return
                    }
                }
            }
        }
    }

    @Test("every header of a link cut off anywhere, and with every byte set to extremes", arguments: LinkType.decodable)
    func linkHeaders(_ type: LinkType) {
        for frame in [frames.ping(IPv4Address(rawValue: 1)), frames.udp6(to: .unspecified, 9, [1])] {
            let whole = FrameBuilder.captured(frame, on: type)
            var variants = (0...whole.count).map { Array(whole[..<$0]) }
            for offset in 0..<min(24, whole.count) {
                for value: UInt8 in [0, 1, 2, 3, 4, 5, 10, 0x1e, 0x40, 0x60, 0x7f, 0x80, 0xff] {
                    variants.append(whole)
                    variants[variants.count - 1][offset] = value
                }
            }
            // What can be decoded has ends.
            let failed = variants.filter { bytes in
                let hasEnds = FrameEnds(of: bytes.span, as: type) != nil
                return !survives(bytes, as: type) || !hasEnds && (try? decode(bytes, as: type)) != nil
            }
            #expect(failed == [])
        }
    }

    @Test("frames in frames, deeper than any network nests them, are refused")
    func depthBombs() throws {
        let other = IPv4Address(rawValue: 0x0808_0808)
        let nestings: [([UInt8]) -> [UInt8]] = [
            { frames.inIP($0, to: other) }, { frames.gre($0, to: other) },
            { frames.ipv4(47, to: other, [0, 0, 0x65, 0x58] + $0) },
        ]
        for nest in nestings {
            var frame = frames.ping(other)
            for _ in 1..<8 { frame = nest(frame) }
            #expect(survives(frame))
            #expect(throws: Never.self) { try decode(frame) }
            for _ in 0..<500 {
                frame = nest(frame)
                do {
                    _ = try decode(frame)
                    Issue.record("no error")
                } catch {
                    #expect(error.header == .tunnel)
                }
            }
        }
        let tags = Array(repeating: [0x81, 0x00, 0x00, 0x01] as [UInt8], count: 16_000).flatMap { $0 }
        #expect(throws: FrameDecodingError.self) { try decode(Array(repeating: 2, count: 12) + tags) }
        let headers = Array(repeating: [60, 0, 1, 4, 0, 0, 0, 0] as [UInt8], count: 8_000).flatMap { $0 }
        #expect(throws: FrameDecodingError.self) { try decode(frames.ipv6(60, to: .unspecified, headers)) }
    }

    @Test("the longest packets, full of the shortest parts")
    func longest() {
        let other = IPv4Address(rawValue: 0x0808_0808)
        let room = 65_515
        func filled(_ start: [UInt8], _ part: [UInt8]) -> [UInt8] {
            var payload = start
            while payload.count + part.count <= room { payload += part }
            return payload
        }
        let payloads: [(UInt8, [UInt8])] = [
            (2, filled([0x22, 0, 0, 0, 0, 0, 0x1f, 0xfd], [4, 0, 0, 0, 224, 0, 0, 1])),
            (132, filled(Array(repeating: 0, count: 12), [1, 0, 0, 4])),
            (17, filled(bytes(UInt16(53)) + bytes(UInt16(53)) + bytes(UInt16(room)) + [0, 0], [0])),
        ]
        for (type, payload) in payloads { #expect(survives(frames.ipv4(type, to: other, payload))) }
        let elements = filled([2, 7, 4, 2, 0, 0, 0, 0, 1, 4, 2, 3, 1, 6, 2, 0, 1], [8, 0])
        #expect(survives(frames.ethernet(0x88cc, elements + [0, 0])))
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
            let type = LinkType.decodable.randomElement(using: &generator) ?? .raw
            guard survives(frame), survives(frame, as: type) else {
                Issue.record("seed \(seed), \(type): \(frame)")
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
