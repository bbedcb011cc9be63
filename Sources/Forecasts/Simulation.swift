/// One job on one worker, from when to when.
package struct Placement: Hashable, Sendable {
    /// The job's identity.
    package let job: String
    /// The worker, counted from 0.
    package let worker: Int
    /// The time since the run began.
    package let start: Duration
    /// The time since the run began.
    package let end: Duration

    /// Describes what a run recorded, or what a simulation came to.
    package init(job: String, worker: Int, start: Duration, end: Duration) {
        self.job = job
        self.worker = worker
        self.start = start.limited
        self.end = max(start, end).limited
    }
}

extension Workload {
    /// Plays the run, by the rule by which jobs are handed to workers.
    ///
    /// Jobs are taken in the order of the plan; several workers take the builds of missing checkpoints before anything
    /// else, since the sooner they are done, the more can run side by side. With one worker, a job whose checkpoint is
    /// missing has that built first. While somebody else builds it, a later job goes first, and so it does before one
    /// that may not run beside what runs. One that does not fit into the memory holds up those after it, or it might wait
    /// for ever.
    func placements(on pool: WorkerPool) -> [Placement] {
        var simulation = Simulation(workload: self, pool: pool)
        return simulation.play()
    }
}

private struct Simulation {
    struct Running {
        let job: Int
        let worker: Int
        let end: Duration
    }

    let workload: Workload
    let pool: WorkerPool
    var now = Duration.zero
    var waiting: [Int]
    var running: [Running] = []
    var isBegun: [Bool]
    var isDone: [Bool]
    /// The builds that others wait for and that have not begun.
    var buildsAhead: Set<Int>
    var placements: [Placement] = []

    init(workload: Workload, pool: WorkerPool) {
        self.workload = workload
        self.pool = pool
        waiting = workload.wanted
        isBegun = workload.jobs.map { _ in false }
        isDone = isBegun
        buildsAhead = Set(workload.parents.compactMap(\.self))
    }

    mutating func play() -> [Placement] {
        var free = Array(0..<min(pool.count, max(1, workload.jobs.count)))
        while true {
            while let worker = free.first, let job = takeNext() {
                free.removeFirst()
                begin(job, on: worker)
            }
            guard let next = running.lazy.map(\.end).min() else { return placements }
            now = next
            for ended in running where ended.end == now {
                isDone[ended.job] = true
                free.append(ended.worker)
            }
            running.removeAll { $0.end == now }
            free.sort()
        }
    }

    private mutating func takeNext() -> Int? {
        // Only looked for while there are any: a run may have thousands of scenarios.
        if pool.count > 1, !buildsAhead.isEmpty,
            let build = waiting.lazy.compactMap(missingBuild).first(where: isWelcome)
        {
            return fits(build) ? build : nil
        }
        for place in waiting.indices {
            let wanted = waiting[place]
            let job = firstMissing(for: wanted)
            guard !isBegun[job], isWelcome(job) else { continue }
            guard fits(job) else { return nil }
            if job == wanted { waiting.remove(at: place) }
            return job
        }
        return nil
    }

    /// The build that a job waits for, unless it has begun.
    private func missingBuild(for wanted: Int) -> Int? {
        let job = firstMissing(for: wanted)
        return job == wanted || isBegun[job] ? nil : job
    }

    /// What has to be done first for a job: the earliest build of its chain that is not done, or the job itself.
    private func firstMissing(for wanted: Int) -> Int {
        var missing = wanted
        while let parent = workload.parents[missing], !isDone[parent] { missing = parent }
        return missing
    }

    private func isWelcome(_ job: Int) -> Bool {
        workload.jobs[job].company.joins(running.lazy.map { workload.jobs[$0.job].company })
    }

    private func fits(_ job: Int) -> Bool {
        pool.admits(workload.jobs[job], beside: running.lazy.map { workload.jobs[$0.job] })
    }

    private mutating func begin(_ job: Int, on worker: Int) {
        let end = now + workload.jobs[job].estimate.total
        isBegun[job] = true
        buildsAhead.remove(job)
        running.append(Running(job: job, worker: worker, end: end))
        placements.append(Placement(job: workload.jobs[job].id, worker: worker, start: now, end: end))
    }
}
