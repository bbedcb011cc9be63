/// Which worker does what, and when: what a simulation came to, or what a run recorded.
package struct Schedule: Sendable {
    /// What a worker does for a while.
    package enum Activity: Hashable, Sendable {
        /// It runs the job of this identity.
        case job(String)
        /// It can't run any.
        case waiting(Wait)
    }

    /// Why a worker has nothing to do.
    package enum Wait: Hashable, Sendable {
        /// Every job that is left needs a checkpoint that others build; the identity is that of the first of these.
        case checkpoint(String)
        /// The next job could start, but the memory does not suffice for it.
        case memory
        /// A job could start: its turn is being prepared.
        case turn
        /// Whatever is left of the run is in the hands of others.
        case nothingLeft
    }

    /// A while in which a worker does one thing.
    package struct Span: Hashable, Sendable {
        /// When it begins, counted from the beginning of the run.
        package let start: Duration
        /// When it ends.
        package let end: Duration
        /// What the worker does.
        package let activity: Activity

        /// How long it lasts.
        package var length: Duration { end - start }

        /// Describes a while; the end never lies before the start.
        package init(start: Duration, end: Duration, activity: Activity) {
            self.start = start.limited
            self.end = max(start, end).limited
            self.activity = activity
        }
    }

    /// One worker's run, from its beginning to its end, without gaps.
    package struct Timeline: Sendable {
        /// What it does, one thing after the other.
        package let spans: [Span]

        /// Puts spans together that follow each other.
        package init(spans: [Span]) { self.spans = spans }

        /// The time in jobs.
        package var busy: Duration { spans.reduce(.zero) { if case .job = $1.activity { $0 + $1.length } else { $0 } } }

        /// The time without a job, by reason, in the order in which the reasons first occur.
        package var waits: [(reason: Wait, length: Duration)] {
            var lengths: [Wait: Duration] = [:]
            var order: [Wait] = []
            for span in spans {
                guard case .waiting(let reason) = span.activity else { continue }
                if lengths[reason] == nil { order.append(reason) }
                lengths[reason, default: .zero] += span.length
            }
            return order.map { ($0, lengths[$0] ?? .zero) }
        }
    }

    /// The jobs in the order in which they start.
    package let placements: [Placement]
    /// One for each worker.
    package let timelines: [Timeline]
    /// How long the run takes.
    package let makespan: Duration

    /// Takes what a run recorded of its workers.
    ///
    /// - Parameters:
    ///   - timelines: What each worker did, and what it waited for.
    ///   - workload: The jobs; what is said of others is left out.
    package init(recorded timelines: [Timeline], of workload: Workload) {
        let known = timelines.map { timeline in
            var spans: [Span] = []
            var now = Duration.zero
            for span in timeline.spans where now < span.end {
                if case .job(let id) = span.activity, workload.places[id] == nil { continue }
                let start = max(now, span.start)
                if now < start { spans.append(Span(start: now, end: start, activity: .waiting(.turn))) }
                spans.append(Span(start: start, end: span.end, activity: span.activity))
                now = span.end
            }
            return Timeline(spans: spans)
        }
        self.timelines = known
        placements = known.enumerated().flatMap { worker, timeline in
            timeline.spans.compactMap { span in
                guard case .job(let id) = span.activity else { return nil }
                return Placement(job: id, worker: worker, start: span.start, end: span.end)
            }
        }.sorted { ($0.start, $0.worker) < ($1.start, $1.worker) }
        makespan = placements.map(\.end).max() ?? .zero
    }

    /// Joins placements with the reasons why workers wait in between.
    ///
    /// Those of unknown jobs and of impossible workers are left out: a record may be damaged.
    package init(_ placements: [Placement], of workload: Workload, on pool: WorkerPool) {
        let possible = 0..<max(pool.count, 1_024)
        let known = placements.filter { workload.places[$0.job] != nil && possible.contains($0.worker) }
            .sorted { ($0.start, $0.worker) < ($1.start, $1.worker) }
        self.placements = known
        let makespan = known.map(\.end).max() ?? .zero
        self.makespan = makespan
        let gaps = Gaps(known, of: workload, on: pool)
        let workers = max(pool.count, (known.map(\.worker).max() ?? 0) + 1)
        let ofWorkers = Dictionary(grouping: known, by: \.worker)
        timelines = (0..<workers).map { worker in
            var spans: [Span] = []
            var now = Duration.zero
            for placement in ofWorkers[worker] ?? [] {
                if now < placement.start { spans += gaps.spans(from: now, to: placement.start) }
                let start = max(now, placement.start)
                if start < placement.end {
                    spans.append(Span(start: start, end: placement.end, activity: .job(placement.job)))
                }
                now = max(now, placement.end)
            }
            if now < makespan { spans += gaps.spans(from: now, to: makespan) }
            return Timeline(spans: spans)
        }
    }
}

