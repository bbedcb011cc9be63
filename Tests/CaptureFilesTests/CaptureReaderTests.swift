import CaptureFiles
import Diagnostics
import FrameBuilding
import PacketDecoding
import Testing

private let frames = FrameBuilder()
private let samples = frames.samples

@Suite("Reading captures")
struct CaptureReaderTests {
    @Test("pcap is read in both byte orders and resolutions", arguments: [true, false], [true, false])
    func pcap(isLittle: Bool, isNano: Bool) {
        let make = CaptureSamples(isLittle: isLittle)
        let read = ReadCapture(make.pcapHeader(isNano: isNano) + samples.flatMap { make.pcapFrame($0) })
        #expect(read.frames == samples)
        #expect(read.error == nil)
        #expect(read.records.map(\.number) == Array(1...samples.count))
        #expect(read.records.first?.timestamp == 1_700_000_000_000_000_000 + (isNano ? 5 : 5_000))
        #expect(read.records.first?.link == .ethernet)
    }

    @Test("pcapng is read in both byte orders", arguments: [true, false])
    func pcapng(isLittle: Bool) {
        let make = CaptureSamples(isLittle: isLittle)
        let file = make.section + make.interface() + samples.flatMap { make.enhanced($0) }
        let read = ReadCapture(file)
        #expect(read.frames == samples)
        #expect(read.error == nil)
        #expect(read.records.first?.timestamp == 7_000)
    }

    @Test("the size of the chunks makes no difference", arguments: [1, 2, 3, 7, 64, 1_000])
    func chunks(_ size: Int) {
        let make = CaptureSamples()
        let pcap = make.pcapHeader() + samples.flatMap { make.pcapFrame($0) }
        let pcapng = make.section + make.interface() + samples.flatMap { make.enhanced($0) }
        #expect(ReadCapture(pcap, chunk: size).frames == samples)
        #expect(ReadCapture(pcapng, chunk: size).frames == samples)
    }

    @Test("what the capture's own writer makes is read back, with directions, times and comments")
    func written() {
        let comments = [["step: Given a computer", "leak: DNS"], [], ["phase: off"]]
        var encoder = PCAPNGEncoder(interface: "tap0")
        for (index, bytes) in samples.enumerated() {
            let frame = CapturedFrame(
                number: index + 1,
                timestamp: 1_700_000_000_123_456_789,
                direction: index % 2 == 0 ? .fromGuest : .toGuest,
                bytes: bytes
            )
            encoder.append(frame, comments: comments[index % 3])
        }
        encoder.appendStatistics(startedAt: 1, endedAt: 2, frames: 3, drops: 4, comments: [])
        let read = ReadCapture(encoder.bytes)
        #expect(read.frames == samples)
        #expect(read.comments == samples.indices.map { comments[$0 % 3] })
        #expect(read.records.first?.timestamp == 1_700_000_000_123_456_789)
        #expect(read.records.prefix(2).map(\.direction) == [.inbound, .outbound])
    }

    @Test("several interfaces and sections are told apart, and each keeps its own clock and link")
    func sections() {
        let make = CaptureSamples()
        let other = CaptureSamples(isLittle: false)
        let packet = Array(frames.ping(IPv4Address(rawValue: 0x0808_0808))[14...])
        var file = make.section + make.interface(options: make.option(9, [9]) + make.option(2, Array("a".utf8)))
        file += make.interface(101, options: make.option(9, [0x80 | 10]) + make.option(14, make.number(Int64(100))))
        file += make.enhanced(samples[0]) + make.enhanced(packet, interface: 1, time: 512)
        file += other.section + other.interface(options: other.option(2, Array("b".utf8))) + other.enhanced(samples[1])
        file += make.section + make.interface() + make.enhanced(samples[2])
        let read = ReadCapture(file)
        #expect(read.error == nil)
        #expect(read.records.map(\.interface) == [0, 1, 2, 3])
        #expect(read.records.map(\.link) == [.ethernet, .raw, .ethernet, .ethernet])
        #expect(read.records.map(\.timestamp) == [7, 100_500_000_000, 7_000, 7_000])
        #expect(read.frames == [samples[0], packet, samples[1], samples[2]])
    }

    @Test("the older packet blocks are read, and blocks of other kinds passed over")
    func otherBlocks() {
        let make = CaptureSamples()
        let frame = Array(samples[0].prefix(24))
        var packet: [UInt8] = make.number(UInt16(0)) + make.number(UInt16(9)) + make.number(UInt64(0))
        packet += make.number(UInt32(24)) + make.number(UInt32(90)) + frame
        let simple = make.number(UInt32(24)) + frame
        var file = make.section + make.block(4, [1, 2, 3, 4]) + make.interface()
        file += make.block(2, packet) + make.block(0x0bad_0bad, [0, 0, 0, 0]) + make.block(3, simple)
        let read = ReadCapture(file)
        #expect(read.error == nil)
        #expect(read.frames == [frame, frame])
        #expect(read.records.map(\.isCut) == [true, false])
        #expect(read.records.last?.timestamp == nil)
    }

