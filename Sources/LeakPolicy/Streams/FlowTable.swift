/// The places of flows, found by their keys.
///
/// A table of our own, for the dictionaries' hashing costs as much as the decoding of a frame. A guest chooses its keys,
/// and must not make them collide: the hash depends on random numbers that every table draws anew.
struct FlowTable: Sendable {
    /// What a guest would have to know to choose keys that collide.
    struct Secret: Sendable {
        let first = UInt64.random(in: .min ... .max)
        let second = UInt64.random(in: .min ... .max)
        let third = UInt64.random(in: .min ... .max)
    }

    private struct Slot {
        let key: FlowKey
        let place: Int
    }

    private let secret = Secret()
    /// At least twice as many as there are flows, so that a search soon meets an empty one.
    private var slots: [Slot?] = Array(repeating: nil, count: 64)
    private var count = 0

    /// The place that was kept for a key.
    subscript(key: FlowKey) -> Int? { slots[index(of: key)]?.place }

    /// Keeps the place of a key that has none.
    mutating func insert(_ key: FlowKey, at place: Int) {
        if 2 * (count + 1) > slots.count { grow() }
        slots[index(of: key)] = Slot(key: key, place: place)
        count += 1
    }

    /// Where the key stands, or the empty slot in which it would.
    private func index(of key: FlowKey) -> Int {
        var index = Int(truncatingIfNeeded: key.hash(secret)) & (slots.count - 1)
        while let slot = slots[index], slot.key != key { index = (index + 1) & (slots.count - 1) }
        return index
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: nil, count: 2 * old.count)
        for case let slot? in old { slots[index(of: slot.key)] = slot }
    }
}
