/// Up to eight small numbers, held in place, so that decoding a frame takes no memory of its own.
///
/// Numbers beyond the eighth are dropped; whoever must not miss one checks ``isFull``.
package struct NumberList: Hashable, Sendable {
    private var packed: UInt64 = 0
    private var length: UInt8 = 0

    package var count: Int { Int(length) }

    package static let capacity = 8

    package init() {}

    /// Whether no more numbers can be kept.
    package var isFull: Bool { count == Self.capacity }

    package mutating func append(_ number: UInt8) {
        guard count < Self.capacity else { return }
        packed |= UInt64(number) << UInt64(8 * count)
        length += 1
    }
}

extension NumberList: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { count }

    package subscript(position: Int) -> UInt8 {
        precondition((0..<count).contains(position), "An index of the list lies in its bounds.")
        return UInt8(truncatingIfNeeded: packed >> UInt64(8 * position))
    }
}

extension NumberList: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: UInt8...) {
        for element in elements { append(element) }
    }
}
