/// The header of an IPv4 packet (RFC 791).
package struct IPv4Header: Hashable, Sendable {
    package let source: IPv4Address
    package let destination: IPv4Address
    /// What follows the header: an authentication header, where there is one.
    package let carried: IPProtocol
    package let timeToLive: UInt8
    /// Differentiated services and congestion bits.
    package let trafficClass: UInt8
    package let identification: UInt16
    package let checksum: Checksum
    /// Where the packet begins.
    package let start: Int
    /// Header and payload, in bytes.
    package let totalLength: Int
    private let headerLength: UInt8
    package let hasOptions: Bool
    package let reservedFlag: Bool
    package let dontFragment: Bool
    package let moreFragments: Bool
    private let fragment: UInt16

    /// Where the options are; empty in nearly all packets.
    package var options: Range<Int> { start + Self.shortest..<start + Int(headerLength) }
    /// Where what follows the header is.
    package var payload: Range<Int> { start + Int(headerLength)..<start + totalLength }

    /// Where in the whole packet this fragment belongs, in bytes.
    package var fragmentOffset: Int { Int(fragment) * 8 }
    /// Whether it is a part of a packet only.
    package var isFragment: Bool { moreFragments || fragment > 0 }

    static let shortest = 20

    init(_ bytes: Span<UInt8>, _ window: Range<Int>) throws(FrameDecodingError) {
        try bytes.require(Self.shortest, of: window, for: .ipv4)
        let start = window.lowerBound
        guard bytes[start] >> 4 == 4 else {
            throw .invalid(.ipv4, at: start, "version", expected: "4", seen: bytes[start] >> 4)
        }
        let headerLength = (bytes[start] & 0xf) * 4
        guard headerLength >= Self.shortest else {
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
        var sum = InternetSum()
        sum.add(bytes, start..<start + Int(headerLength))
        (source, destination) = (bytes.ipv4(start + 12), bytes.ipv4(start + 16))
        carried = IPProtocol(rawValue: bytes[start + 9])
        (timeToLive, trafficClass) = (bytes[start + 8], bytes[start + 1])
        identification = bytes.u16(start + 4)
        let fragment = bytes.u16(start + 6)
        (reservedFlag, dontFragment) = (fragment & 0x8000 != 0, fragment & 0x4000 != 0)
        (moreFragments, self.fragment) = (fragment & 0x2000 != 0, fragment & 0x1fff)
        hasOptions = headerLength > Self.shortest
        checksum = sum.isIntact ? .correct : .wrong
        (self.start, self.totalLength, self.headerLength) = (start, totalLength, headerLength)
    }

    /// What the checksum of a transport covers besides its own bytes.
    var pseudoHeader: Transport.PseudoHeader { .init(addresses: start + 12..<start + 20) }
}

extension FrameDecodingError {
    /// The same error, told apart by the packet that it was found in.
    func inside(_ packet: IPv4Header) -> Self { inside("IPv4 \(packet.source) → \(packet.destination)") }
}
