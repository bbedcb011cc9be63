/// What a link carries.
package enum LinkContent: Hashable, Sendable {
    case arp(ARP)
    case ipv4(IPv4)
    case ipv6(IPv6)
    /// An 802.3 frame, such as spanning tree or CDP.
    case llc(LLC)
    /// A message of the link's own stations to each other.
    indirect case control(LinkControl)
    /// Bytes of a type that is not decoded.
    case unknown(EtherType)
}

/// A frame whose every header was decoded as far as the decoder knows the protocols.
///
/// Ranges are positions in the bytes that were decoded; the bytes themselves are not kept.
package struct DecodedFrame: Hashable, Sendable {
    /// The addresses and tags of the link.
    package let link: LinkHeader
    /// What the link carries.
    package let content: LinkContent
    /// The bytes that no header accounts for: padding, or what hides in it.
    package let trailer: Range<Int>
    /// Whether the trailer is all zeros.
    package let trailerIsZero: Bool

    /// The header of Ethernet, which only a frame captured from a machine's own loopback or a tunnel has not.
    package var ethernet: Ethernet? {
        if case .ethernet(let header) = link { header } else { nil }
    }

    /// What the Internet packet carries, unless there is none.
    package var transport: Transport? {
        switch content {
        case .ipv4(let packet): packet.transport
        case .ipv6(let packet): packet.transport
        case .arp, .llc, .control, .unknown: nil
        }
    }

    /// One line for a report, such as `UDP 10.2.1.100:40000 → 203.0.113.53:53, 26 bytes`.
    package var summary: String { summary(saying: "") }

    /// The same, with what the data of the segment or datagram says.
    package func summary(saying application: String) -> String {
        let tags = link.tags.map { "VLAN \($0.identifier) " }.joined()
        let stations =
            switch (link.source, link.destination) {
            case (let source?, let destination?): " \(source) → \(destination)"
            case (let source?, nil): " from \(source)"
            case (nil, _): ""
            }
        switch content {
        case .arp(let arp): return tags + arp.summary
        case .ipv4(let packet): return tags + packet.summary(saying: application)
        case .ipv6(let packet): return tags + packet.summary(saying: application)
        case .llc(let llc): return tags + llc.summary + stations
        case .control(let control): return tags + control.summary + stations
        case .unknown(let type): return tags + "\(type)" + stations
        }
    }
}

/// Decodes a frame and everything in it that is known, up to the transport's header.
///
/// Work is bounded by the length of the frame, and on the way of TCP and UDP over IP no memory is allocated.
///
/// - Throws: What a link, network or transport header required and what was there.
package func decode(
    _ bytes: Span<UInt8>,
    as type: LinkType = .ethernet
) throws(FrameDecodingError) -> DecodedFrame {
    try DecodedFrame.decode(bytes, 0..<bytes.count, as: type, depth: 0)
}

/// Decodes a frame that is held in an array.
///
/// - Throws: What a link, network or transport header required and what was there.
package func decode(
    _ bytes: [UInt8],
    as type: LinkType = .ethernet
) throws(FrameDecodingError) -> DecodedFrame {
    try decode(bytes.span, as: type)
}

extension DecodedFrame {
    /// Frames in frames, such as Ethernet in GRE in IPv4, beyond which nothing is looked into.
    package static let mostLayers = 8

    /// Decodes the frame that a window of the bytes holds.
    ///
    /// - Throws: What a header required and what was there.
    package static func decode(
        _ bytes: Span<UInt8>,
        _ window: Range<Int>,
        as type: LinkType,
        depth: Int
    ) throws(FrameDecodingError) -> DecodedFrame {
        guard depth < mostLayers else {
            throw .invalid(.tunnel, at: window.lowerBound, "depth", expected: "at most \(mostLayers)", seen: "more")
        }
        switch type {
        case .ethernet:
            let (ethernet, rest) = try Ethernet.decode(bytes, window)
            return try decode(bytes, rest, ethernet.kind, after: .ethernet(ethernet), depth)
        case .linuxCooked, .linuxCooked2:
            let (header, rest) = try LinuxCooked.decode(bytes, window, version: type == .linuxCooked ? 1 : 2)
            return try decode(bytes, rest, header.kind, after: .linuxCooked(header), depth)
        case .null, .loop:
            let (family, content, rest) = try LoopbackHeader.decode(bytes, window, inNetworkOrder: type == .loop)
            return try decode(bytes, rest, .type(content), after: .loopback(family: family), depth)
        case .ipv4: return try decode(bytes, window, .type(.ipv4), after: .none, depth)
        case .ipv6: return try decode(bytes, window, .type(.ipv6), after: .none, depth)
        default:
            guard type == .raw || LinkType.rawElsewhere.contains(type) else {
                let known = LinkType.decodable.map { "\($0.rawValue)" }.joined(separator: ", ")
                throw .invalid(.rawIP, at: window.lowerBound, "link type", expected: "one of \(known)", seen: type)
            }
            try bytes.require(1, of: window, for: .rawIP)
            let isIPv6 = bytes[window.lowerBound] >> 4 == 6
            return try decode(bytes, window, .type(isIPv6 ? .ipv6 : .ipv4), after: .none, depth)
        }
    }

    /// Decodes what the type of a link header or a tunnel promises.
    static func decode(
        _ bytes: Span<UInt8>,
        _ window: Range<Int>,
        _ kind: Ethernet.Kind,
        after link: LinkHeader,
        _ depth: Int
    ) throws(FrameDecodingError) -> DecodedFrame {
        let content: LinkContent
        let end: Int
        switch kind {
        case .type(.ipv4):
            let packet = try IPv4.decode(bytes, window, depth)
            (content, end) = (.ipv4(packet), window.lowerBound + packet.header.totalLength)
        case .type(.ipv6):
            let packet = try IPv6.decode(bytes, window, depth)
            (content, end) = (.ipv6(packet), window.lowerBound + IPv6.headerLength + packet.payloadLength)
        case .type(.arp), .type(.rarp):
            let arp = try ARP.decode(bytes, window, reverse: kind == .type(.rarp))
            (content, end) = (.arp(arp), window.lowerBound + ARP.length)
        case .type(let type):
            if let (control, controlEnd) = try LinkControl.decode(bytes, window, type) {
                (content, end) = (.control(control), controlEnd)
            } else {
                (content, end) = (.unknown(type), window.upperBound)
            }
        case .length(let length):
            try bytes.require(length, of: window, for: .llc)
            let payload = window.lowerBound..<window.lowerBound + length
            (content, end) = (.llc(try LLC.decode(bytes, payload)), payload.upperBound)
        }
        let trailer = end..<window.upperBound
        return DecodedFrame(
            link: link,
            content: content,
            trailer: trailer,
            trailerIsZero: bytes.isZero(trailer)
        )
    }
}
