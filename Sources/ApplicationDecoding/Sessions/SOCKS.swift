package import PacketDecoding

/// What a client first says to a proxy: SOCKS 4, 4a (a request at once) or 5 (RFC 1928: its methods).
package struct SOCKS: Hashable, Sendable {
    package let version: UInt8
    /// The ways of proving who it is that a client of version 5 offers: 0 none, 2 a name and a password.
    package let methods: [UInt8]
    /// Whom a client of version 4 wants to reach.
    package let destination: Endpoint?
    /// The same by name (4a).
    package let host: String?

    /// Returns `nil` when the bytes end before the message does.
    static func decode(_ bytes: Span<UInt8>, _ data: Range<Int>) throws(FrameDecodingError) -> SOCKS? {
        try bytes.require(1, of: data, for: .socks)
        let start = data.lowerBound
        switch bytes[start] {
        case 5:
            guard data.count >= 2 else { return nil }
            let count = Int(bytes[start + 1])
            guard count > 0 else {
                throw .invalid(.socks, at: start + 1, "number of methods", expected: "at least 1", seen: 0)
            }
            guard data.count >= 2 + count else { return nil }
            let methods = bytes.copy(start + 2..<start + 2 + count)
            return SOCKS(version: 5, methods: methods, destination: nil, host: nil)
        case 4:
            guard data.count >= 2 else { return nil }
            guard (1...2).contains(bytes[start + 1]) else {
                throw .invalid(.socks, at: start + 1, "command", expected: "1 or 2", seen: bytes[start + 1])
            }
            guard data.count >= 9 else { return nil }
            return try decodeVersion4(bytes, data)
        default:
            throw .invalid(.socks, at: start, "version", expected: "4 or 5", seen: bytes[start])
        }
    }

    private static func decodeVersion4(_ bytes: Span<UInt8>, _ data: Range<Int>) throws(FrameDecodingError) -> SOCKS? {
        let start = data.lowerBound
        let address = bytes.ipv4(start + 4)
        guard let user = try text(bytes, start + 8..<data.upperBound) else { return nil }
        var host: String?
        // 0.0.0.x says that the client leaves the look-up to the proxy.
        if address.rawValue >> 8 == 0, address != .unspecified {
            guard let name = try text(bytes, user.end..<data.upperBound) else { return nil }
            host = name.text
        }
        let endpoint = Endpoint(address: .v4(address), port: bytes.u16(start + 2))
        return SOCKS(version: 4, methods: [], destination: endpoint, host: host)
    }

    /// A text that a zero ends.
    private static func text(
        _ bytes: Span<UInt8>,
        _ data: Range<Int>
    ) throws(FrameDecodingError) -> (text: String, end: Int)? {
        let longest = 255
        for offset in data.prefix(longest + 1) where bytes[offset] == 0 {
            return (bytes.text(data.lowerBound..<offset), offset + 1)
        }
        if data.count > longest {
            throw .invalid(.socks, at: data.lowerBound, "text", expected: "at most 255 bytes", seen: "more")
        }
        return nil
    }

    var summary: String {
        let target = host.map { printable($0) } ?? destination.map { "\($0)" }
        return "SOCKS \(version)" + (target.map { " to \($0)" } ?? "")
    }
}
