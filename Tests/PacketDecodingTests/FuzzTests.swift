import FrameBuilding
import PacketDecoding
import Testing

/// Whatever the bytes, decoding ends, with a frame or an error; a reader beyond the end would trap here.
@Suite("Decoding of hostile bytes")
struct FuzzTests {
    private let frames = FrameBuilder()

    private var valid: [[UInt8]] { frames.samples }

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
