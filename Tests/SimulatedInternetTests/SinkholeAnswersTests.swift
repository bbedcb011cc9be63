import Foundation
import SimulatedInternet
import Testing

@Suite("Answers of the sinkhole")
struct SinkholeAnswersTests {
    private let guest = ServiceEndpoint(address: "10.2.1.50", port: 40_000)

    private func answer(_ text: String, port: UInt16) -> SinkholeAnswers.ToStream {
        SinkholeAnswers.answer(
            toStream: Array(text.utf8),
            from: guest,
            to: ServiceEndpoint(address: "192.0.2.200", port: port)
        )
    }

    /// A query for a name of one label (RFC 1035), with a type.
    private func query(type: UInt8, flags: UInt8 = 1) -> [UInt8] {
        [0xab, 0xcd, flags, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2] + Array("me".utf8) + [0, 0, type, 0, 1]
    }

    @Test("a request of HTTP is answered when it is whole, at any port")
    func http() throws {
        #expect(answer("GET /a HTT", port: 8123).answer == nil)
        let page = try #require(answer("GET /a HTTP/1.1\r\nHost: x.example\r\n\r\n", port: 8123).answer)
        let text = String(decoding: page, as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.contains("Your address is 10.2.1.50."))
        let parts = text.components(separatedBy: "\r\n\r\n")
        #expect(parts.count == 2 && text.contains("Content-Length: \(parts[1].utf8.count)\r\n"))
    }

    @Test("what is not understood is not answered")
    func unknown() {
        #expect(answer("SSH-2.0-OpenSSH_9.2\r\n", port: 22).protocolName == "SSH")
        #expect(answer("SSH-2.0-OpenSSH_9.2\r\n", port: 22).answer == nil)
        #expect(answer("\u{1}\u{2}\u{3}", port: 22).protocolName == nil)
        #expect(SinkholeAnswers.answer(toDatagram: [1, 2, 3], port: 53, at: Date()) == nil)
        #expect(SinkholeAnswers.answer(toDatagram: query(type: 1), port: 54, at: Date()) == nil)
    }

    @Test("a question for an address is answered with the sinkhole's, any other with none", arguments: [1, 28, 16])
    func names(type: UInt8) throws {
        let answer = try #require(SinkholeAnswers.answer(toDatagram: query(type: type), port: 53, at: Date()))
        #expect(answer.prefix(4) == [0xab, 0xcd, 0x81, 0x80])
        let address: [UInt8]? = [
            1: [198, 18, 0, 1], 28: [0x20, 1, 0xd, 0xb8, 0, 0x53, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        ][type]
        #expect(answer[7] == (address == nil ? 0 : 1))
        #expect(address.map { Array(answer.suffix($0.count)) == $0 } ?? (answer.count == query(type: type).count))
    }

    @Test(
        "what is no plain question gets no answer: a response, two questions, a pointer, an end too soon",
        arguments: [
            [0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1],
            [0, 1, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1],
            [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1],
            [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, 1],
        ] as [[UInt8]]
    )
    func noQuestions(_ message: [UInt8]) {
        #expect(SinkholeAnswers.answer(toDatagram: message, port: 53, at: Date()) == nil)
    }

    @Test("the time is told in the client's version, with the client's own stamp in it")
    func time() throws {
        let stamp: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        let request: [UInt8] = [0x1b] + [UInt8](repeating: 0, count: 39) + stamp
        // 1 second and a half after 1970.
        let now = Date(timeIntervalSince1970: 1.5)
        let answer = try #require(SinkholeAnswers.answer(toDatagram: request, port: 123, at: now))
        #expect(answer.count == 48 && answer[0] == 0x1c)
        #expect(Array(answer[24..<32]) == stamp)
        // 2208988801 s after 1900, and a half.
        #expect(Array(answer[40..<48]) == [0x83, 0xaa, 0x7e, 0x81, 0x80, 0, 0, 0])
        #expect(SinkholeAnswers.answer(toDatagram: answer, port: 123, at: now) == nil)
    }

    @Test("without IPv6 no rule redirects to a port of it, and no route is a default one of the main table")
    func rules() {
        #expect(SinkholeRules.rules(port: 4000, port6: 4006).contains("redirect to :4006"))
        #expect(!SinkholeRules.rules(port: 4000, port6: nil).contains("ipv6 meta l4proto tcp"))
        #expect(SinkholeRules.routes.contains("local default dev lo table 83"))
    }

    @Test("limits have limits")
    func limits() {
        #expect(throws: SimulatedInternetError.self) {
            try InternetConfiguration(sinkhole: SinkholeLimits(bytesKept: 0)).validate()
        }
        #expect(throws: SimulatedInternetError.self) {
            try InternetConfiguration(sinkhole: SinkholeLimits(openConnections: 513)).validate()
        }
        #expect(throws: SimulatedInternetError.self) {
            try InternetConfiguration(time: ServedTime(offset: .seconds(70 * 365 * 86_400))).validate()
        }
        #expect(throws: Never.self) { try InternetConfiguration(sinkhole: SinkholeLimits()).validate() }
    }
}
