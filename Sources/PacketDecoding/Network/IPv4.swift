/// An IPv4 packet: its header and what it carries.
package struct IPv4: Hashable, Sendable {
    package let header: IPv4Header
    /// What follows the header, and the authentication header if there is one.
    package let `protocol`: IPProtocol
    package let transport: Transport

    package var source: IPv4Address { header.source }
    package var destination: IPv4Address { header.destination }
    package var isAuthenticated: Bool { header.carried == .authentication }

    static func decode(_ bytes: Span<UInt8>, _ window: Range<Int>, _ depth: Int) throws(FrameDecodingError) -> IPv4 {
        let header = try IPv4Header(bytes, window)
        if header.isFragment {
            return IPv4(header: header, protocol: header.carried, transport: .fragment(header.carried))
        }
        var (carried, payload) = (header.carried, header.payload)
        do {
            if carried == .authentication { carried = try Self.skipAuthentication(bytes, &payload) }
            let transport = try Transport.decode(
                bytes,
                payload,
                carried,
                pseudoHeader: header.pseudoHeader,
                depth: depth
            )
            return IPv4(header: header, protocol: carried, transport: transport)
        } catch {
            throw error.inside(header)
        }
    }

    /// Moves behind an authentication header (RFC 4302), and returns what it says comes next.
    private static func skipAuthentication(
        _ bytes: Span<UInt8>,
        _ payload: inout Range<Int>
    ) throws(FrameDecodingError) -> IPProtocol {
        try bytes.require(12, of: payload, for: .authentication)
        let start = payload.lowerBound
        let length = (Int(bytes[start + 1]) + 2) * 4
        guard length >= 12 else {
            throw .invalid(.authentication, at: start + 1, "length", expected: "at least 12", seen: length)
        }
        try bytes.require(length, of: payload, for: .authentication)
        payload = start + length..<payload.upperBound
        return IPProtocol(rawValue: bytes[start])
    }

    func summary(saying application: String) -> String {
        transport.summary(from: .v4(source), to: .v4(destination), saying: application)
            + (header.isFragment ? ", fragment at \(header.fragmentOffset)" : "")
            + (isAuthenticated ? ", with an authentication header" : "")
            + (header.hasOptions ? ", with \(header.options.count) bytes of IP options" : "")
            + (header.checksum == .wrong ? ", wrong IP header checksum" : "")
    }
}
