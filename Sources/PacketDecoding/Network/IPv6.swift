/// The header of an IPv6 packet (RFC 8200), its extension headers and what it carries.
package struct IPv6: Hashable, Sendable {
    package let source: IPv6Address
    package let destination: IPv6Address
    /// What follows the last extension header.
    package let `protocol`: IPProtocol
    package let hopLimit: UInt8
    package let trafficClass: UInt8
    package let flowLabel: UInt32
    /// Extension headers and payload, in bytes.
    package let payloadLength: Int
    /// The extension headers, in their order.
    package let extensions: [IPProtocol]
    /// Whether it is a part of a packet only.
    package let isFragment: Bool
    package let transport: Transport

    static let headerLength = 40
    /// RFC 8200 gives each of its seven headers one place, destination options two.
    private static let mostExtensions = 8

    static func decode(_ bytes: Span<UInt8>, _ window: Range<Int>) throws(FrameDecodingError) -> IPv6 {
        try bytes.require(headerLength, of: window, for: .ipv6)
        let start = window.lowerBound
        guard bytes[start] >> 4 == 6 else {
            throw .invalid(.ipv6, at: start, "version", expected: "6", seen: bytes[start] >> 4)
        }
        let payloadLength = Int(bytes.u16(start + 4))
        try bytes.require(headerLength + payloadLength, of: window, for: .ipv6)
        let (source, destination) = (bytes.ipv6(start + 8), bytes.ipv6(start + 24))
        let transport: Transport
        let chain: ExtensionChain
        do {
            let packet = start + headerLength..<start + headerLength + payloadLength
            chain = try ExtensionChain.decode(bytes, packet, first: IPProtocol(rawValue: bytes[start + 6]))
            transport =
                chain.isFragment
                ? .fragment(chain.next)
                : try Transport.decode(
                    bytes,
                    chain.payload,
                    chain.next,
                    pseudoHeader: .init(addresses: start + 8..<start + 40)
                )
        } catch {
            throw error.inside("IPv6 \(source) → \(destination)")
        }
        let firstWord = bytes.u32(start)
        return IPv6(
            source: source,
            destination: destination,
            protocol: chain.next,
            hopLimit: bytes[start + 7],
            trafficClass: UInt8(truncatingIfNeeded: firstWord >> 20),
            flowLabel: firstWord & 0xf_ffff,
            payloadLength: payloadLength,
            extensions: chain.headers,
            isFragment: chain.isFragment,
            transport: transport
        )
    }

    var summary: String {
        transport.summary(from: .v6(source), to: .v6(destination)) + (isFragment ? ", fragment" : "")
    }

    /// The extension headers between the fixed header and the payload.
    private struct ExtensionChain {
        var headers: [IPProtocol] = []
        var next: IPProtocol
        var isFragment = false
        var payload: Range<Int>

        static func decode(
            _ bytes: Span<UInt8>,
            _ window: Range<Int>,
            first: IPProtocol
        ) throws(FrameDecodingError) -> ExtensionChain {
            var chain = ExtensionChain(next: first, payload: window)
            while !chain.isFragment, let length = try headerLength(bytes, chain.payload, chain.next) {
                let offset = chain.payload.lowerBound
                guard chain.headers.count < mostExtensions else {
                    throw .invalid(.ipv6Extension, at: offset, "count", expected: "at most 8", seen: "more")
                }
                guard chain.next.rawValue != 0 || chain.headers.isEmpty else {
                    throw .invalid(
                        .ipv6Extension,
                        at: offset,
                        "position",
                        expected: "hop-by-hop options first",
                        seen: chain.headers.count + 1
                    )
                }
                if chain.next.rawValue == 44 { chain.isFragment = bytes.u16(offset + 2) & 0xfff9 != 0 }
                chain.headers.append(chain.next)
                chain.next = IPProtocol(rawValue: bytes[offset])
                chain.payload = offset + length..<window.upperBound
            }
            return chain
        }

        /// The length of an extension header, or `nil` when the protocol is none.
        private static func headerLength(
            _ bytes: Span<UInt8>,
            _ window: Range<Int>,
            _ type: IPProtocol
        ) throws(FrameDecodingError) -> Int? {
            let length: Int
            switch type.rawValue {
            case 44: length = 8
            case 0, 43, 60, 135, 139, 140:
                try bytes.require(8, of: window, for: .ipv6Extension)
                length = (Int(bytes[window.lowerBound + 1]) + 1) * 8
            case 51:
                try bytes.require(8, of: window, for: .ipv6Extension)
                length = (Int(bytes[window.lowerBound + 1]) + 2) * 4
            default: return nil
            }
            try bytes.require(length, of: window, for: .ipv6Extension)
            return length
        }
    }
}
