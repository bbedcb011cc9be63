/// The header of an SCTP packet (RFC 9260) and the kinds of its chunks.
package struct SCTP: Hashable, Sendable {
    package let sourcePort: UInt16
    package let destinationPort: UInt16
    package let verificationTag: UInt32
    package let checksum: Checksum
    /// The types of the first eight chunks: 0 data, 1 to 14 control.
    package let chunkTypes: NumberList
    package let chunkCount: Int

    static func decode(_ bytes: Span<UInt8>, _ window: Range<Int>) throws(FrameDecodingError) -> SCTP {
        try bytes.require(12, of: window, for: .sctp)
        let start = window.lowerBound
        var types = NumberList()
        var count = 0
        var offset = start + 12
        while offset < window.upperBound {
            try bytes.require(4, of: offset..<window.upperBound, for: .sctp)
            let length = Int(bytes.u16(offset + 2))
            guard length >= 4 else {
                throw .invalid(.sctp, at: offset + 2, "chunk length", expected: "at least 4", seen: length)
            }
            try bytes.require(length, of: offset..<window.upperBound, for: .sctp)
            types.append(bytes[offset])
            count += 1
            // Each chunk but the last is padded to a multiple of four.
            offset += (length + 3) & ~3
        }
        return SCTP(
            sourcePort: bytes.u16(start),
            destinationPort: bytes.u16(start + 2),
            verificationTag: bytes.u32(start + 4),
            checksum: CRC32C.sum(bytes, window, blanking: start + 8..<start + 12)
                == UInt32(littleEndian: bytes.u32(start + 8).bigEndian) ? .correct : .wrong,
            chunkTypes: types,
            chunkCount: count
        )
    }

    var summary: String {
        ", \(chunkCount) chunks of type \(chunkTypes.map { "\($0)" }.joined(separator: " "))"
            + (checksum == .wrong ? ", wrong checksum" : "")
    }
}

/// The checksum of SCTP (RFC 9260, appendix A).
enum CRC32C {
    static func sum(_ bytes: Span<UInt8>, _ window: Range<Int>, blanking blank: Range<Int>) -> UInt32 {
        var sum = UInt32.max
        for index in window {
            sum ^= blank.contains(index) ? 0 : UInt32(bytes[index])
            for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 0 ? 0 : 0x82f6_3b78) }
        }
        return ~sum
    }
}
