/// Where the time of a run goes: foretold before it, or told after it.
package struct Forecast: Sendable {
    /// The jobs.
    package let workload: Workload
    /// What they run on.
    package let pool: WorkerPool
    /// Who does what, and when.
    package let schedule: Schedule
    /// Whether the schedule is what a run recorded; otherwise it is a simulation.
    package let isRecorded: Bool
    /// The builds and the job at their end that no number of workers makes shorter.
    package let longestChain: [Job]
    /// How long the simulated run takes.
    package let simulated: Duration
    /// How long it takes with one more worker.
    package let withOneMoreWorker: Duration
    /// The fewest workers that do it in the shortest time, or `nil` when that takes ``mostWorkers`` or more.
    package let enoughWorkers: Int?
    /// How long it takes when every checkpoint exists already.
    package let withEveryCheckpointKept: Duration

    /// The number of workers beyond which none are tried.
    package static let mostWorkers = 32

    /// Foretells a run.
    package init(_ workload: Workload, on pool: WorkerPool) {
        self.init(workload, on: pool, recorded: Schedule?.none)
    }

    /// Tells where the time of a run went.
    ///
    /// - Parameters:
    ///   - workload: The jobs, with the durations that the run measured.
    ///   - pool: What they ran on.
    ///   - placements: When and where each ran.
    package init(_ workload: Workload, on pool: WorkerPool, recorded placements: [Placement]) {
        self.init(workload, on: pool, recorded: Schedule(placements, of: workload, on: pool))
    }

    /// Tells where the time of a run went whose workers said what they waited for.
    ///
    /// - Parameters:
    ///   - workload: The jobs, with the durations that the run measured.
    ///   - timelines: What each worker did.
    package init(_ workload: Workload, recorded timelines: [Schedule.Timeline]) {
        self.init(
            workload,
            on: WorkerPool(count: timelines.count),
            recorded: Schedule(recorded: timelines, of: workload)
        )
    }

    private init(_ workload: Workload, on pool: WorkerPool, recorded: Schedule?) {
        func makespan(of workload: Workload, workers: Int) -> Duration {
            workload.placements(on: pool.with(workers)).map(\.end).max() ?? .zero
        }
        self.workload = workload
        self.pool = pool
        schedule = recorded ?? Schedule(workload.placements(on: pool), of: workload, on: pool)
        isRecorded = recorded != nil
        longestChain = workload.longestChain
        simulated = recorded == nil ? schedule.makespan : makespan(of: workload, workers: pool.count)
        withOneMoreWorker = makespan(of: workload, workers: pool.count + 1)
        withEveryCheckpointKept = makespan(of: workload.withEveryCheckpointKept(), workers: pool.count)

        let limit = longestChain.reduce(.zero) { $0 + $1.estimate.total }
        var best: (workers: Int, makespan: Duration)?
        for workers in 1...min(max(1, workload.jobs.count), Self.mostWorkers) {
            let makespan = makespan(of: workload, workers: workers)
            // Not the first that is no better: two workers may do no better than one, and three may.
            if makespan < best?.makespan ?? .seconds(Int64.max) { best = (workers, makespan) }
            if makespan == limit { break }
        }
        let isOpen = best?.workers == Self.mostWorkers && workload.jobs.count > Self.mostWorkers
        enoughWorkers = isOpen && best?.makespan != limit ? nil : best?.workers
    }

    /// What one more worker would save; less than nothing never counts.
    package var savingOfOneMoreWorker: Duration { max(.zero, simulated - withOneMoreWorker) }

    /// The time of the longest chain.
    package var longestChainTime: Duration { longestChain.reduce(.zero) { $0 + $1.estimate.total } }

    /// The time of all workers together, by what it is spent on.
    package var totals: Totals { Totals(of: self) }
}

/// The time of all workers together, by what it is spent on.
package struct Totals: Hashable, Sendable {
    /// Building checkpoints.
    package var building = Duration.zero
    /// Bringing machines to where scenarios begin.
    package var restoring = Duration.zero
    /// The steps of scenarios.
    package var steps = Duration.zero
    /// Judging, and taking worlds down.
    package var teardown = Duration.zero
    /// Having nothing to do.
    package var waiting = Duration.zero

    init(of forecast: Forecast) {
        let ran = Set(forecast.schedule.placements.map(\.job))
        for job in forecast.workload.jobs where ran.contains(job.id) {
            switch job.kind {
            case .checkpoint: building += job.estimate.total
            case .scenario:
                restoring += job.estimate.restore
                steps += job.estimate.steps
                teardown += job.estimate.teardown
            }
        }
        waiting = forecast.schedule.timelines.flatMap(\.waits).reduce(.zero) { $0 + $1.length }
    }
}
