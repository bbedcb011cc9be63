import CucumberMessages
package import Forecasts

/// Where the time of a recorded run went.
package struct RunTimes: Sendable {
    /// The run, told as a forecast of what it has measured.
    package let forecast: Forecast

    /// Looks at a closed record.
    package init(_ run: RunRecord) {
        let timelines = run.workerTimes?.workers ?? Self.guessed(from: run)
        var jobs: [Job] = []
        var lengths: [String: Duration] = [:]
        for span in timelines.joined() {
            if let attempt = span.attempt { lengths[attempt, default: .zero] += span.length }
        }
        let ran = run.scenarios.flatMap { scenario in
            scenario.attempts.filter { lengths[$0.id] != nil }.map { (scenario, $0) }
        }
        let makers = ran.filter { $0.0.makesCheckpoint }
        for (scenario, attempt) in ran {
            let parent = scenario.checkpoint.map { title in
                Self.maker(of: title, for: scenario, among: makers)?.id ?? CheckpointMarks.definition(of: title)
            }
            jobs.append(
                Job(
                    id: attempt.id,
                    title: scenario.title,
                    kind: scenario.makesCheckpoint ? .checkpoint : .scenario,
                    needs: parent,
                    estimate: attempt.phases(within: lengths[attempt.id])
                )
            )
        }
        let places = Dictionary(makers.map { ($0.0.name, $0.1.id) }) { first, _ in first }
        let known = Set(jobs.map(\.id))
        let recorded = timelines.map { Schedule.Timeline($0, makers: places, known: known) }
        // In a damaged record a checkpoint may come from itself: without its origin it is still worth showing.
        let workload = (try? Workload(jobs)) ?? (try? Workload(jobs.map(\.alone))) ?? Workload()
        forecast = Forecast(workload, recorded: recorded)
    }

    /// The attempt that made the state which a scenario starts from, if this run made it.
    ///
    /// Of checkpoints with one title, for different images, it is the one whose tags the scenario has.
    private static func maker(
        of title: String,
        for scenario: ScenarioResult,
        among makers: [(ScenarioResult, AttemptResult)]
    ) -> AttemptResult? {
        let tags = Set(scenario.tags)
        return makers.filter { $0.0.name == title }
            .max { first, second in
                let (one, other) = (Set(first.0.tags), Set(second.0.tags))
                if one.intersection(tags).count != other.intersection(tags).count {
                    return one.intersection(tags).count < other.intersection(tags).count
                }
                return one.subtracting(tags).count > other.subtracting(tags).count
            }?.1
    }

    /// What the workers probably did in a run that was cut off before it could say so: each attempt on the first worker
    /// that was free then.
    private static func guessed(from run: RunRecord) -> [[WorkerTimes.Span]] {
        guard let began = run.startedAt else { return [[]] }
        let attempts = run.scenarios.flatMap { scenario in scenario.attempts.map { (scenario, $0) } }
            .sorted { $0.1.startedAt < $1.1.startedAt }
        var times = WorkerTimes(workers: WorkerTimes.mostWorkers)
        var ends: [Double] = []
        for (scenario, attempt) in attempts {
            let start = attempt.startedAt.since(began) / .seconds(1)
            let free = ends.firstIndex { $0 <= start } ?? ends.count
            guard start >= 0, free < WorkerTimes.mostWorkers else { continue }
            if free == ends.count { ends.append(0) }
            let end = start + attempt.duration / .seconds(1)
            let kind: WorkerTimes.Span.Kind = scenario.makesCheckpoint ? .checkpoint : .scenario
            times.note(kind, scenario.name, attempt: attempt.id, worker: free, at: start)
            times.note(.idle, worker: free, at: end)
            ends[free] = end
        }
        return Array(times.workers.prefix(max(1, ends.count)))
    }
}

extension Job {
    fileprivate var alone: Job {
        Job(id: id, title: title, kind: kind, estimate: estimate, memory: memory)
    }
}

extension Schedule.Timeline {
    fileprivate init(_ spans: [WorkerTimes.Span], makers: [String: String], known: Set<String>) {
        self.init(
            spans: spans.compactMap { span in
                let activity: Schedule.Activity
                switch span.kind {
                case .scenario, .checkpoint:
                    guard let attempt = span.attempt, known.contains(attempt) else { return nil }
                    activity = .job(attempt)
                case .waitingForCheckpoint: activity = .waiting(.checkpoint(makers[span.title] ?? span.title))
                case .waitingForMemory: activity = .waiting(.memory)
                case .waitingForTurn: activity = .waiting(.turn)
                case .idle: activity = .waiting(.nothingLeft)
                }
                return Schedule.Span(start: .seconds(span.from), end: .seconds(span.to), activity: activity)
            }
        )
    }
}
