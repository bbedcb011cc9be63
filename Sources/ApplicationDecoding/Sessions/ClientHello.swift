import PacketDecoding

extension TLS.ClientHello {
    /// Decodes the body of the handshake message (RFC 8446, section 4.1.2).
    ///
    /// Errors count from `origin`, where the body's first part stands in the frame or stream.
    static func decode(
        _ bytes: Span<UInt8>,
        _ body: Range<Int>,
        at origin: Int
    ) throws(FrameDecodingError) -> TLS.ClientHello {
        do throws(FrameDecodingError) {
            return try decode(bytes, body)
        } catch {
            throw FrameDecodingError(
                header: error.header,
                offset: error.offset - body.lowerBound + origin,
                problem: error.problem
            )
        }
    }

    private static func decode(_ bytes: Span<UInt8>, _ body: Range<Int>) throws(FrameDecodingError) -> TLS.ClientHello {
        var rest = body
        try bytes.require(34, of: rest, for: .tls)
        let version = bytes.u16(rest.lowerBound)
        rest = rest.lowerBound + 34..<rest.upperBound
        _ = try bytes.takeVector(&rest, lengthBytes: 1)
        let suites = try bytes.takeVector(&rest, lengthBytes: 2)
        guard suites.count % 2 == 0 else {
            throw .invalid(.tls, at: suites.lowerBound, "cipher suites", expected: "an even length", seen: suites.count)
        }
        _ = try bytes.takeVector(&rest, lengthBytes: 1)
        var extensions: [UInt16] = []
        var serverName: String?
        var protocols: [String] = []
        if !rest.isEmpty {
            var list = try bytes.takeVector(&rest, lengthBytes: 2)
            while !list.isEmpty {
                try bytes.require(4, of: list, for: .tls)
                let type = bytes.u16(list.lowerBound)
                list = list.lowerBound + 2..<list.upperBound
                let content = try bytes.takeVector(&list, lengthBytes: 2)
                extensions.append(type)
                if type == 0 { serverName = try readServerName(bytes, content) }
                if type == 16 { protocols = try readProtocols(bytes, content) }
            }
        }
        guard rest.isEmpty else {
            throw .invalid(
                .tls,
                at: rest.lowerBound,
                "hello",
                expected: "nothing behind it",
                seen: "\(rest.count) bytes"
            )
        }
        return TLS.ClientHello(
            version: version,
            cipherSuites: stride(from: suites.lowerBound, to: suites.upperBound, by: 2).map { bytes.u16($0) },
            extensions: extensions,
            serverName: serverName,
            applicationProtocols: protocols
        )
    }

    private static func readServerName(_ bytes: Span<UInt8>, _ content: Range<Int>) throws(FrameDecodingError)
        -> String?
    {
        var content = content
        // A server's answer is empty.
        if content.isEmpty { return nil }
        var list = try bytes.takeVector(&content, lengthBytes: 2)
        try bytes.require(1, of: list, for: .tls)
        guard bytes[list.lowerBound] == 0 else {
            throw .invalid(.tls, at: list.lowerBound, "name type", expected: "0, a host", seen: bytes[list.lowerBound])
        }
        list = list.lowerBound + 1..<list.upperBound
        return bytes.text(try bytes.takeVector(&list, lengthBytes: 2))
    }

    private static func readProtocols(_ bytes: Span<UInt8>, _ content: Range<Int>) throws(FrameDecodingError)
        -> [String]
    {
        var content = content
        var list = try bytes.takeVector(&content, lengthBytes: 2)
        var protocols: [String] = []
        while !list.isEmpty { protocols.append(bytes.text(try bytes.takeVector(&list, lengthBytes: 1))) }
        return protocols
    }
}

extension Span<UInt8> {
    /// Takes a length and as many bytes from the beginning of the window.
    fileprivate func takeVector(
        _ window: inout Range<Int>,
        lengthBytes: Int
    ) throws(FrameDecodingError) -> Range<Int> {
        try require(lengthBytes, of: window, for: .tls)
        let start = window.lowerBound + lengthBytes
        let length = lengthBytes == 1 ? Int(self[window.lowerBound]) : Int(u16(window.lowerBound))
        try require(length, of: start..<window.upperBound, for: .tls)
        window = start + length..<window.upperBound
        return start..<start + length
    }
}
