import FrameBuilding
import PacketAssembly
import PacketDecoding
import Testing

private let frames = FrameBuilder()
private let server = Endpoint(address: .v4(IPv4Address(rawValue: 0x0808_0808)), port: 80)

/// A stream's bytes as they come out of an assembler.
private struct Received {
    var assembler: StreamAssembler
    var text = ""
    var findings: [StreamFinding] = []
    var isOver = false
    var port: UInt16 = 40_000

    init(limits: StreamAssembler.Limits = .init()) {
        assembler = StreamAssembler(limits: limits)
    }

    mutating func add(_ data: String, at sequence: UInt32, flags: UInt8 = 0x18) throws {
        let bytes = frames.tcp(to: server, from: port, flags: flags, acknowledgement: 1, Array(data.utf8))
            .putting(UInt16(sequence >> 16), at: 38).putting(UInt16(sequence & 0xffff), at: 40)
        let frame = try decode(bytes)
        guard case .tcp(let segment) = frame.transport else { return }
        let progress = assembler.add(segment, bytes.span, in: key)
        text += String(decoding: bytes[progress.inOrder], as: UTF8.self)
        text += String(decoding: progress.following, as: UTF8.self)
        findings += progress.findings
        isOver = isOver || progress.isOver
    }

    var key: StreamKey {
        StreamKey(source: Endpoint(address: .v4(frames.address), port: port), destination: server)
    }
}

@Suite("Putting streams in order")
struct StreamAssemblerTests {
    @Test(
        "segments in any order become what was said",
        arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1, 1, 0]]
    )
    func inAnyOrder(_ order: [Int]) throws {
        let parts = ["one ", "two ", "three"]
        var stream = Received()
        try stream.add("", at: 99, flags: 0x02)
        for index in order { try stream.add(parts[index], at: 100 + UInt32(4 * index)) }
        #expect(stream.text == "one two three")
        #expect(stream.findings.isEmpty)
        #expect(stream.assembler.head(of: stream.key) == Array("one two three".utf8))
        #expect(stream.assembler.waitingBytes == 0)
    }

    @Test("numbers may run over the end of their range")
    func wrapsAround() throws {
        var stream = Received()
        try stream.add("", at: .max - 2, flags: 0x02)
        try stream.add("cd", at: 0)
        try stream.add("ab", at: .max - 1)
        #expect(stream.text == "abcd")
    }

    @Test("a stream that is met in its middle begins there")
    func middle() throws {
        var stream = Received()
        try stream.add("hello", at: 5_000)
        try stream.add("lo world", at: 5_003)
        #expect(stream.text == "hello world")
        #expect(stream.findings.isEmpty)
    }

    @Test("two segments that give different bytes for one place are a finding")
    func conflict() throws {
        var stream = Received()
        try stream.add("", at: 99, flags: 0x02)
        try stream.add("GET /a", at: 100)
        try stream.add("GET /b", at: 100)
        #expect(stream.findings == [.conflict(stream.key, at: 5)])
        try stream.add("xyz", at: 200)
        try stream.add("xaz", at: 200)
        #expect(stream.findings.last == .conflict(stream.key, at: 101))
        #expect(stream.findings.last?.reason == "two segments hold different bytes at 101 of the stream")
    }

    @Test("the end comes with the last byte, and what was missing then is a finding")
    func end() throws {
        var stream = Received()
        try stream.add("", at: 99, flags: 0x02)
        try stream.add("b", at: 101, flags: 0x19)
        #expect(!stream.isOver)
        try stream.add("a", at: 100)
        #expect(stream.isOver)
        #expect(stream.text == "ab")
        var reset = Received()
        try reset.add("", at: 99, flags: 0x02)
        try reset.add("b", at: 110)
        try reset.add("", at: 100, flags: 0x14)
        #expect(reset.isOver)
        #expect(reset.findings == [.gap(reset.key, at: 0, bytes: 10)])
        #expect(reset.assembler.waitingBytes == 0)
    }

    @Test("a gap that is not filled is skipped once too much waits behind it")
    func gap() throws {
        var limits = StreamAssembler.Limits()
        limits.waitingBytesPerStream = 100
        var stream = Received(limits: limits)
        try stream.add("", at: 99, flags: 0x02)
        try stream.add("12345", at: 110)
        try stream.add("67890", at: 115)
        #expect(stream.text == "1234567890")
        #expect(stream.findings == [.gap(stream.key, at: 0, bytes: 10)])
        #expect(stream.assembler.waitingBytes == 0)
    }

    @Test("memory is bounded, and a stream that had to go is a finding")
    func bounded() throws {
        var limits = StreamAssembler.Limits()
        limits.streams = 8
        limits.waitingBytes = 300
        var stream = Received(limits: limits)
        for port in 1...500 as ClosedRange<UInt16> {
            stream.port = port
            try stream.add("a", at: 100)
            try stream.add(String(repeating: "x", count: 30), at: 200)
            #expect(stream.assembler.waitingBytes <= 300)
        }
        #expect(stream.findings.count == 497)
    }

    @Test("a flood of single bytes costs no more room than the limit, nor time that grows with the flood")
    func flood() throws {
        var limits = StreamAssembler.Limits()
        limits.waitingBytesPerStream = 4_096
        var stream = Received(limits: limits)
        try stream.add("", at: 99, flags: 0x02)
        for number in 0..<2_000 as Range<UInt32> {
            try stream.add("x", at: 200 + 2 * number)
            #expect(stream.assembler.waitingBytes <= 4_096)
        }
        #expect(stream.findings.count == 2_000 - 4_096 / 65)
    }

    @Test("random segments never yield more than was sent", arguments: 1...4)
    func fuzz(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var limits = StreamAssembler.Limits()
        limits.waitingBytes = 2_000
        var stream = Received(limits: limits)
        var sent = 0
        for _ in 0..<2_000 {
            let length = Int.random(in: 0...40, using: &generator)
            let flags: UInt8 =
                [0x10, 0x10, 0x10, 0x10, 0x10, 0x11, 0x14, 0x02, 0x00].randomElement(using: &generator) ?? 0
            let sequence = UInt32.random(in: 0...300, using: &generator) &+ (flags == 0 ? .max / 2 : 0)
            try stream.add(String(repeating: "x", count: length), at: sequence, flags: flags)
            sent += length
            #expect(stream.assembler.waitingBytes <= 2_000)
            #expect(stream.text.utf8.count <= sent)
        }
    }
}
