/// A forecast as other programs read it.
///
/// Times are seconds, memory is bytes.
package struct ForecastDocument: Codable, Hashable, Sendable {
    /// One checkpoint's build or one scenario.
    package struct Job: Codable, Hashable, Sendable {
        package let id: String
        package let title: String
        package let kind: Forecasts.Job.Kind
        /// The checkpoint it starts from.
        package let needs: String?
        package let restore: Double
        package let steps: Double
        package let teardown: Double
        /// Whether the times were measured; otherwise they are guesses.
        package let isMeasured: Bool
        package let memory: Int
    }

    /// A while in which a worker does one thing: a job, or waiting.
    package struct Span: Codable, Hashable, Sendable {
        package let start: Double
        package let end: Double
        /// The job that it runs.
        package let job: String?
        /// What it waits for: `checkpoint`, `memory`, `turn`, or `nothing-left`.
        package let waitsFor: String?
        /// The checkpoint that it waits for.
        package let checkpoint: String?
    }

    /// All workers' time, by what it is spent on.
    package struct Totals: Codable, Hashable, Sendable {
        package let building: Double
        package let restoring: Double
        package let steps: Double
        package let teardown: Double
        package let waiting: Double
    }

    /// The version of this format.
    package var version = 1
    /// Whether a run recorded the workers' spans; otherwise they are a simulation.
    package let isRecorded: Bool
    /// How long the run takes.
    package let makespan: Double
    package let jobs: [Job]
    /// The spans of each worker, without gaps.
    package let workers: [[Span]]
    package let totals: Totals
    /// The identities of the jobs of the longest chain, the first of them first.
    package let longestChain: [String]
    package let longestChainTime: Double
    package let withOneMoreWorker: Double
    package let savingOfOneMoreWorker: Double
    /// How many workers can be used, or `nil` when more than were tried.
    package let enoughWorkers: Int?
    package let withEveryCheckpointKept: Double
    package let advice: [String]

    /// Writes a forecast down.
    package init(_ forecast: Forecast) {
        isRecorded = forecast.isRecorded
        makespan = forecast.schedule.makespan.inSeconds
        jobs = forecast.workload.jobs.map(Job.init)
        workers = forecast.schedule.timelines.map { $0.spans.map(Span.init) }
        let totals = forecast.totals
        self.totals = Totals(
            building: totals.building.inSeconds,
            restoring: totals.restoring.inSeconds,
            steps: totals.steps.inSeconds,
            teardown: totals.teardown.inSeconds,
            waiting: totals.waiting.inSeconds
        )
        longestChain = forecast.longestChain.map(\.id)
        longestChainTime = forecast.longestChainTime.inSeconds
        withOneMoreWorker = forecast.withOneMoreWorker.inSeconds
        savingOfOneMoreWorker = forecast.savingOfOneMoreWorker.inSeconds
        enoughWorkers = forecast.enoughWorkers
        withEveryCheckpointKept = forecast.withEveryCheckpointKept.inSeconds
        advice = forecast.advice.map(\.text)
    }
}

extension ForecastDocument.Job {
    fileprivate init(_ job: Forecasts.Job) {
        id = job.id
        title = job.title
        kind = job.kind
        needs = job.needs
        restore = job.estimate.restore.inSeconds
        steps = job.estimate.steps.inSeconds
        teardown = job.estimate.teardown.inSeconds
        isMeasured = job.estimate.isMeasured
        memory = job.memory
    }
}

extension ForecastDocument.Span {
    fileprivate init(_ span: Schedule.Span) {
        start = span.start.inSeconds
        end = span.end.inSeconds
        switch span.activity {
        case .job(let id): (job, waitsFor, checkpoint) = (id, nil, nil)
        case .waiting(.checkpoint(let id)): (job, waitsFor, checkpoint) = (nil, "checkpoint", id)
        case .waiting(.memory): (job, waitsFor, checkpoint) = (nil, "memory", nil)
        case .waiting(.turn): (job, waitsFor, checkpoint) = (nil, "turn", nil)
        case .waiting(.nothingLeft): (job, waitsFor, checkpoint) = (nil, "nothing-left", nil)
        }
    }
}

extension Duration {
    fileprivate var inSeconds: Double { self / .seconds(1) }
}
