/// A packet or frame that another packet carries: IP in IP (RFC 2003, 4213) or GRE (RFC 2784, 2890).
package struct Tunnel: Hashable, Sendable {
    /// The protocol that the outer packet names.
    package let type: IPProtocol
    /// The fields of GRE, if it is that.
    package let gre: GRE?
    /// What is inside; a raw IP packet unless GRE carries Ethernet.
    package let content: DecodedFrame

    static func decode(
        _ bytes: Span<UInt8>,
        _ window: Range<Int>,
        _ type: IPProtocol,
        _ depth: Int
    ) throws(FrameDecodingError) -> Tunnel {
        let (gre, inner): (GRE?, Range<Int>)
        let carried: EtherType
        switch type {
        case .gre:
            let (header, rest) = try GRE.decode(bytes, window)
            (gre, inner, carried) = (header, rest, header.protocol)
        default: (gre, inner, carried) = (nil, window, type == .ipv4InIP ? .ipv4 : .ipv6)
        }
        do throws(FrameDecodingError) {
            guard depth + 1 < DecodedFrame.mostLayers else {
                throw FrameDecodingError.invalid(
                    .tunnel,
                    at: inner.lowerBound,
                    "depth",
                    expected: "at most \(DecodedFrame.mostLayers)",
                    seen: "more"
                )
            }
            let content: DecodedFrame
            if carried == .ethernetBridging {
                content = try DecodedFrame.decode(bytes, inner, as: .ethernet, depth: depth + 1)
            } else {
                content = try DecodedFrame.decode(bytes, inner, .type(carried), after: .none, depth + 1)
            }
            return Tunnel(type: type, gre: gre, content: content)
        } catch {
            throw error.inside("\(type)")
        }
    }

    var summary: String {
        if case .unknown(let type) = content.content { return ", with \(type)" }
        return ", with \(content.summary)"
    }
}

/// The header of generic routing encapsulation.
package struct GRE: Hashable, Sendable {
    /// 1 is the variant of PPTP (RFC 2637).
    package let version: UInt8
    package let `protocol`: EtherType
    package let key: UInt32?
    package let sequence: UInt32?
    package let checksum: Checksum

    static func decode(_ bytes: Span<UInt8>, _ window: Range<Int>) throws(FrameDecodingError) -> (GRE, Range<Int>) {
        try bytes.require(4, of: window, for: .gre)
        let start = window.lowerBound
        let flags = bytes.u16(start)
        let version = UInt8(flags & 7)
        guard version <= 1 else { throw .invalid(.gre, at: start, "version", expected: "0 or 1", seen: version) }
        guard flags & 0x4000 == 0 else {
            throw .invalid(.gre, at: start, "routing flag", expected: "0, as RFC 2784 has it", seen: 1)
        }
        let (hasSum, hasKey, hasSequence) = (flags & 0x8000 != 0, flags & 0x2000 != 0, flags & 0x1000 != 0)
        let hasAcknowledgement = version == 1 && flags & 0x80 != 0
        let fields = [hasSum, hasKey, hasSequence, hasAcknowledgement].count { $0 }
        try bytes.require(4 + 4 * fields, of: window, for: .gre)
        var offset = start + 4 + (hasSum ? 4 : 0)
        var (key, sequence): (UInt32?, UInt32?)
        if hasKey {
            key = bytes.u32(offset)
            offset += 4
        }
        if hasSequence {
            sequence = bytes.u32(offset)
            offset += 4
        }
        if hasAcknowledgement { offset += 4 }
        var sum = InternetSum()
        if hasSum { sum.add(bytes, window) }
        let header = GRE(
            version: version,
            protocol: EtherType(rawValue: bytes.u16(start + 2)),
            key: key,
            sequence: sequence,
            checksum: !hasSum ? .absent : sum.isIntact ? .correct : .wrong
        )
        return (header, offset..<window.upperBound)
    }
}
