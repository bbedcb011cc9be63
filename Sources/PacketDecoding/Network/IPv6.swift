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
    package let extensions: NumberList
    /// Which part of a packet it is, if it has a fragment header.
    package let fragment: Fragment?
    /// Where what follows the last extension header is.
    package let payload: Range<Int>
    package let transport: Transport

    /// The fields of a fragment header.
    package struct Fragment: Hashable, Sendable {
        package let identification: UInt32
        /// Where in the whole packet's payload it belongs, in bytes.
        package let offset: Int
        package let moreFragments: Bool
        /// The bits that must be zero.
        package let reserved: UInt16
        /// Where the header stands in the frame.
        package let header: Range<Int>
    }

    /// Whether it is a part of a packet only; a fragment header can also stand before a whole one (RFC 6946).
    package var isFragment: Bool { fragment.map { $0.offset > 0 || $0.moreFragments } ?? false }

    /// Where the packet begins.
    package let start: Int

    package static let headerLength = 40

    static func decode(_ bytes: Span<UInt8>, _ window: Range<Int>, _ depth: Int) throws(FrameDecodingError) -> IPv6 {
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
                    pseudoHeader: .init(addresses: start + 8..<start + 40),
                    depth: depth
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
            fragment: chain.fragment,
            payload: chain.payload,
            transport: transport,
            start: start
        )
    }

    func summary(saying application: String) -> String {
        transport.summary(from: .v6(source), to: .v6(destination), saying: application)
            + (isFragment ? ", fragment at \(fragment?.offset ?? 0)" : "")
    }

    /// The extension headers between the fixed header and the payload.
    private struct ExtensionChain {
        var headers = NumberList()
        var next: IPProtocol
        var fragment: Fragment?
        var payload: Range<Int>

        var isFragment: Bool { fragment.map { $0.offset > 0 || $0.moreFragments } ?? false }

        static func decode(
            _ bytes: Span<UInt8>,
            _ window: Range<Int>,
            first: IPProtocol
        ) throws(FrameDecodingError) -> ExtensionChain {
            var chain = ExtensionChain(next: first, payload: window)
            while !chain.isFragment, let length = try headerLength(bytes, chain.payload, chain.next) {
                let offset = chain.payload.lowerBound
                guard !chain.headers.isFull else {
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
                if chain.next.rawValue == 44 {
                    guard chain.fragment == nil else {
                        throw .invalid(.ipv6Extension, at: offset, "fragment headers", expected: "one", seen: "two")
                    }
                    chain.fragment = Fragment(
                        identification: bytes.u32(offset + 4),
                        offset: Int(bytes.u16(offset + 2) & 0xfff8),
                        moreFragments: bytes.u16(offset + 2) & 1 != 0,
                        reserved: bytes.u16(offset + 2) & 6 | UInt16(bytes[offset + 1]) << 8,
                        header: offset..<offset + 8
                    )
                }
                // RFC 8200 gives each of its seven headers one place, destination options two.
                chain.headers.append(chain.next.rawValue)
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
