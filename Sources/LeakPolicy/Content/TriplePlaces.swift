/// Where in the patterns a triple of bytes stands, for all triples of all patterns.
///
/// Never changes once it is made, and is asked for triples that mostly stand nowhere: a table with half of its slots
/// empty, in which such a question ends at once.
struct TriplePlaces: Sendable {
    struct Place: Sendable {
        /// The position of the pattern among all.
        let pattern: Int
        /// How far from the pattern's beginning the triple stands.
        let offset: Int
    }

    private struct Slot {
        var triple: UInt32 = 0
        /// None in an empty slot.
        var places = 0..<0
    }

    private var slots: [Slot]
    private var places: [Place] = []

    init(_ all: [UInt32: [Place]]) {
        var size = 16
        while size < 2 * all.count { size *= 2 }
        slots = Array(repeating: Slot(), count: size)
        for (triple, found) in all {
            slots[slot(of: triple)] = Slot(triple: triple, places: places.count..<places.count + found.count)
            places += found
        }
    }

    /// The places of a triple, for the subscript.
    func range(of triple: UInt32) -> Range<Int> { slots[slot(of: triple)].places }

    subscript(position: Int) -> Place { places[position] }

    /// The slot that holds a triple, or the empty one in which it would stand.
    private func slot(of triple: UInt32) -> Int {
        var slot = Int((triple &* 0x9e37_79b1) >> 8) & (slots.count - 1)
        while !slots[slot].places.isEmpty, slots[slot].triple != triple { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }
}
