import PacketDecoding

/// What is known of one TCP stream from the guest; a few bytes, however long the stream is.
struct FollowedStream: Sendable {
    /// The number of the next byte in order.
    var next: UInt32
    /// Whether the stream was seen from its first byte on.
    let hasBeginning: Bool
    var records = RecordWalker()
    /// The last bytes, in which a pattern may have begun, and to which repetitions are compared.
    var tail = StreamTail()
    /// What came too early, in the order of arrival.
    var waiting: [(sequence: UInt32, bytes: [UInt8])] = []
    var waitingBytes = 0

    init(next: UInt32, hasBeginning: Bool) {
        (self.next, self.hasBeginning) = (next, hasBeginning)
    }
}

/// Up to 32 bytes, held in place.
struct StreamTail: Sendable {
    private var bytes = SIMD32<UInt8>()
    private(set) var count = 0

    static let capacity = SecretPattern.longest - 1

    /// The byte at a position, the oldest first.
    subscript(position: Int) -> UInt8 { bytes[position] }

    /// Keeps the last bytes of what it has and what follows.
    mutating func append(_ span: Span<UInt8>, _ range: Range<Int>) {
        let taken = min(range.count, Self.capacity)
        let kept = min(count, Self.capacity - taken)
        var joined = SIMD32<UInt8>()
        for index in 0..<kept { joined[index] = bytes[count - kept + index] }
        for index in 0..<taken { joined[kept + index] = span[range.upperBound - taken + index] }
        bytes = joined
        count = kept + taken
    }
}

/// Walks over the records of a TLS stream from a client, and finds the first byte that no record accounts for.
struct RecordWalker: Sendable {
    /// Bytes of the present record that are still to come.
    private var rest = 0
    private var header: (UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0, 0)
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
            header.0 = byte
        case 1:
            guard byte == 3 else { return false }
            header.1 = byte
        case 2:
            guard byte <= 4 else { return false }
            header.2 = byte
        case 3: header.3 = byte
        default:
            let length = Int(header.3) << 8 | Int(byte)
            guard (1...Self.longestRecord).contains(length) else { return false }
            if !hasBegun { awaitsHello = true }
            (rest, headerCount, hasBegun) = (length, 0, true)
            return true
        }
        headerCount += 1
        return true
    }
}
