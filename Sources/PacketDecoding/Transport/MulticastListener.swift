/// A message of IPv6 multicast listener discovery, version 1 (RFC 2710) or 2 (RFC 3810).
package struct MulticastListener: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case query
        case report
        case done
        /// A report of version 2.
        case reportOfRecords
    }

    package let kind: Kind
    /// The groups that it is about; for a general query the unspecified address.
    package let groups: [IPv6Address]
    /// The senders that the records or the query ask for or rule out, of all groups.
    package let sources: [IPv6Address]
    /// Bytes that nobody needs: auxiliary data, reserved fields that are not zero, and what follows the message.
    package let unusedByteCount: Int

    // The body is what follows the first four bytes of the ICMPv6 header.
    static func decode(
        _ bytes: Span<UInt8>,
        _ body: Range<Int>,
        type: UInt8
    ) throws(FrameDecodingError) -> MulticastListener {
        guard type == 143 else {
            try bytes.require(20, of: body, for: .icmpv6)
            return try decodeFirstVersion(bytes, body, type: type)
        }
        try bytes.require(4, of: body, for: .icmpv6)
        var (groups, sources): ([IPv6Address], [IPv6Address]) = ([], [])
        var unused = bytes.u16(body.lowerBound) == 0 ? 0 : 2
        var rest = body.lowerBound + 4..<body.upperBound
        for _ in 0..<Int(bytes.u16(body.lowerBound + 2)) {
            try bytes.require(20, of: rest, for: .icmpv6)
            groups.append(bytes.ipv6(rest.lowerBound + 4))
            let (count, auxiliary) = (Int(bytes.u16(rest.lowerBound + 2)), Int(bytes[rest.lowerBound + 1]) * 4)
            let length = 20 + count * 16 + auxiliary
            try bytes.require(length, of: rest, for: .icmpv6)
            for index in 0..<count { sources.append(bytes.ipv6(rest.lowerBound + 20 + 16 * index)) }
            unused += auxiliary
            rest = rest.lowerBound + length..<rest.upperBound
        }
        return MulticastListener(
            kind: .reportOfRecords,
            groups: groups,
            sources: sources,
            unusedByteCount: unused + rest.count
        )
    }

    /// Decodes a message with one group, or a query of either version, whose second one has sources too.
    private static func decodeFirstVersion(
        _ bytes: Span<UInt8>,
        _ body: Range<Int>,
        type: UInt8
    ) throws(FrameDecodingError) -> MulticastListener {
        let start = body.lowerBound
        let kind: Kind = type == 130 ? .query : type == 131 ? .report : .done
        var sources: [IPv6Address] = []
        var end = start + 20
        if kind == .query, body.count >= 24 {
            let count = Int(bytes.u16(start + 22))
            try bytes.require(24 + 16 * count, of: body, for: .icmpv6)
            for index in 0..<count { sources.append(bytes.ipv6(start + 24 + 16 * index)) }
            end = start + 24 + 16 * count
        }
        let reserved = bytes.u16(start + 2) == 0 && (kind == .query || bytes.u16(start) == 0) ? 0 : 4
        return MulticastListener(
            kind: kind,
            groups: [bytes.ipv6(start + 4)],
            sources: sources,
            unusedByteCount: reserved + body.upperBound - end
        )
    }

    var summary: String {
        let name =
            switch kind {
            case .query: "listener query"
            case .report, .reportOfRecords: "listener report"
            case .done: "listener done"
            }
        return "\(name) for \(groups.prefix(4).map(\.description).joined(separator: ", "))"
    }
}
