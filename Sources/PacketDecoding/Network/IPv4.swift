/// The header of an IPv4 packet (RFC 791) and what it carries.
package struct IPv4: Hashable, Sendable {
    package let source: IPv4Address
    package let destination: IPv4Address
    /// What follows the header, and the authentication header if there is one.
    package let `protocol`: IPProtocol
    package let isAuthenticated: Bool
    package let timeToLive: UInt8
    /// Differentiated services and congestion bits.
    package let trafficClass: UInt8
    package let identification: UInt16
    /// Where the packet begins.
    package let start: Int
    /// Header and payload, in bytes.
    package let totalLength: Int
    /// Where the options are; empty in nearly all packets.
    package let options: Range<Int>
    package let reservedFlag: Bool
    package let dontFragment: Bool
    package let moreFragments: Bool
    /// Where in the whole packet this fragment belongs, in bytes.
    package let fragmentOffset: Int
    package let headerChecksum: Checksum
    package let transport: Transport

    /// Where what it carries is.
    package var payload: Range<Int> { options.upperBound..<start + totalLength }

    /// Whether it is a part of a packet only.
    package var isFragment: Bool { moreFragments || fragmentOffset > 0 }

    static func decode(_ bytes: Span<UInt8>, _ window: Range<Int>, _ depth: Int) throws(FrameDecodingError) -> IPv4 {
        try bytes.require(20, of: window, for: .ipv4)
        let start = window.lowerBound
        guard bytes[start] >> 4 == 4 else {
            throw .invalid(.ipv4, at: start, "version", expected: "4", seen: bytes[start] >> 4)
        }
        let headerLength = Int(bytes[start] & 0xf) * 4
        guard headerLength >= 20 else {
            throw .invalid(.ipv4, at: start, "header length", expected: "at least 20", seen: headerLength)
        }
        let totalLength = Int(bytes.u16(start + 2))
        guard totalLength >= headerLength else {
            throw .invalid(
                .ipv4,
                at: start + 2,
                "total length",
                expected: "at least the header's \(headerLength)",
                seen: totalLength
            )
        }
        try bytes.require(totalLength, of: window, for: .ipv4)
        let header = start..<start + headerLength
        var sum = InternetSum()
        sum.add(bytes, header)
        let fragment = bytes.u16(start + 6)
        var carried = IPProtocol(rawValue: bytes[start + 9])
        let isAuthenticated = carried == .authentication
        let (source, destination) = (bytes.ipv4(start + 12), bytes.ipv4(start + 16))
        let transport: Transport
        if fragment & 0x3fff != 0 {
            transport = .fragment(carried)
        } else {
            var payload = header.upperBound..<start + totalLength
            do {
                if isAuthenticated { carried = try Self.skipAuthentication(bytes, &payload) }
                transport = try Transport.decode(
                    bytes,
                    payload,
                    carried,
                    pseudoHeader: .init(addresses: start + 12..<start + 20),
                    depth: depth
                )
            } catch {
                throw error.inside("IPv4 \(source) → \(destination)")
            }
        }
        return IPv4(
            source: source,
            destination: destination,
            protocol: carried,
            isAuthenticated: isAuthenticated,
            timeToLive: bytes[start + 8],
            trafficClass: bytes[start + 1],
            identification: bytes.u16(start + 4),
            start: start,
            totalLength: totalLength,
            options: start + 20..<header.upperBound,
            reservedFlag: fragment & 0x8000 != 0,
            dontFragment: fragment & 0x4000 != 0,
            moreFragments: fragment & 0x2000 != 0,
            fragmentOffset: Int(fragment & 0x1fff) * 8,
            headerChecksum: sum.isIntact ? .correct : .wrong,
            transport: transport
        )
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
            + (isFragment ? ", fragment at \(fragmentOffset)" : "")
            + (isAuthenticated ? ", with an authentication header" : "")
            + (options.isEmpty ? "" : ", with \(options.count) bytes of IP options")
            + (headerChecksum == .wrong ? ", wrong IP header checksum" : "")
    }
}
