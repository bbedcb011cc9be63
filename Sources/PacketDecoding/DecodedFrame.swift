/// What an Ethernet frame carries.
package enum LinkContent: Hashable, Sendable {
    case arp(ARP)
    case ipv4(IPv4)
    case ipv6(IPv6)
    /// An 802.3 frame, such as spanning tree or CDP.
    case llc(LLC)
    /// Bytes of a type that is not decoded.
    case unknown(EtherType)
}

/// A frame whose every header was decoded as far as the decoder knows the protocols.
///
/// Ranges are positions in the bytes that were decoded; the bytes themselves are not kept.
package struct DecodedFrame: Hashable, Sendable {
    /// The addresses and tags of the link.
    package let ethernet: Ethernet
    /// What the link carries.
    package let content: LinkContent
    /// The bytes that no header accounts for: padding, or what hides in it.
    package let trailer: Range<Int>
    /// Whether the trailer is all zeros.
    package let trailerIsZero: Bool

    /// One line for a report, such as `UDP 10.2.1.100:40000 → 203.0.113.53:53, DNS query A web.test`.
    package var summary: String {
        let tags = ethernet.tags.map { "VLAN \($0.identifier) " }.joined()
        switch content {
        case .arp(let arp): return tags + arp.summary
        case .ipv4(let packet): return tags + packet.summary
        case .ipv6(let packet): return tags + packet.summary
        case .llc(let llc): return tags + "\(llc.summary) \(ethernet.source) → \(ethernet.destination)"
        case .unknown(let type): return tags + "\(type) \(ethernet.source) → \(ethernet.destination)"
        }
    }
}

/// Decodes an Ethernet frame and everything in it that is known.
///
/// Work is bounded by the length of the frame. What an application said may be malformed without an error: it is
/// then ``Application/malformed(_:)``, for the headers around it say where it went.
///
/// - Throws: What a link, network or transport header required and what was there.
package func decode(_ bytes: Span<UInt8>) throws(FrameDecodingError) -> DecodedFrame {
    let (ethernet, window) = try Ethernet.decode(bytes)
    let content: LinkContent
    let end: Int
    switch ethernet.kind {
    case .type(.arp), .type(.rarp):
        let arp = try ARP.decode(bytes, window, reverse: ethernet.kind == .type(.rarp))
        (content, end) = (.arp(arp), window.lowerBound + ARP.length)
    case .type(.ipv4):
        let packet = try IPv4.decode(bytes, window)
        (content, end) = (.ipv4(packet), window.lowerBound + packet.totalLength)
    case .type(.ipv6):
        let packet = try IPv6.decode(bytes, window)
        (content, end) = (.ipv6(packet), window.lowerBound + IPv6.headerLength + packet.payloadLength)
    case .type(let type):
        (content, end) = (.unknown(type), window.upperBound)
    case .length(let length):
        try bytes.require(length, of: window, for: .llc)
        let payload = window.lowerBound..<window.lowerBound + length
        (content, end) = (.llc(try LLC.decode(bytes, payload)), payload.upperBound)
    }
    let trailer = end..<window.upperBound
    return DecodedFrame(
        ethernet: ethernet,
        content: content,
        trailer: trailer,
        trailerIsZero: bytes.isZero(trailer)
    )
}

/// Decodes an Ethernet frame that is held in an array.
///
/// - Throws: What a link, network or transport header required and what was there.
package func decode(_ bytes: [UInt8]) throws(FrameDecodingError) -> DecodedFrame {
    try decode(bytes.span)
}
