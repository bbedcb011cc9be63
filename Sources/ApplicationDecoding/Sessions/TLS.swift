import PacketDecoding

/// The first record of TLS (RFC 8446), and what a client's hello tells in clear.
package struct TLS: Hashable, Sendable {
    /// What a client says before anything is encrypted.
    package struct ClientHello: Hashable, Sendable {
        /// The version of the hello itself; newer ones hide in an extension.
        package let version: UInt16
        package let cipherSuites: [UInt16]
        /// The numbers of the extensions, in their order: together with the suites a fingerprint.
        package let extensions: [UInt16]
        /// The host that the client names (extension 0).
        package let serverName: String?
        /// The protocols that the client offers to speak (extension 16), such as `h2`.
        package let applicationProtocols: [String]
    }

    /// 20 change of cipher, 21 alert, 22 handshake, 23 data.
    package let contentType: UInt8
    package let recordVersion: UInt16
    /// 1 client hello, 2 server hello; only of a handshake in clear.
    package let handshakeType: UInt8?
    package let clientHello: ClientHello?

    /// A record may hold this much data, and a little for its encryption.
    private static let longestRecord = 16_384 + 2_048

    /// Whether the data begins like a record: a type, version 3.0 to 3.4, a sane length.
    static func isLikely(_ bytes: Span<UInt8>, _ data: Range<Int>) -> Bool {
        guard data.count >= 5 else { return false }
        let start = data.lowerBound
        return bytes[start + 1] == 3 && bytes[start + 2] <= 4 && (1...longestRecord).contains(Int(bytes.u16(start + 3)))
    }

    /// Returns `nil` when the bytes end within a client's hello.
    static func decode(_ bytes: Span<UInt8>, _ data: Range<Int>) throws(FrameDecodingError) -> TLS? {
        try bytes.require(5, of: data, for: .tls)
        let start = data.lowerBound
        let contentType = bytes[start]
        let end = start + 5 + Int(bytes.u16(start + 3))
        var (handshakeType, hello): (UInt8?, ClientHello?) = (nil, nil)
        if contentType == 22, data.count >= 9 {
            // An encrypted handshake message looks like any bytes, so that only the two hellos are believed.
            let length = Int(bytes.u32(start + 5) & 0xff_ffff)
            let type = bytes[start + 5]
            if type == 1 || type == 2 { handshakeType = type }
            if type == 1 {
                // A hello may be longer than its record; the rest then stands in the next.
                guard let message = try join(bytes, data, length: 4 + length) else { return nil }
                hello = try ClientHello.decode(message.span, 4..<message.count, at: start + 9)
            }
        } else if contentType == 22, end > data.upperBound {
            return nil
        }
        return TLS(
            contentType: contentType,
            recordVersion: bytes.u16(start + 1),
            handshakeType: handshakeType,
            clientHello: hello
        )
    }

    /// The handshake message that the records at the beginning hold parts of, or `nil` when bytes are missing.
    private static func join(
        _ bytes: Span<UInt8>,
        _ data: Range<Int>,
        length: Int
    ) throws(FrameDecodingError) -> [UInt8]? {
        let longestHello = 65_536
        guard length <= longestHello else {
            throw .invalid(.tls, at: data.lowerBound + 5, "hello", expected: "at most 65536 bytes", seen: length)
        }
        var message: [UInt8] = []
        var rest = data
        while message.count < length {
            guard rest.count >= 5 else { return nil }
            guard bytes[rest.lowerBound] == 22 else {
                throw .invalid(
                    .tls,
                    at: rest.lowerBound,
                    "content type",
                    expected: "22, the rest of the hello",
                    seen: bytes[rest.lowerBound]
                )
            }
            let end = rest.lowerBound + 5 + Int(bytes.u16(rest.lowerBound + 3))
            guard end > rest.lowerBound + 5 else {
                throw .invalid(.tls, at: rest.lowerBound + 3, "record length", expected: "at least 1", seen: 0)
            }
            guard end <= rest.upperBound else { return nil }
            message += bytes.copy(rest.lowerBound + 5..<end)
            rest = end..<data.upperBound
        }
        return Array(message.prefix(length))
    }

    var summary: String {
        guard let hello = clientHello else {
            let names: [UInt8: String] = [20: "change of cipher", 21: "alert", 22: "handshake", 23: "data"]
            let name = handshakeType == 2 ? "server hello" : names[contentType] ?? "record \(contentType)"
            return "TLS \(name)"
        }
        return "TLS client hello" + (hello.serverName.map { " for \(printable($0))" } ?? " without a name")
            + (hello.applicationProtocols.isEmpty
                ? "" : ", offers \(printable(hello.applicationProtocols.joined(separator: " ")))")
    }
}
