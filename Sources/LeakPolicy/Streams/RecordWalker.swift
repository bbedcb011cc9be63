import PacketDecoding

/// Walks over the records of a TLS stream from a client, and finds the first byte that no record accounts for.
struct RecordWalker: Sendable {
    /// Bytes of the present record that are still to come.
    private var rest = 0
    /// The upper half of the length that a header gives.
    private var lengthHigh: UInt8 = 0
    private var headerCount = 0
    /// Whether the first byte behind the first record's header is awaited.
    private var awaitsHello = false
    private(set) var hasBegun = false

    /// A record may hold this much data, and a little for its encryption.
    private static let longestRecord = 16_384 + 2_048

    /// Takes the next bytes in order, and returns the check that they fail.
    mutating func add(_ bytes: Span<UInt8>, _ range: Range<Int>) -> LeakCheck? {
        var offset = range.lowerBound
        while offset < range.upperBound {
            if awaitsHello {
                // 1 is a client's hello.
                if bytes[offset] != 1 { return .tcpOpening }
                awaitsHello = false
            }
            if rest > 0 {
                let taken = min(rest, range.upperBound - offset)
                rest -= taken
                offset += taken
                continue
            }
            guard accept(bytes[offset]) else { return hasBegun ? .tcpRecords : .tcpOpening }
            offset += 1
        }
        return nil
    }

    /// Takes one byte of a header: a type, version 3.0 to 3.4, a sane length.
    private mutating func accept(_ byte: UInt8) -> Bool {
        switch headerCount {
        case 0:
            guard hasBegun ? (20...23).contains(byte) : byte == 22 else { return false }
        case 1:
            guard byte == 3 else { return false }
        case 2:
            guard byte <= 4 else { return false }
        case 3: lengthHigh = byte
        default:
            let length = Int(lengthHigh) << 8 | Int(byte)
            guard (1...Self.longestRecord).contains(length) else { return false }
            if !hasBegun { awaitsHello = true }
            (rest, headerCount, hasBegun) = (length, 0, true)
            return true
        }
        headerCount += 1
        return true
    }
}
