// Fields of a frame, in network byte order. Each decoder first requires the bytes of its header, so that these
// readers never meet the end of the span; should one do so, the span traps rather than read beyond it. (The standard
// library calls its loads unsafe for types with invalid values; numbers have none, and the bounds are checked.)
extension Span<UInt8> {
    @inlinable
    package func u16(_ offset: Int) -> UInt16 {
        UInt16(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @inlinable
    package func u32(_ offset: Int) -> UInt32 {
        UInt32(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @inlinable
    package func u64(_ offset: Int) -> UInt64 {
        UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    package func mac(_ offset: Int) -> MACAddress {
        MACAddress(rawValue: UInt64(u16(offset)) << 32 | UInt64(u32(offset + 2)))
    }

    package func ipv4(_ offset: Int) -> IPv4Address {
        IPv4Address(rawValue: u32(offset))
    }

    package func ipv6(_ offset: Int) -> IPv6Address {
        IPv6Address(high: u64(offset), low: u64(offset + 8))
    }

    /// Whether every byte of the range is zero.
    package func isZero(_ range: Range<Int>) -> Bool {
        var rest = extracting(range)
        // Most ranges are empty.
        if rest.isEmpty { return true }
        while rest.count >= 8 {
            if rest.u64(0) != 0 { return false }
            rest = rest.extracting(droppingFirst: 8)
        }
        for index in rest.indices where rest[index] != 0 { return false }
        return true
    }

    /// The bytes of the range as an array of their own.
    package func copy(_ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        for index in range { bytes.append(self[index]) }
        return bytes
    }

    /// Throws unless the window holds at least `count` bytes for the header.
    @inline(__always)
    package func require(_ count: Int, of window: Range<Int>, for header: Header) throws(FrameDecodingError) {
        if window.count < count {
            throw FrameDecodingError(
                header: header,
                offset: window.lowerBound,
                problem: .tooShort(required: count, present: window.count)
            )
        }
    }
}