// MARK: - Why workers wait

/// Says of any moment why a worker that is free then can't start a job.
private struct Gaps {
    private let workload: Workload
    private let pool: WorkerPool
    private let placements: [Placement]
    /// When something begins or ends, in order.
    private let moments: [Duration]
    private let starts: [Int: Duration]
    private let ends: [Int: Duration]
    private let lastStart: Duration

    init(_ placements: [Placement], of workload: Workload, on pool: WorkerPool) {
        self.workload = workload
        self.pool = pool
        self.placements = placements
        moments = Set(placements.flatMap { [$0.start, $0.end] }).sorted()
        func times(_ time: (Placement) -> Duration, _ choose: (Duration, Duration) -> Duration) -> [Int: Duration] {
            Dictionary(placements.compactMap { one in workload.places[one.job].map { ($0, time(one)) } }) {
                choose($0, $1)
            }
        }
        starts = times(\.start, min)
        ends = times(\.end, max)
        lastStart = placements.map(\.start).max() ?? .zero
    }

    /// A gap, cut where its reason changes.
    func spans(from start: Duration, to end: Duration) -> [Schedule.Span] {
        var spans: [Schedule.Span] = []
        let cuts = [start] + moments.filter { start < $0 && $0 < end } + [end]
        for (from, to) in zip(cuts, cuts.dropFirst()) {
            let activity = Schedule.Activity.waiting(reason(at: from))
            if let last = spans.last, last.activity == activity {
                spans[spans.count - 1] = Schedule.Span(start: last.start, end: to, activity: activity)
            } else {
                spans.append(Schedule.Span(start: from, end: to, activity: activity))
            }
        }
        return spans
    }

    private func reason(at time: Duration) -> Schedule.Wait {
        guard time < lastStart else { return .nothingLeft }
        let running = placements.filter { $0.start <= time && time < $0.end }
            .compactMap { one in workload.places[one.job].map { workload.jobs[$0] } }
        let open = workload.wanted.filter { wanted in starts[wanted].map { $0 > time } ?? false }
        func reason(_ job: Int) -> Schedule.Wait {
            let isShort = !pool.admits(workload.jobs[job], beside: running)
            return isShort && running.count < pool.guests ?? .max ? .memory : .turn
        }
        // Several workers take missing builds before anything else.
        let builds = pool.count == 1 ? [] : open.map { (wanted: $0, missing: firstMissing(for: $0, at: time)) }
        if let build = builds.first(where: { $0.wanted != $0.missing && starts[$0.missing].map { $0 > time } ?? true })
        {
            return reason(build.missing)
        }
        var checkpoint: String?
        // Jobs that never ran, as when a run is stopped, kept nobody waiting.
        for wanted in open {
            let missing = firstMissing(for: wanted, at: time)
            guard let begun = starts[missing], begun <= time else { return reason(missing) }
            checkpoint = checkpoint ?? workload.jobs[missing].id
        }
        return checkpoint.map { .checkpoint($0) } ?? .nothingLeft
    }

    private func firstMissing(for wanted: Int, at time: Duration) -> Int {
        var missing = wanted
        while let parent = workload.parents[missing], let end = ends[parent], time < end { missing = parent }
        return missing
    }
}
