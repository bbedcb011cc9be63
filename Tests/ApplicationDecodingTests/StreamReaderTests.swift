import ApplicationDecoding
import FrameBuilding
import PacketDecoding
import Testing

@Suite("What streams carry")
struct StreamReaderTests {
    private func read(_ data: [UInt8], chunk: Int, to port: UInt16) -> [Application] {
        var reader = StreamReader(source: 40_000, destination: port)
        var found: [Application] = []
        for start in stride(from: 0, to: data.count, by: chunk) {
            found += reader.add(data.span, start..<min(start + chunk, data.count))
            #expect(reader.byteCount <= 2 + 65_535)
        }
        if let last = reader.finish() { found.append(last) }
        return found
    }

    @Test("a client's hello is told however it is cut", arguments: [1, 2, 5, 7, 100, 1_000])
    func hello(_ chunk: Int) {
        let hello = FrameBuilder.clientHello(serverName: "web.test", protocols: ["h2"])
        let found = read(hello + Array(repeating: 7, count: 300), chunk: chunk, to: 9_001)
        #expect(found.map(\.summary) == ["TLS client hello for web.test, offers h2"])
    }

    @Test("every message of DNS is told, however they are cut", arguments: [1, 3, 28, 29, 1_000])
    func messages(_ chunk: Int) {
        let names = ["a.test", "secret.example", "b.test"]
        let data = names.flatMap { name -> [UInt8] in
            let query = FrameBuilder.query(name)
            return bytes(UInt16(query.count)) + query
        }
        #expect(read(data, chunk: chunk, to: 53).map(\.summary) == names.map { "DNS query A \($0)" })
        #expect(read(Array(data.dropLast()), chunk: chunk, to: 53).last == .incomplete(.dns))
    }

    @Test("a request is told once its first line is whole", arguments: [1, 4, 1_000])
    func request(_ chunk: Int) {
        let data = Array("GET /path HTTP/1.1\r\n".utf8)
        #expect(read(data, chunk: chunk, to: 8_080).map(\.summary) == ["HTTP GET /path"])
        #expect(read(Array(data.dropLast(2)), chunk: chunk, to: 8_080) == [.incomplete(.http)])
    }

    @Test("what is neither is told as nothing, and nothing of it is kept")
    func others() {
        let data = Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)
        #expect(read(data, chunk: 3, to: 22).isEmpty)
        var reader = StreamReader(source: 1, destination: 2)
        _ = reader.add(data.span, 0..<data.count)
        #expect(reader.byteCount == 0)
    }

    @Test("a beginning that never ends is given up at the limit")
    func endless() {
        let data = Array("GET /".utf8) + Array(repeating: UInt8(ascii: "a"), count: 100_000)
        #expect(read(data, chunk: 1_000, to: 80) == [.incomplete(.http)])
        let noise = Array(repeating: UInt8(0xff), count: 200_000)
        guard case .malformed(let error)? = read(noise, chunk: 1_000, to: 53).first else {
            Issue.record("no error")
            return
        }
        #expect(error.header == .dns)
    }

    @Test("whatever the bytes, reading ends and keeps no more than the limit", arguments: 1...4)
    func fuzz(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let hello = FrameBuilder.clientHello(serverName: "web.test", protocols: ["h2"])
        for _ in 0..<200 {
            var data = hello
            data[Int.random(in: data.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            let port: UInt16 = [53, 80, 443, 1080].randomElement(using: &generator) ?? 53
            _ = read(data, chunk: Int.random(in: 1...50, using: &generator), to: port)
        }
    }
}
