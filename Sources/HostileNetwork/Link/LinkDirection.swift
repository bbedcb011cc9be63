import FrameBuilding

/// One direction of a link: what it carries, and when that arrives.
///
/// Pure: whoever uses it has the clock.
/// ```
/// a frame ──> lost? ──> queue of the sender, emptied at the link's rate ──> under way for the delay ──> due
///                         full: the frame is dropped
/// ```
package struct LinkDirection: Sendable {
    /// What has happened to frames so far.
    package struct Counts: Hashable, Sendable, Codable {
        package internal(set) var carried = 0
        /// Lost by chance.
        package internal(set) var lost = 0
        /// Dropped because the queue was full, as at any bottleneck.
        package internal(set) var overflowed = 0
        /// Not even taken, because this program was too slow.
        package internal(set) var missed = 0
        /// Under way when the link ended.
        package internal(set) var abandoned = 0

        /// How many did not arrive.
        package var keptBack: Int { lost + overflowed + missed + abandoned }
    }

    private struct Passenger: Sendable {
        let frame: [UInt8]
        let due: UInt64
    }

    /// A sender's queue holds what the link carries in half a second, and ten full frames at least.
    private static let queueTime: UInt64 = 500_000_000
    private static let smallestQueue = 10 * 1514
    /// The bytes under way at most, whatever the delay.
    package static let mostBytes = 16 << 20

    private var generator: SeededGenerator
    /// A queue: those before `first` have left.
    private var passengers: [Passenger] = []
    private var first = 0
    private var bytesUnderWay = 0
    /// Until when the sender is busy with what it has accepted, in nanoseconds.
    private var busyUntil: UInt64 = 0
    private var lastDue: UInt64 = 0
    /// What has happened so far.
    package internal(set) var counts = Counts()

    /// Creates a direction that is empty; frames and seed alone decide what is lost.
    package init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// Takes a frame at a time in nanoseconds of a clock that does not go back.
    package mutating func take(_ frame: [UInt8], at now: UInt64, _ quality: LinkQuality) {
        // Both drawn for every frame, so that what one of them is does not depend on the other.
        let chance = Double.random(in: 0..<1, using: &generator)
        let variation = Double.random(in: -1...1, using: &generator)
        if chance < quality.loss {
            counts.lost += 1
            return
        }
        guard bytesUnderWay + frame.count <= Self.mostBytes else {
            counts.overflowed += 1
            return
        }
        var sent = now
        if let rate = quality.bitsPerSecond.map(UInt64.init) {
            let start = max(now, busyUntil)
            let room = max(Self.queueTime, UInt64(Self.smallestQueue) * 8_000_000_000 / rate)
            guard start - now <= room else {
                counts.overflowed += 1
                return
            }
            sent = start + UInt64(frame.count) * 8_000_000_000 / rate
            busyUntil = sent
        }
        let delay = Double(quality.delay.nanoseconds) + variation * Double(quality.jitter.nanoseconds)
        lastDue = max(lastDue, sent + UInt64(max(0, delay)))
        passengers.append(Passenger(frame: frame, due: lastDue))
        bytesUnderWay += frame.count
    }

    /// When the next frame arrives, or `nil` when none is under way.
    package var nextDue: UInt64? { first < passengers.count ? passengers[first].due : nil }

    /// The next frame that has arrived by a time, in the order in which they were taken.
    package mutating func arrival(by now: UInt64) -> [UInt8]? {
        guard first < passengers.count, passengers[first].due <= now else { return nil }
        let frame = passengers[first].frame
        first += 1
        if first == passengers.count || first >= 1024 {
            passengers.removeFirst(first)
            first = 0
        }
        bytesUnderWay -= frame.count
        counts.carried += 1
        return frame
    }

    /// Ends the link: what is under way arrives nowhere.
    package mutating func end() {
        counts.abandoned += passengers.count - first
        (passengers, first, bytesUnderWay) = ([], 0, 0)
    }
}