    @Test("a file that is cut off anywhere gives every whole frame, and then says so")
    func cutOff() {
        let make = CaptureSamples()
        let parts = [make.pcapHeader()] + samples.prefix(3).map { make.pcapFrame($0) }
        let file = Array(parts.joined())
        var borders: Set<Int> = []
        for end in parts.indices { borders.insert(parts[...end].joined().count) }
        for length in 4..<file.count where !borders.contains(length) {
            let read = ReadCapture(Array(file.prefix(length)))
            #expect(read.frames.count == max(0, borders.filter { $0 < length }.count - 1))
            guard case .cutOff = read.error else {
                Issue.record("cut at \(length): \(String(describing: read.error))")
                return
            }
        }
        for length in borders { #expect(ReadCapture(Array(file.prefix(length))).error == nil) }
    }

    @Test("an error says what was expected, what was seen and where")
    func messages() {
        let make = CaptureSamples()
        #expect(
            ReadCapture(Array(make.pcapHeader().prefix(20))).error?.description == """
                The capture was cut off: the file header at byte 0 needs 24 bytes, but there are 20.
                  Every whole frame before it was read.
                Hint: Copy the file again once whoever writes it is done.
                """
        )
        #expect(
            ReadCapture(make.pcapHeader(link: 105)).error?.summary
                == "Interface 0 of the capture is 802.11 (link type 105), which can't be decoded."
        )
        #expect(
            ReadCapture([0x1f, 0x8b, 8, 0, 0]).error?.summary
                == "Expected a capture in pcap or pcapng format, but the file begins with 1f 8b 08 00."
        )
        #expect(ReadCapture([]).error?.summary.hasSuffix("begins with nothing.") == true)
    }

    @Test("impossible fields are refused")
    func impossible() {
        let make = CaptureSamples()
        let frame = samples[0]
        let begin = make.section + make.interface()
        var broken = begin + make.enhanced(frame)
        broken[broken.count - 4] ^= 4
        let files: [([UInt8], String)] = [
            (make.pcapHeader(version: 3), "version"),
            (make.pcapHeader() + make.pcapFrame(frame, original: 3), "original length"),
            (make.pcapHeader() + make.number(UInt64(0)) + make.number(UInt64.max), "captured length"),
            (begin + make.number(UInt32(6)) + make.number(UInt32(0xffff_fff0)) + [0, 0, 0, 0], "length"),
            (begin + make.number(UInt32(6)) + make.number(UInt32(13)) + [0, 0, 0, 0], "length"),
            (begin + make.enhanced(frame, interface: 1), "interface"),
            (make.section + make.enhanced(frame), "interface"),
            (make.section + make.interface(options: make.option(9, [99])), "time resolution"),
            (begin + make.block(6, [0, 0, 0, 0]), "length"),
            (broken, "second length"),
        ]
        for (file, field) in files {
            guard case .invalid(_, _, let seen, _, _) = ReadCapture(file).error else {
                Issue.record("no error for the \(field): \(String(describing: ReadCapture(file).error))")
                continue
            }
            #expect(seen == field)
        }
    }

    @Test("memory is bounded by a chunk and a frame, whatever the file's length")
    func bounded() {
        let make = CaptureSamples()
        let one = make.pcapFrame(Array(repeating: 1, count: 1_000))
        var file = make.pcapHeader()
        for _ in 0..<500 { file += one }
        let read = ReadCapture(file, chunk: 4_096)
        #expect(read.frames.count == 500)
        #expect(read.longestBuffer < 4_096 + 2_000)
    }

    @Test("whatever the bytes, reading ends with frames or an error", arguments: 1...8)
    func fuzz(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let make = CaptureSamples(isLittle: seed % 2 == 0)
        let pcap = make.pcapHeader() + samples.prefix(4).flatMap { make.pcapFrame($0) }
        let comment = make.option(1, Array("comment".utf8)) + make.option(0, [])
        let pcapng =
            make.section + make.interface(options: make.option(9, [9]))
            + samples.prefix(4).flatMap { make.enhanced($0, options: comment) }
        for _ in 0..<400 {
            guard var file = [pcap, pcapng].randomElement(using: &generator) else { return }
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                file[Int.random(in: file.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            file.removeLast(Int.random(in: 0..<file.count, using: &generator))
            let read = ReadCapture(file, chunk: Int.random(in: 1...200, using: &generator))
            #expect(read.frames.count <= file.count / 12)
            #expect(read.records.allSatisfy { $0.originalLength >= $0.bytes.count })
        }
    }
}
