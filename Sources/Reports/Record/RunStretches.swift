package import CucumberMessages
package import Forecasts

/// The stretches of a run that was interrupted and went on: when it stood still, and what the workers did in each.
package struct RunStretches: Sendable {
    /// When the run began; absent until it has.
    package private(set) var startedAt: Timestamp?
    /// For how long the run stood still between an end and the time it went on.
    package private(set) var pause = Duration.zero
    /// What the workers did in all stretches that came to an end of their own; absent when none has.
    package private(set) var times: WorkerTimes?

    private var stretches: [(times: WorkerTimes, after: Double)] = []

    /// Begins with a run that has not begun.
    package init() {}

    /// Notes that the run began, or went on after the latest message before.
    package mutating func begin(at time: Timestamp, after latest: Timestamp?) {
        if startedAt != nil, let latest { pause += time.since(latest) }
        startedAt = startedAt ?? time
    }

    /// Takes in what the workers did in a stretch that has just ended.
    package mutating func take(_ times: WorkerTimes, at end: Timestamp?) {
        let isFirst = stretches.isEmpty
        // A stretch counts its seconds from its own beginning, which it does not tell.
        let ending = startedAt.flatMap { start in end.map { $0.since(start) - pause } } ?? .zero
        stretches.append((times, isFirst ? 0 : max(0, ending / .seconds(1) - times.length)))
        self.times = isFirst ? times : WorkerTimes(continuing: stretches)
    }
}
