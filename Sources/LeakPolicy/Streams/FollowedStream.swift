import PacketDecoding

/// What is known of one TCP stream from the guest; a few bytes, however long the stream is.
struct FollowedStream: Sendable {
    /// Whether a segment of it was met.
    let isMet: Bool
    /// The number of the next byte in order.
    var next: UInt32
    /// Whether the stream was seen from its first byte on.
    let hasBeginning: Bool
    /// Whether bytes of it came too early.
    var isWaiting = false
    var records = RecordWalker()
    /// The last bytes, in which a pattern may have begun, and to which repetitions are compared.
    var tail = StreamTail()

    /// Creates a stream of which one segment was met.
    init(next: UInt32, hasBeginning: Bool) {
        (isMet, self.next, self.hasBeginning) = (true, next, hasBeginning)
    }

    private init() {
        (isMet, next, hasBeginning) = (false, 0, false)
    }

    /// A flow that is no stream, or none that is followed.
    static let unmet = FollowedStream()

    /// Takes the next bytes in order, and returns the check that they fail as records of TLS, if they have to be some.
    mutating func add(_ bytes: Span<UInt8>, _ range: Range<Int>, areRecords: Bool) -> LeakCheck? {
        next &+= UInt32(truncatingIfNeeded: range.count)
        tail.append(bytes, range)
        return areRecords ? records.add(bytes, range) : nil
    }
}

/// The last bytes of a stream, held in place.
struct StreamTail: Sendable {
    /// The newest byte stands last.
    private(set) var bytes = SIMD32<UInt8>()
    private(set) var count = 0

    /// One byte less than a pattern has, so that no pattern lies in them alone and is found twice.
    static let capacity = SecretPattern.longest - 1

    /// The byte at a position, the oldest first.
    subscript(position: Int) -> UInt8 { bytes[32 - count + position] }

    /// Keeps the last bytes of what it has and what follows.
    mutating func append(_ span: Span<UInt8>, _ range: Range<Int>) {
        if range.count >= Self.capacity, range.upperBound >= 32 {
            bytes = span.vector(at: range.upperBound - 32)
            count = Self.capacity
            return
        }
        let taken = min(range.count, Self.capacity)
        let joined = joined(with: span, range.upperBound - taken..<range.upperBound)
        bytes = withUnsafeBytes(of: joined) { $0.loadUnaligned(fromByteOffset: taken, as: SIMD32<UInt8>.self) }
        count = min(count + taken, Self.capacity)
    }

    /// The bytes, which end in the middle, and behind them those of a range of at most as many.
    func joined(with span: Span<UInt8>, _ range: Range<Int>) -> SIMD64<UInt8> {
        var joined = SIMD64<UInt8>(lowHalf: bytes, highHalf: SIMD32())
        guard range.upperBound >= 32 else {
            for (place, index) in range.enumerated() { joined[32 + place] = span[index] }
            return joined
        }
        // What stands before the range in the span is overwritten; both stores end within the 64 bytes.
        let new = span.vector(at: range.upperBound - 32)
        withUnsafeMutableBytes(of: &joined) { place in
            place.storeBytes(of: new, toByteOffset: range.count, as: SIMD32<UInt8>.self)
            place.storeBytes(of: bytes, as: SIMD32<UInt8>.self)
        }
        return joined
    }
}

extension Span<UInt8> {
    /// The 32 bytes from an offset on.
    func vector(at offset: Int) -> SIMD32<UInt8> {
        precondition(offset >= 0 && offset + 32 <= count, "Whoever asks for a vector knows that there are 32 bytes.")
        return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: SIMD32<UInt8>.self) }
    }
}
