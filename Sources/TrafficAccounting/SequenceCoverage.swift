/// Which numbers of a TCP stream were sent, without its bytes: repetitions count once.
///
/// A FIN takes a number as a byte does (RFC 9293, 3.4).
struct SequenceCoverage: Hashable, Sendable {
    /// The number of the first byte.
    private let first: UInt32
    /// The number that follows those that came in order, as a place in the stream.
    private(set) var length = 0
    /// What came too early, in order, without overlaps and neighbours.
    private var ahead: [Range<Int>] = []
    /// Whether more lay ahead than is kept.
    private(set) var isIncomplete = false
    private(set) var hasEnd = false

    /// A guest's own tap sees its segments in order; more gaps than this are no accident.
    private static let mostGaps = 64

    init(first: UInt32) { self.first = first }

    /// The number of the byte that is next in order.
    var next: UInt32 { first &+ UInt32(truncatingIfNeeded: length) }

    /// The bytes that were sent in order, without the end's number.
    var bytes: Int { length - (hasEnd && ahead.isEmpty ? 1 : 0) }

    /// Whether numbers are missing before some that were sent.
    var hasGap: Bool { !ahead.isEmpty }

    /// Takes a segment in; returns how many numbers nobody had sent before.
    mutating func add(sequence: UInt32, count: Int, isEnd: Bool) -> Int {
        let total = count + (isEnd ? 1 : 0)
        if isEnd { hasEnd = true }
        guard total > 0 else { return 0 }
        let start = length + Int(Int32(bitPattern: sequence &- next))
        let new = max(start, length)..<max(start + total, length)
        guard !new.isEmpty else { return 0 }
        let known = ahead.reduce(0) { $0 + $1.clamped(to: new).count }
        insert(new)
        return new.count - known
    }

    private mutating func insert(_ range: Range<Int>) {
        var joined = range
        ahead.removeAll { other in
            guard other.lowerBound <= joined.upperBound, joined.lowerBound <= other.upperBound else { return false }
            joined = min(other.lowerBound, joined.lowerBound)..<max(other.upperBound, joined.upperBound)
            return true
        }
        if joined.lowerBound <= length {
            length = joined.upperBound
        } else if ahead.count < Self.mostGaps {
            ahead.insert(joined, at: ahead.firstIndex { $0.lowerBound > joined.lowerBound } ?? ahead.count)
        } else {
            isIncomplete = true
        }
    }
}
