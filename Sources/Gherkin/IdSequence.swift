/// Identifiers that count up from 0, so that the same files give the same identifiers on every machine.
///
/// They are given out in the order of the official implementations: a node after its children.
package struct IdSequence: Sendable {
    private var upcoming: Int

    /// Creates a sequence that begins at a number.
    package init(startingAt first: Int = 0) {
        upcoming = first
    }

    /// Returns an identifier that this sequence has not returned before.
    package mutating func next() -> String {
        defer { upcoming += 1 }
        return String(upcoming)
    }
}
