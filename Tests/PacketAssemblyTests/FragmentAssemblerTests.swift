import FrameBuilding
import PacketAssembly
import PacketDecoding
import Testing

private let frames = FrameBuilder()
private let other = IPv4Address(rawValue: 0x0808_0808)

@Suite("Putting fragments together")
struct FragmentAssemblerTests {
    /// A datagram to port 53 that needs several fragments.
    private let whole = Array(
        frames.udp(to: Endpoint(address: .v4(other), port: 53), (0..<200).map { UInt8($0) })[14...]
    )

    private func fragment(_ range: Range<Int>, identification: UInt16 = 0x1234, isLast: Bool? = nil) -> [UInt8] {
        let payload = Array(whole[20...])
        let field = UInt16(range.lowerBound / 8) | (isLast ?? (range.upperBound == payload.count) ? 0 : 0x2000)
        var frame = frames.ipv4(17, to: other, Array(payload[range]), fragment: field).putting(identification, at: 18)
        frame = frame.putting(0, at: 24)
        return frame.putting(internetChecksum(Array(frame[14..<34])), at: 24)
    }

    private func add(_ bytes: [UInt8], to assembler: inout FragmentAssembler) throws -> FragmentAssembler.Outcome {
        try #require(assembler.add(try decode(bytes), bytes.span))
    }

