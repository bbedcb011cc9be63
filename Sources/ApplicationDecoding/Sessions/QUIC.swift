import PacketDecoding

/// The long header with which a QUIC connection begins (RFC 9000, section 17.2); all behind it is encrypted.
package struct QUIC: Hashable, Sendable {
    package enum Kind: UInt8, Hashable, Sendable {
        case initial
        case zeroRoundTrip
        case handshake
        case retry
        case versionNegotiation
    }

    package let kind: Kind
    package let version: UInt32
    package let destinationConnection: [UInt8]
    package let sourceConnection: [UInt8]

    /// Returns `nil` when the data does not begin with a long header of a known version.
    ///
    /// Any datagram may look like one, since no port is QUIC's alone: the fixed bit and the version tell.
    static func decode(_ bytes: Span<UInt8>, _ data: Range<Int>) throws(FrameDecodingError) -> QUIC? {
        guard data.count >= 7 else { return nil }
        let start = data.lowerBound
        let (first, version) = (bytes[start], bytes.u32(start + 1))
        // Version 1, version 2, and the drafts that were deployed.
        let isKnown = version == 1 || version == 0x6b33_43cf || version >> 8 == 0xff_0000
        guard first & 0xc0 == 0xc0, isKnown else { return nil }
        var offset = start + 5
        let destination = try connection(bytes, data, at: &offset)
        let source = try connection(bytes, data, at: &offset)
        let bits = first >> 4 & 3
        // Version 2 shifted the numbers by one, to keep the network from getting used to them.
        let kind = Kind(rawValue: version == 0x6b33_43cf ? (bits + 3) & 3 : bits) ?? .initial
        return QUIC(kind: kind, version: version, destinationConnection: destination, sourceConnection: source)
    }

    private static func connection(
        _ bytes: Span<UInt8>,
        _ data: Range<Int>,
        at offset: inout Int
    ) throws(FrameDecodingError) -> [UInt8] {
        try bytes.require(1, of: offset..<data.upperBound, for: .quic)
        let length = Int(bytes[offset])
        guard length <= 20 else {
            throw .invalid(.quic, at: offset, "connection id", expected: "at most 20 bytes", seen: length)
        }
        try bytes.require(1 + length, of: offset..<data.upperBound, for: .quic)
        defer { offset += 1 + length }
        return bytes.copy(offset + 1..<offset + 1 + length)
    }

    var summary: String {
        "QUIC \(kind) to connection \(hexadecimalText(of: destinationConnection))"
    }
}
