import FrameBuilding
import PacketDecoding
import Testing

@Suite("Plain segments")
struct SegmentFrameTests {
    private let frames = FrameBuilder()

    private var segments: [[UInt8]] {
        let relay = Endpoint(address: .v4(IPv4Address(rawValue: 0x0808_0808)), port: 9)
        let options: [UInt8] = [2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 3, 3, 7]
        return [frames.tcp(to: relay, options: options), frames.tcp(to: relay, Array("hello there".utf8)) + [0, 0]]
    }

    private func isPlain(_ bytes: [UInt8]) -> Bool { SegmentFrame.mayBe(bytes.span) }

    /// What both ways of decoding make of the same bytes must not differ: the judge takes the shorter where it can.
    private func differs(_ bytes: [UInt8]) -> Bool {
        let whole = Result { () throws(FrameDecodingError) in try decode(bytes) }
        guard SegmentFrame.mayBe(bytes.span) else {
            // Whatever may not be a plain segment must be none.
            guard case .success(let frame) = whole, case .ethernet(let ethernet) = frame.link, ethernet.tags.isEmpty,
                case .ipv4(let packet) = frame.content, !packet.isAuthenticated, case .tcp = packet.transport
            else { return false }
            return true
        }
        let plain = Result { () throws(FrameDecodingError) in try SegmentFrame(bytes.span) }
        switch (whole, plain) {
        case (.success(let frame), .success(let plain)):
            guard case .ethernet(let ethernet) = frame.link, case .ipv4(let packet) = frame.content,
                case .tcp(let segment) = packet.transport
            else { return true }
            return ethernet.source != plain.source || ethernet.destination != plain.destination
                || packet.header != plain.packet || segment != plain.segment
                || frame.trailerIsZero != plain.trailerIsZero
        case (.failure(let left), .failure(let right)): return left != right
        default: return true
        }
    }

    @Test("a plain segment is decoded without references as it is with them")
    func same() throws {
        for bytes in segments {
            #expect(isPlain(bytes))
            #expect(!differs(bytes))
        }
    }

    @Test("no other frame is taken for one")
    func others() {
        let wrong = frames.samples.filter(differs)
        #expect(wrong == [])
        #expect(frames.samples.filter(isPlain).count < frames.samples.count / 2)
    }

    @Test("neither cuts nor wrong bytes make a difference")
    func broken() {
        for bytes in segments {
            let cut = (0...bytes.count).filter { differs(Array(bytes[..<$0])) }
            #expect(cut == [])
            for value: UInt8 in [0, 1, 0x20, 0x40, 0x46, 0x4f, 0x7f, 0xf0, 0xff] {
                let failed = bytes.indices.filter { offset in
                    var copy = bytes
                    copy[offset] = value
                    return differs(copy)
                }
                #expect(failed == [])
            }
        }
    }
}
