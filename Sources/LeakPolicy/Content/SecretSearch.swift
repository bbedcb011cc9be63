import PacketDecoding

/// Looks for many secrets in many encodings at once, in a time that depends on the bytes alone.
///
/// All patterns have at least six bytes, so that three of them stand together at one of four neighbouring places: a
/// frame is looked at every fourth place only, and what stands there is looked up in a bitmap of all such triples. The
/// few that are in it are compared in full. Triples are taken without the bit that tells upper from lower case.
struct SecretSearch: Sendable {
    private static let stride = PlantedSecret.shortest - 2
    private static let bitmapBits: UInt32 = 17

    private let patterns: [SecretPattern]
    private let bitmap: [UInt64]
    /// Which patterns have a triple, and how far from their beginning.
    private let places: [UInt32: [(pattern: Int, offset: Int)]]

    /// What was found, and where it begins.
    struct Match: Hashable, Sendable {
        let secret: Int
        let encoding: String
        let range: Range<Int>
    }

    init(_ patterns: [SecretPattern]) {
        self.patterns = patterns
        var bitmap = [UInt64](repeating: 0, count: 1 << (Self.bitmapBits - 6))
        var places: [UInt32: [(pattern: Int, offset: Int)]] = [:]
        for (index, pattern) in patterns.enumerated() {
            for offset in 0..<Self.stride {
                let bytes = pattern.bytes
                let word = UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
                let triple = Self.triple(word)
                let bit = Self.bit(triple)
                bitmap[Int(bit >> 6)] |= 1 << UInt64(bit & 63)
                places[triple, default: []].append((index, offset))
            }
        }
        self.bitmap = bitmap
        self.places = places
    }

    var isEmpty: Bool { patterns.isEmpty }

    /// The first secret in a part of the bytes.
    func first(in bytes: Span<UInt8>, _ window: Range<Int>) -> Match? {
        if patterns.isEmpty { return nil }
        var position = window.lowerBound
        while position < window.upperBound,
            let candidate = nextCandidate(in: bytes, position..<window.upperBound)
        {
            if let match = match(at: candidate, bytes, window) { return match }
            position = candidate + Self.stride
        }
        return nil
    }

    // MARK: - Looking

    @inline(__always)
    private static func triple(_ word: UInt32) -> UInt32 { word & 0xff_ffff | 0x20_2020 }

    @inline(__always)
    private static func bit(_ triple: UInt32) -> UInt32 { (triple &* 0x9e37_79b1) >> (32 - bitmapBits) }

    /// The next looked-at place whose triple may belong to a pattern.
    private func nextCandidate(in bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count, range.count >= 3 else { return nil }
        // In bounds: every load begins at least four bytes before the end of the range, which lies in the span, and
        // every index of the bitmap has as many bits as the bitmap.
        return bytes.withUnsafeBytes { raw -> Int? in
            bitmap.withUnsafeBufferPointer { bitmap -> Int? in
                var position = range.lowerBound
                let last = range.upperBound - 4
                while position <= last {
                    let word = raw.loadUnaligned(fromByteOffset: position, as: UInt32.self)
                    let bit = Self.bit(Self.triple(word))
                    if bitmap[Int(bit >> 6)] >> UInt64(bit & 63) & 1 != 0 { return position }
                    position += Self.stride
                }
                guard position + 3 <= range.upperBound else { return nil }
                let word =
                    UInt32(raw[position]) | UInt32(raw[position + 1]) << 8 | UInt32(raw[position + 2]) << 16
                let bit = Self.bit(Self.triple(word))
                return bitmap[Int(bit >> 6)] >> UInt64(bit & 63) & 1 != 0 ? position : nil
            }
        }
    }

    private func match(at place: Int, _ bytes: Span<UInt8>, _ window: Range<Int>) -> Match? {
        let word = UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16
        for (index, offset) in places[Self.triple(word)] ?? [] {
            let pattern = patterns[index]
            let range = place - offset..<place - offset + pattern.bytes.count
            guard range.lowerBound >= window.lowerBound, range.upperBound <= window.upperBound else { continue }
            var length = 0
            while length < pattern.bytes.count {
                let byte = bytes[range.lowerBound + length]
                guard (pattern.ignoresCase ? byte.asciiLowercased : byte) == pattern.bytes[length] else { break }
                length += 1
            }
            if length == pattern.bytes.count {
                return Match(secret: pattern.secret, encoding: pattern.encoding, range: range)
            }
        }
        return nil
    }
}
