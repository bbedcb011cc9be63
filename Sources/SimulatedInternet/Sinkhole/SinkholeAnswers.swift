import ApplicationDecoding
package import FoundationEssentials

/// What the sinkhole says, so that whoever leaks goes on to tell more.
package enum SinkholeAnswers {
    /// What to say to a stream, and what its beginning was understood as.
    package struct ToStream: Hashable, Sendable {
        package let protocolName: String?
        package let summary: String
        /// What to answer before ending our half, or `nil` to go on listening.
        package let answer: [UInt8]?
    }

    /// What a server of some protocols has to say first.
    package static func greeting(port: UInt16) -> [UInt8] {
        switch port {
        case 21: Array("220 sinkhole.test FTP\r\n".utf8)
        case 25, 587: Array("220 sinkhole.test ESMTP\r\n".utf8)
        case 110: Array("+OK sinkhole.test\r\n".utf8)
        case 143: Array("* OK sinkhole.test\r\n".utf8)
        default: []
        }
    }

    /// Decides on the beginning of a stream.
    package static func answer(
        toStream bytes: [UInt8],
        from source: ServiceEndpoint,
        to destination: ServiceEndpoint
    ) -> ToStream {
        let said = Application.decode(bytes.span, 0..<bytes.count, tcp: source.port, destination.port)
        let answer: [UInt8]?
        switch said {
        case .dns:
            let message = Array(bytes.dropFirst(2).prefix(Int(bytes[0]) << 8 | Int(bytes[1])))
            answer = NameAnswer.answer(to: message).map { [UInt8($0.count >> 8), UInt8($0.count & 255)] + $0 }
        case .http: answer = Array(page(for: source).utf8)
        // A fatal alert, handshake failure (RFC 8446, section 6): we have no certificate that anyone would take.
        case .tls(let record) where record.clientHello != nil: answer = [21, 3, 1, 0, 2, 2, 40]
        default: answer = nil
        }
        if said.name == nil, bytes.starts(with: "SSH-".utf8) {
            return ToStream(protocolName: "SSH", summary: "SSH banner", answer: nil)
        }
        return ToStream(protocolName: said.name, summary: said.summary, answer: answer)
    }

    /// Answers a datagram, or returns `nil` when there is nothing to say to it.
    package static func answer(toDatagram bytes: [UInt8], port: UInt16, at now: Date) -> [UInt8]? {
        switch port {
        case 53: NameAnswer.answer(to: bytes)
        case 123: TimeAnswer.answer(to: bytes, at: now)
        default: nil
        }
    }

    private static func page(for source: ServiceEndpoint) -> String {
        let body = "<!doctype html><title>Assay sinkhole</title><p>Your address is \(source.address).</p>\n"
        return """
            HTTP/1.1 200 OK\r
            Content-Type: text/html\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r
            \(body)
            """
    }
}
