package import PacketDecoding

// Segments that follow each other.
extension FrameBuilder {
    /// A connection that the guest opens, and what it sends in it, a segment for each part.
    package func stream(
        to endpoint: Endpoint,
        from port: UInt16 = 40_000,
        first: UInt32 = 1,
        _ parts: [[UInt8]]
    ) -> [[UInt8]] {
        var next = first &+ 1
        var frames = [segment(to: endpoint, from: port, sequence: first, flags: 0x02, [])]
        for part in parts {
            frames.append(segment(to: endpoint, from: port, sequence: next, flags: 0x18, part))
            next &+= UInt32(part.count)
        }
        return frames
    }

    /// One segment at its place in a stream.
    package func segment(
        to endpoint: Endpoint,
        from port: UInt16 = 40_000,
        sequence: UInt32,
        flags: UInt8 = 0x18,
        _ payload: [UInt8]
    ) -> [UInt8] {
        var frame = tcp(
            to: endpoint,
            from: port,
            flags: flags,
            acknowledgement: flags & 0x10 == 0 ? 0 : 7,
            payload
        )
        for (index, byte) in bytes(sequence).enumerated() { frame[38 + index] = byte }
        return frame.withTransportChecksum()
    }

    /// A segment over IPv6.
    package func tcp6(to destination: IPv6Address, _ port: UInt16, from source: UInt16 = 40_000) -> [UInt8] {
        let segment =
            bytes(source) + bytes(port) + bytes(UInt32(1)) + bytes(UInt32(0)) + [0x50, 2]
            + bytes(UInt16(64_000)) + [0, 0, 0, 0]
        let sum = internetChecksum(pseudoHeader(6, to: destination, count: segment.count) + segment)
        return ipv6(6, to: destination, segment.putting(sum, at: 16))
    }

    func pseudoHeader(_ type: UInt8, to destination: IPv6Address, count: Int) -> [UInt8] {
        bytes(address6.high) + bytes(address6.low) + bytes(destination.high) + bytes(destination.low)
            + bytes(UInt32(count)) + [0, 0, 0, type]
    }
}

extension [UInt8] {
    /// The same frame of IPv4 without options, with the header's checksum made right.
    package func withHeaderChecksum() -> [UInt8] {
        var copy = putting(0, at: 24)
        copy = copy.putting(internetChecksum(Array(copy[14..<34])), at: 24)
        return copy
    }

    /// The same frame of TCP or UDP over IPv4 without options, with the transport's checksum made right.
    package func withTransportChecksum() -> [UInt8] {
        let place = self[23] == 6 ? 50 : 40
        let end = 14 + Int(self[16]) << 8 + Int(self[17])
        let cleared = putting(0, at: place)
        let length = UInt16(end - 34)
        let pseudo = Array(self[26..<34]) + [0, self[23]] + bytes(length)
        return cleared.putting(internetChecksum(pseudo + cleared[34..<end]), at: place)
    }
}
