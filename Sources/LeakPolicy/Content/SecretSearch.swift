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
    private let bitmap: [UInt32]
    private let places: TriplePlaces

    /// What was found, and where it begins.
    struct Match: Hashable, Sendable {
        let secret: Int
        let encoding: String
        let range: Range<Int>
    }

    init(_ patterns: [SecretPattern]) {
        self.patterns = patterns
        var bitmap = [UInt32](repeating: 0, count: 1 << (Self.bitmapBits - 5))
        var places: [UInt32: [TriplePlaces.Place]] = [:]
        for (index, pattern) in patterns.enumerated() {
            for offset in 0..<Self.stride {
                let bytes = pattern.bytes
                let word = UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
                let place = Self.place(word)
                bitmap[place.index] |= 1 &<< place.bit
                places[Self.triple(word), default: []].append(.init(pattern: index, offset: offset))
            }
        }
        self.bitmap = bitmap
        self.places = TriplePlaces(places)
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

    /// The lower three bytes of a word without the bit that tells upper from lower case.
    @inline(__always)
    private static func triple(_ word: UInt32) -> UInt32 { word & 0xff_ffff | 0x20_2020 }

    /// Which word of the bitmap belongs to a word's triple, and the number of the bit in its lowest five bits.
    ///
    /// The factor's lowest byte is zero, so that the word's highest does not count.
    @inline(__always)
    private static func place(_ word: UInt32) -> (index: Int, bit: UInt32) {
        let folded = word | 0x20_2020
        return (Int((folded &* 0x3779_b100) >> (32 - bitmapBits + 5)), folded)
    }

    /// The three bytes at a place, as a word.
    private static func word(_ raw: UnsafeRawBufferPointer, _ place: Int) -> UInt32 {
        UInt32(raw[place]) | UInt32(raw[place + 1]) << 8 | UInt32(raw[place + 2]) << 16
    }

    /// The next looked-at place whose triple may belong to a pattern.
    ///
    /// In bounds: the range lies in the bytes, every load ends at its end at the latest, and every index of the bitmap
    /// has as many bits as the bitmap.
    private func nextCandidate(_ raw: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        bitmap.withUnsafeBufferPointer { bitmap -> Int? in
            guard let base = raw.baseAddress, let bits = bitmap.baseAddress else { return nil }
            func word(_ place: Int) -> UInt32 {
                UInt32(littleEndian: base.loadUnaligned(fromByteOffset: place, as: UInt32.self))
            }
            /// The lowest bit tells; the others mean nothing.
            @inline(__always)
            func hit(_ word: UInt32) -> UInt32 {
                let place = Self.place(word)
                return bits[place.index] &>> place.bit
            }
            var position = range.lowerBound
            @inline(__always)
            func hits(_ place: Int) -> UInt32 {
                hit(word(place)) | hit(word(place &+ Self.stride)) | hit(word(place &+ 2 &* Self.stride))
                    | hit(word(place &+ 3 &* Self.stride))
            }
            // Eight places at once, with one question for all: it is nearly always answered no.
            let last = range.upperBound &- 8 &* Self.stride
            while position <= last {
                if (hits(position) | hits(position &+ 4 &* Self.stride)) & 1 != 0 { break }
                position &+= 8 &* Self.stride
            }
            while position + 4 <= range.upperBound {
                if hit(word(position)) & 1 != 0 { return position }
                position += Self.stride
            }
            guard position + 3 <= range.upperBound else { return nil }
            return hit(Self.word(raw, position)) & 1 != 0 ? position : nil
        }
    }

    private func match(at place: Int, _ raw: UnsafeRawBufferPointer, _ window: Range<Int>) -> Match? {
        let found = places.range(of: Self.triple(Self.word(raw, place)))
        for candidate in found {
            let pattern = patterns[places[candidate].pattern]
            let start = place - places[candidate].offset
            let range = start..<start + pattern.bytes.count
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
