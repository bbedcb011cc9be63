/// The bytes of a number in network order.
package func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
}

/// The checksum of RFC 1071, made the slow and plain way, so that it can tell on a fast one.
package func internetChecksum(_ data: [UInt8]) -> UInt16 {
    var sum = 0
    for index in stride(from: 0, to: data.count, by: 2) {
        sum += Int(data[index]) << 8 + (index + 1 < data.count ? Int(data[index + 1]) : 0)
    }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(sum)
}

/// The checksum as UDP writes it, in which 0 would mean that there is none (RFC 768).
func datagramChecksum(_ sum: UInt16) -> UInt16 { sum == 0 ? 0xffff : sum }

extension [UInt8] {
    /// The same bytes with a 16-bit number put over them at an offset.
    package func putting(_ number: UInt16, at offset: Int) -> [UInt8] {
        var copy = self
        copy[offset] = UInt8(number >> 8)
        copy[offset + 1] = UInt8(number & 0xff)
        return copy
    }
}
