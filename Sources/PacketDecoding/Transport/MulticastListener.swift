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

    // The body is what follows the first four bytes of the ICMPv6 header.
    static func decode(
        _ bytes: Span<UInt8>,
        _ body: Range<Int>,
        type: UInt8
    ) throws(FrameDecodingError) -> MulticastListener {
        guard type == 143 else {
            try bytes.require(20, of: body, for: .icmpv6)
            let kind: Kind = type == 130 ? .query : type == 131 ? .report : .done
            return MulticastListener(kind: kind, groups: [bytes.ipv6(body.lowerBound + 4)])
        }
        try bytes.require(4, of: body, for: .icmpv6)
        var groups: [IPv6Address] = []
        var rest = body.lowerBound + 4..<body.upperBound
        for _ in 0..<Int(bytes.u16(body.lowerBound + 2)) {
            try bytes.require(20, of: rest, for: .icmpv6)
            groups.append(bytes.ipv6(rest.lowerBound + 4))
            let length = 20 + Int(bytes.u16(rest.lowerBound + 2)) * 16 + Int(bytes[rest.lowerBound + 1]) * 4
            try bytes.require(length, of: rest, for: .icmpv6)
            rest = rest.lowerBound + length..<rest.upperBound
        }
        return MulticastListener(kind: .reportOfRecords, groups: groups)
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
