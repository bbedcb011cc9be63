/// The phases that the guest was in, each from the moment at which the harness said so.
///
/// ```
///        power on          it answers          the greeter is left
///  off ───────────> boot ────────────> greeter ───────────────────> offline      without a greeter: offline at once
///   ▲                 ▲                                                │
///   │ nothing is      │ reset             Tor is told of its network   ▼
///   │ left of QEMU    └───────────── any        connected <── bootstrapping <── any but off
///   └── shutting-down <── the power button, or the guest switches itself off
/// ```
/// A frame is judged by the phase in which it left, however late the judge sees it: both moments are told by the clock
/// that stamps the frames. A phase that allows more is entered before what needs it is begun, one that allows less when
/// what needed more is over; so no frame can be too early. What the guest says only ever leads to less.
package struct PhaseLog: Sendable {
    private struct Entry {
        let phase: Phase
        let time: UInt64
    }

    /// Those that no frame was seen in yet.
    private var ahead: [Entry] = []
    /// The one that was said last.
    package private(set) var current: Phase?
    /// Whether the host's clock was set back, so that it can't be told which frames left before a phase began.
    package private(set) var hasLostTime = false

    /// Creates a log in which nothing was said yet.
    package init() {}

    /// Says what the guest is doing from a moment on, in nanoseconds since 1970.
    package mutating func enter(_ phase: Phase, at time: UInt64) {
        guard phase != current else { return }
        current = phase
        ahead.append(Entry(phase: phase, time: time))
    }

    /// Takes the phases that had begun when a frame left which is judged now.
    package mutating func take(until timestamp: UInt64, now: () -> UInt64) -> [Phase] {
        guard let first = ahead.first else { return [] }
        if let last = ahead.last, now() < last.time {
            hasLostTime = true
            return takeAll()
        }
        guard first.time <= timestamp else { return [] }
        let count = ahead.prefix { $0.time <= timestamp }.count
        defer { ahead.removeFirst(count) }
        return ahead.prefix(count).map(\.phase)
    }

    /// Takes the phases that no frame was seen in.
    package mutating func takeAll() -> [Phase] {
        defer { ahead = [] }
        return ahead.map(\.phase)
    }
}
