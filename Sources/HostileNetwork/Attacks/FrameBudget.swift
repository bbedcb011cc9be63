/// How many frames a second may be sent: a bucket that fills up with time (RFC 2697).
///
/// Whoever makes a station speak, such as a guest whose every segment is answered, can't make it flood the machine.
package struct FrameBudget: Sendable {
    private let perSecond: UInt64
    private let most: UInt64
    /// What is left, in frames times nanoseconds in a second.
    private var left: UInt64
    private var filled: UInt64

    private static let second: UInt64 = 1_000_000_000

    /// Creates a full bucket at a time in nanoseconds.
    package init(perSecond: UInt64, burst: UInt64, at now: UInt64) {
        self.perSecond = perSecond
        most = burst * Self.second
        left = most
        filled = now
    }

    /// Whether a frame may be sent at a time, which counts it.
    package mutating func spend(at now: UInt64) -> Bool {
        // So long a pause fills it whatever the rate, and the product below can't overflow.
        let passed = min(now > filled ? now - filled : 0, most / perSecond + 1)
        left = min(most, left + passed * perSecond)
        filled = max(filled, now)
        guard left >= Self.second else { return false }
        left -= Self.second
        return true
    }
}
