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
package struct InternetSum {
    private var sum: UInt64 = 0

    /// Adds bytes; all parts but the last must have an even length.
    mutating func add(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        sum &+= bytes.extracting(range).withUnsafeBytes { raw in
            // Sums of halves, so that no carry is lost: a frame is far shorter than 2^32 words.
            var halves = SIMD4<UInt64>()
            var offset = 0
            while offset + 32 <= raw.count {
                let words = raw.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
                halves &+= words & 0xffff_ffff
                halves &+= words &>> 32
                offset += 32
            }
            var rest = halves.wrappedSum()
            while offset + 4 <= raw.count {
                rest &+= UInt64(raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
                offset += 4
            }
            if offset + 2 <= raw.count {
                rest &+= UInt64(raw.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
                offset += 2
            }
            if offset < raw.count { rest &+= UInt64((UInt16(raw[offset]) << 8).bigEndian) }
            return rest
        }
    }

    /// Adds a number of a pseudo-header.
    mutating func add(_ number: Int) {
        sum &+= UInt64(UInt16(truncatingIfNeeded: number >> 16).bigEndian)
        sum &+= UInt64(UInt16(truncatingIfNeeded: number).bigEndian)
    }

    /// The checksum of bytes whose own field for it is zero.
    package static func checksum(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt16 {
        var sum = InternetSum()
        sum.add(bytes, range)
        return ~UInt16(truncatingIfNeeded: sum.folded).bigEndian
    }

    /// Whether the sum of bytes that include a checksum shows them unchanged.
    var isIntact: Bool { folded == 0xffff }

    private var folded: UInt64 {
        var folded = sum
        while folded >> 16 != 0 { folded = (folded & 0xffff) + (folded >> 16) }
        return folded
    }
}
