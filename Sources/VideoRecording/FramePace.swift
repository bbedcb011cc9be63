/// How often a picture is taken into a video: at once after a still screen, rarely on one that never stops changing.
///
/// A bucket of pictures that fills up slowly. What people do to a screen is a handful of changes, all of which are wanted;
/// of a minute of scrolling text a picture a second says enough, and costs next to nothing.
package struct FramePace: Sendable {
    /// How many pictures may follow each other closely.
    package static let burst = 12.0
    /// How many pictures a second there are in the long run.
    package static let rate = 1.0
    /// The shortest time between two pictures.
    package static let closest = Duration.milliseconds(100)

    private var saved = Self.burst
    private var last: Duration?

    /// Creates a pace at which nothing was taken yet.
    package init() {}

    /// How long the next picture has to wait; zero when it is due.
    package func wait(at now: Duration) -> Duration {
        guard let last else { return .zero }
        let gap = max(.zero, last + Self.closest - now)
        let lack = 1 - savings(at: now)
        return lack > 0 ? max(gap, .seconds(lack / Self.rate)) : gap
    }

    /// Notes that a picture was taken.
    package mutating func take(at now: Duration) {
        saved = max(0, savings(at: now) - 1)
        last = now
    }

    private func savings(at now: Duration) -> Double {
        guard let last else { return saved }
        return min(Self.burst, saved + max(0, (now - last) / .seconds(1)) * Self.rate)
    }
}
