import PacketDecoding

/// Looks for many secrets in many encodings at once, in a time that depends on the bytes alone.
///
/// All patterns have at least six bytes, so that three of them stand together at one of four neighbouring places: a
/// frame is looked at every fourth place only, and what stands there is looked up in a bitmap of all such triples. The
/// few that are in it are compared in full. Triples are taken without the bit that tells upper from lower case.
final class SecretSearch: Sendable {
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
        bytes.withUnsafeBytes { first(in: $0, window) }
    }

    /// The first secret in a part of a vector.
    func first(in vector: SIMD64<UInt8>, _ window: Range<Int>) -> Match? {
        withUnsafeBytes(of: vector) { first(in: $0, window) }
    }

    private func first(in raw: UnsafeRawBufferPointer, _ window: Range<Int>) -> Match? {
        guard !patterns.isEmpty, window.lowerBound >= 0, window.upperBound <= raw.count else { return nil }
        var position = window.lowerBound
        while position < window.upperBound, let candidate = nextCandidate(raw, position..<window.upperBound) {
            if let match = match(at: candidate, raw, window) { return match }
            position = candidate + Self.stride
        }
        return nil
    }

    // MARK: - Looking

    @inline(__always)
    private static func triple(_ word: UInt32) -> UInt32 { word & 0xff_ffff | 0x20_2020 }

    @inline(__always)
    private static func bit(_ triple: UInt32) -> UInt32 { (triple &* 0x9e37_79b1) >> (32 - bitmapBits) }

    private static func triple(_ raw: UnsafeRawBufferPointer, _ place: Int) -> UInt32 {
        triple(UInt32(raw[place]) | UInt32(raw[place + 1]) << 8 | UInt32(raw[place + 2]) << 16)
    }

    /// The next looked-at place whose triple may belong to a pattern.
    ///
    /// In bounds: the range lies in the bytes, every load ends at its end at the latest, and every index of the bitmap
    /// has as many bits as the bitmap.
    private func nextCandidate(_ raw: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        bitmap.withUnsafeBufferPointer { bitmap -> Int? in
            guard let base = raw.baseAddress, let bits = bitmap.baseAddress else { return nil }
            var position = range.lowerBound
            let last = range.upperBound - 4
            while position <= last {
                let word = base.loadUnaligned(fromByteOffset: position, as: UInt32.self)
                let bit = Self.bit(Self.triple(word))
                if bits[Int(bit >> 6)] >> UInt64(bit & 63) & 1 != 0 { return position }
                position += Self.stride
            }
            guard position + 3 <= range.upperBound else { return nil }
            let bit = Self.bit(Self.triple(raw, position))
            return bits[Int(bit >> 6)] >> UInt64(bit & 63) & 1 != 0 ? position : nil
        }
    }

    private func match(at place: Int, _ raw: UnsafeRawBufferPointer, _ window: Range<Int>) -> Match? {
        for (index, offset) in places[Self.triple(raw, place)] ?? [] {
            let pattern = patterns[index]
            let range = place - offset..<place - offset + pattern.bytes.count
            guard range.lowerBound >= window.lowerBound, range.upperBound <= window.upperBound else { continue }
            var length = 0
            while length < pattern.bytes.count {
                let byte = raw[range.lowerBound + length]
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
