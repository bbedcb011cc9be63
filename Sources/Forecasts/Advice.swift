/// What a forecast suggests, one thing each.
package enum Advice: Hashable, Sendable {
    /// Building this checkpoint is a large part of the run.
    case keepCheckpoint(title: String, percent: Int, otherwise: Duration)
    /// The run is hardly longer than its longest chain.
    case chainDecides(titles: [String], Duration)
    /// One more worker would pay.
    case addWorker(saves: Duration)
    /// More workers are there than can be used.
    case fewerWorkers(enough: Int, of: Int)
    /// Workers wait for memory.
    case memoryDecides(waiting: Duration)
    /// Some durations are guesses.
    case guessed(Int, of: Int)

    /// One sentence or two.
    package var text: String {
        switch self {
        case .keepCheckpoint(let title, let percent, let otherwise):
            "Building the checkpoint “\(plain(title))” takes \(percent) % of the run: keep the cache. "
                + "With every checkpoint kept, the run takes \(readable(otherwise))."
        case .chainDecides(let titles, let duration) where titles.count == 1:
            "“\(plain(titles.first ?? ""))” alone takes \(readable(duration)): more workers can't help below that."
        case .chainDecides(let titles, let duration):
            "The chain \(titles.map { "“\(plain($0))”" }.joined(separator: " → ")) alone takes \(readable(duration)): "
                + "more workers can't help below that."
        case .addWorker(let saves): "One more worker would save \(readable(saves))."
        case .fewerWorkers(let enough, let count):
            "\(enough == 1 ? "One worker is" : "\(enough) workers are") as fast as \(count)."
        case .memoryDecides(let waiting):
            "Workers wait \(readable(waiting)) for memory: more of it would help, more workers would not."
        case .guessed(let guesses, let count) where guesses == count:
            "No duration is measured yet, all are guesses: the next forecast will be better."
        case .guessed(let guesses, let count):
            "\(guesses) of \(count) durations \(guesses == 1 ? "is a guess" : "are guesses"): "
                + "what a run measures, the next forecast knows."
        }
    }
}

extension Forecast {
    /// What would make the run shorter, or this forecast better; the most important first.
    package var advice: [Advice] {
        var advice: [Advice] = []
        let makespan = schedule.makespan
        func isAtLeast(_ percent: Int64, _ duration: Duration) -> Bool {
            duration > .zero && makespan > .zero && duration * 100 >= makespan * percent
        }
        let ran = Set(schedule.placements.map(\.job))
        let builds = workload.jobs.filter { $0.kind == .checkpoint && ran.contains($0.id) }
        let hasScenarios = workload.jobs.contains { $0.kind == .scenario }
        if hasScenarios, let longest = builds.max(by: { $0.estimate.total < $1.estimate.total }),
            isAtLeast(20, longest.estimate.total)
        {
            let share = min(100, percent(longest.estimate.total, of: makespan))
            advice.append(.keepCheckpoint(title: longest.title, percent: share, otherwise: withEveryCheckpointKept))
        }
        // With one worker everything is one chain, and more would help.
        if pool.count > 1, workload.jobs.count > 1, isAtLeast(80, longestChainTime) {
            advice.append(.chainDecides(titles: longestChain.map(\.title), longestChainTime))
        }
        let memory = schedule.timelines.flatMap(\.waits).filter { $0.reason == .memory }
            .reduce(Duration.zero) { $0 + $1.length }
        // A record does not hold how much memory there was, so that the simulation knows no limit.
        let isShortOfMemory = isAtLeast(5, memory)
        if isAtLeast(5, savingOfOneMoreWorker), !(isRecorded && isShortOfMemory) {
            advice.append(.addWorker(saves: savingOfOneMoreWorker))
        }
        if let enough = enoughWorkers, enough < pool.count {
            advice.append(.fewerWorkers(enough: enough, of: pool.count))
        }
        if isShortOfMemory { advice.append(.memoryDecides(waiting: memory)) }
        let guesses = workload.jobs.count { !$0.estimate.isMeasured }
        if guesses > 0 { advice.append(.guessed(guesses, of: workload.jobs.count)) }
        return advice
    }
}
