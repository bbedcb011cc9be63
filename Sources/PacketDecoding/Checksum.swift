/// What a checksum field says about the bytes it covers.
package enum Checksum: Hashable, Sendable, Codable {
    /// The bytes are those that the sender summed.
    case correct
    /// The bytes are others, or the sender never summed them.
    case wrong
    /// The sender left the field zero, which only UDP over IPv4 may do.
    case absent
}

/// A running sum of RFC 1071, in the machine's own byte order, in which the sum is the same but for a final swap.
struct InternetSum {
    private var sum: UInt64 = 0

    /// Adds bytes; all parts but the last must have an even length.
    mutating func add(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let raw = bytes.bytes
        var offset = range.lowerBound
        while offset + 4 <= range.upperBound {
            sum &+= UInt64(raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
            offset += 4
        }
        if offset + 2 <= range.upperBound {
            sum &+= UInt64(raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
            offset += 2
        }
        if offset < range.upperBound {
            sum &+= UInt64((UInt16(bytes[offset]) << 8).bigEndian)
        }
    }

    /// Adds a number of a pseudo-header.
    mutating func add(_ number: Int) {
        sum &+= UInt64(UInt16(truncatingIfNeeded: number >> 16).bigEndian)
        sum &+= UInt64(UInt16(truncatingIfNeeded: number).bigEndian)
    }

    /// Whether the sum of bytes that include a checksum shows them unchanged.
    var isIntact: Bool {
        var folded = sum
        while folded >> 16 != 0 { folded = (folded & 0xffff) + (folded >> 16) }
        return folded == 0xffff
    }
}