    @Test("fragments in any order become the packet that was sent", arguments: [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
    func inAnyOrder(_ order: [Int]) throws {
        let parts = [fragment(0..<80), fragment(80..<160), fragment(160..<208)]
        var assembler = FragmentAssembler()
        for index in order.dropLast() {
            let outcome = try add(parts[index], to: &assembler)
            #expect(outcome.packet == nil && outcome.findings.isEmpty)
        }
        let outcome = try add(parts[order[2]], to: &assembler)
        #expect(outcome.packet == whole)
        #expect(outcome.findings.isEmpty)
        #expect(assembler.byteCount == 0)
        let packet = try #require(outcome.packet)
        guard case .ipv4(let decoded) = try decode(packet, as: .raw).content,
            case .udp(let datagram) = decoded.transport
        else {
            Issue.record("not UDP")
            return
        }
        #expect(decoded.header.checksum == .correct && datagram.checksum == .correct)
    }

    @Test("a whole packet is none of its business")
    func wholePacket() throws {
        let bytes = frames.ping(other)
        var assembler = FragmentAssembler()
        #expect(assembler.add(try decode(bytes), bytes.span) == nil)
    }

    @Test("IPv6 fragments become a packet without the fragment header, behind other headers too")
    func ipv6() throws {
        let group = IPv6Address(high: 0xff02_0000_0000_0000, low: 1)
        let datagram = Array(frames.udp6(to: group, 9, Array(repeating: 7, count: 40))[54...])
        func part(_ range: Range<Int>, _ hopByHop: [UInt8]) -> [UInt8] {
            let field = UInt16(range.lowerBound) | (range.upperBound == datagram.count ? 0 : 1)
            let header: [UInt8] = [17, 0] + bytes(field) + [0, 0, 0, 9]
            return frames.ipv6(hopByHop.isEmpty ? 44 : 0, to: group, hopByHop + header + datagram[range])
        }
        for hopByHop in [[], [44, 0, 1, 4, 0, 0, 0, 0]] as [[UInt8]] {
            var assembler = FragmentAssembler()
            #expect(try add(part(0..<24, hopByHop), to: &assembler).packet == nil)
            let packet = try #require(try add(part(24..<48, hopByHop), to: &assembler).packet)
            guard case .ipv6(let decoded) = try decode(packet, as: .raw).content,
                case .udp(let inner) = decoded.transport
            else {
                Issue.record("not UDP")
                return
            }
            #expect(inner.checksum == .correct)
            #expect(decoded.extensions.count == hopByHop.count / 8)
        }
    }

    @Test("a repeated fragment is passed over, and one that overlaps another ends the packet")
    func overlaps() throws {
        var assembler = FragmentAssembler()
        _ = try add(fragment(0..<80), to: &assembler)
        #expect(try add(fragment(0..<80), to: &assembler).findings.isEmpty)
        let same = try add(fragment(72..<160), to: &assembler)
        guard case .overlap(_, at: 72, sameBytes: true) = same.findings.first else {
            Issue.record("\(same)")
            return
        }
        #expect(assembler.byteCount == 0)
        #expect(try add(fragment(80..<160), to: &assembler).packet == nil)
        #expect(try add(fragment(160..<208), to: &assembler).packet == nil)
    }

    @Test("bytes that differ where fragments overlap are told from those that don't")
    func differingOverlap() throws {
        var assembler = FragmentAssembler()
        _ = try add(fragment(0..<80), to: &assembler)
        var forged = fragment(0..<80)
        forged[40] ^= 1
        let outcome = try add(forged, to: &assembler)
        guard case .overlap(_, at: 0, sameBytes: false) = outcome.findings.first else {
            Issue.record("\(outcome)")
            return
        }
        #expect(outcome.findings.first?.reason == "two fragments hold different bytes at 0")
    }

    @Test("impossible fragments are findings")
    func flaws() throws {
        var assembler = FragmentAssembler()
        func reason(_ bytes: [UInt8]) throws -> String? {
            defer { _ = assembler.finish() }
            return try add(bytes, to: &assembler).findings.first?.reason
        }
        #expect(try reason(fragment(0..<77, isLast: false))?.contains("no multiple of 8") == true)
        let far = frames.ipv4(17, to: other, Array(repeating: 0, count: 24), fragment: 0x1fff)
        #expect(try reason(far)?.contains("beyond the longest packet") == true)
        let shifted = frames.ipv4(17, to: other, [1, 2, 3, 4, 5, 6, 7], fragment: 0x2000)
        #expect(try reason(shifted) != nil)
        _ = try add(fragment(160..<208), to: &assembler)
        #expect(try reason(fragment(80..<160, isLast: true))?.contains("the fragments end at") == true)
        _ = try add(fragment(80..<160, isLast: true), to: &assembler)
        #expect(try reason(fragment(160..<208))?.contains("the fragments end at") == true)
    }

    @Test("memory is bounded, and whatever had to go is a finding")
    func bounded() throws {
        var limits = FragmentAssembler.Limits()
        limits.packets = 4
        limits.bytes = 400
        var assembler = FragmentAssembler(limits: limits)
        var evicted = 0
        for number in 0..<1_000 as Range<UInt16> {
            let outcome = try add(fragment(0..<160, identification: number), to: &assembler)
            #expect(assembler.byteCount <= 400)
            evicted += outcome.findings.count
        }
        #expect(evicted == 998)
        let left = assembler.finish()
        #expect(left.count == 2)
        #expect(left.first?.reason == "1 fragments with 160 bytes never became a whole packet")
    }

    @Test("a packet in too many pieces is given up")
    func tooMany() throws {
        var limits = FragmentAssembler.Limits()
        limits.fragmentsPerPacket = 3
        var assembler = FragmentAssembler(limits: limits)
        for start in [0, 16, 32] {
            #expect(try add(fragment(start..<start + 8, isLast: false), to: &assembler).findings.isEmpty)
        }
        #expect(
            try add(fragment(48..<56, isLast: false), to: &assembler).findings.first?.reason
                == "the packet has more than 3 fragments"
        )
    }

    @Test("random fragments never make more than they hold", arguments: 1...4)
    func fuzz(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var limits = FragmentAssembler.Limits()
        limits.bytes = 4_096
        var assembler = FragmentAssembler(limits: limits)
        for _ in 0..<2_000 {
            let field = UInt16.random(in: 0...0x3fff, using: &generator) & 0x200f
            let payload = Array(
                repeating: UInt8.random(in: 0...1, using: &generator),
                count: Int.random(in: 0...64, using: &generator)
            )
            let bytes = frames.ipv4(253, to: other, payload, fragment: field)
            let frame = bytes.putting(UInt16.random(in: 0...9, using: &generator), at: 18)
            let outcome = assembler.add(try decode(frame), frame.span)
            #expect((outcome?.packet?.count ?? 0) <= 20 + 0x0f * 8 + 64)
            #expect(assembler.byteCount <= 4_096)
        }
        _ = assembler.finish()
        #expect(assembler.byteCount == 0)
    }
}
