import ApplicationDecoding
import FrameBuilding
import PacketDecoding
import Testing

private let frames = FrameBuilder()

/// Whatever the bytes, decoding ends; a reader beyond the end would trap here.
@Suite("What hostile applications say")
struct ApplicationFuzzTests {
    /// Decodes the frame if its headers allow, and says whether everything ended as it should.
    private func survives(_ bytes: [UInt8]) -> Bool {
        guard let frame = try? decode(bytes) else { return true }
        let application = Application.decode(frame, bytes.span)
        if case .malformed(let error) = application, error.offset > bytes.count || error.summary.isEmpty {
            return false
        }
        return !frame.summary(with: application).isEmpty
    }

    /// The payload of each sample over each port, so that every decoder meets every other protocol's bytes.
    private var payloads: [[UInt8]] {
        frames.samples.compactMap { bytes in
            switch (try? decode(bytes))?.transport {
            case .udp(let datagram): Array(bytes[datagram.payload])
            case .tcp(let segment): Array(bytes[segment.payload])
            default: nil
            }
        }
    }

    private let ports: [UInt16] = [53, 67, 123, 137, 443, 547, 1080, 1900, 3702, 4789, 5353, 5355, 9050]

    private func survivesEverywhere(_ payload: [UInt8]) -> Bool {
        ports.allSatisfy { port in
            let endpoint = Endpoint(address: .v4(IPv4Address(rawValue: 0x0808_0808)), port: port)
            return survives(frames.udp(to: endpoint, payload)) && survives(frames.tcp(to: endpoint, payload))
        }
    }

    @Test("every message cut off anywhere, on every port")
    func truncated() {
        for payload in payloads {
            let lengths = payload.count > 300 ? Array(0...60) : Array(0...payload.count)
            #expect(lengths.filter { !survivesEverywhere(Array(payload[..<$0])) } == [])
        }
    }

    @Test("every message with every single bit turned over")
    func singleBits() {
        for sample in frames.samples where sample.count > 34 {
            let failed = (34 * 8..<min(sample.count, 400) * 8).filter { bit in
                var copy = sample
                copy[bit / 8] ^= 1 << UInt8(bit % 8)
                return !survives(copy)
            }
            #expect(failed == [])
        }
    }

    @Test("random bytes, and messages with random changes", arguments: 1...4)
    func random(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let payloads = payloads
        for _ in 0..<200 {
            guard var payload = payloads.randomElement(using: &generator), !payload.isEmpty else { continue }
            payload = Array(payload.prefix(300))
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                payload[Int.random(in: payload.indices, using: &generator)] = UInt8.random(
                    in: 0...255,
                    using: &generator
                )
            }
            let noise = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            guard survivesEverywhere(payload), survivesEverywhere(noise) else {
                Issue.record("seed \(seed): \(payload), \(noise)")
                return
            }
        }
    }

    @Test("names that point at themselves, or through more pointers than a name has labels, are refused")
    func pointers() throws {
        func error(_ message: [UInt8]) throws -> FrameDecodingError? {
            let bytes = frames.udp(to: Endpoint(address: .v4(IPv4Address(rawValue: 0x0808_0808)), port: 53), message)
            if case .malformed(let error) = Application.decode(try decode(bytes), bytes.span) { return error }
            return nil
        }
        let header: [UInt8] = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        #expect(try error(header + [0xc0, 12, 0, 1, 0, 1]) != nil)
        #expect(try error(header + [0xc0, 14, 0xc0, 12, 0, 1, 0, 1]) != nil)
        #expect(try error(header + [1, 97, 0xc0, 12, 0, 1, 0, 1]) != nil)
        // A record of pointers that each lead to the one before, and a question at their end.
        var message: [UInt8] = [0x12, 0x34, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 16, 0, 1, 0, 0, 0, 0]
        let count = 4_000
        message += bytes(UInt16(2 * count)) + [0, 0]
        let first = message.count - 2
        for index in 1..<count { message += bytes(UInt16(0xc000 | (first + 2 * (index - 1)))) }
        message += bytes(UInt16(0xc000 | (first + 2 * (count - 1)))) + [0, 1, 0, 1, 0, 0, 0, 0, 0, 0]
        #expect(try error(message)?.summary.contains("name pointers") == true)
    }

    @Test("the longest message of names ends, and its line stays short")
    func longNames() throws {
        let label: [UInt8] = [50] + Array(repeating: UInt8(ascii: "a"), count: 50)
        let name = label + label + label + label
        var message: [UInt8] = [0x12, 0x34, 1, 0]
        message += bytes(UInt16(10_000)) + [0, 0, 0, 0, 0, 0]
        message += name + [0, 0, 1, 0, 1]
        for _ in 1..<10_000 { message += [0xc0, 12, 0, 1, 0, 1] }
        let frame = frames.udp(to: Endpoint(address: .v4(IPv4Address(rawValue: 0x0808_0808)), port: 53), message)
        guard case .dns(let dns, .dns) = Application.decode(try decode(frame), frame.span) else {
            Issue.record("not DNS")
            return
        }
        #expect(dns.questions.count == 10_000)
        #expect(Application.decode(try decode(frame), frame.span).summary.utf8.count < 1_000)
    }
}
