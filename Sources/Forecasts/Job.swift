/// One piece of a run's work, done by one worker in one go: the build of a checkpoint, or a scenario.
package struct Job: Hashable, Sendable {
    /// What a job is for.
    package enum Kind: String, Codable, Hashable, Sendable {
        /// Reaches a state and keeps it.
        case checkpoint
        /// Proves something.
        case scenario
    }

    /// The job's identity among the jobs of its run.
    package let id: String
    /// What people call it: the scenario's name, also for a checkpoint.
    package let title: String
    /// What it is for.
    package let kind: Kind
    /// The identity of the checkpoint that it starts from, or `nil` when it starts from power-on.
    ///
    /// A checkpoint that no job of the run builds exists already.
    package let needs: String?
    /// How long it takes.
    package let estimate: Estimate
    /// The memory that it uses, in bytes.
    package let memory: Int
    /// Beside what it may run.
    package let company: Company

    /// Describes a job.
    package init(
        id: String,
        title: String,
        kind: Kind,
        needs: String? = nil,
        estimate: Estimate,
        memory: Int = 0,
        company: Company = Company()
    ) {
        self.id = id
        self.title = title
        self.kind = kind
        self.needs = needs
        self.estimate = estimate
        self.memory = memory
        self.company = company
    }
}

/// How long a job takes, phase by phase.
package struct Estimate: Hashable, Sendable {
    /// Until the machine is where the first step begins: a restore, or a start from power-on.
    package let restore: Duration
    /// The steps.
    package let steps: Duration
    /// Keeping what is to be kept, judging, and taking the world down.
    package let teardown: Duration
    /// Whether an earlier run measured this; otherwise it is a guess.
    package let isMeasured: Bool

    /// Creates an estimate; a negative duration counts as none, and one of decades as decades.
    package init(restore: Duration = .zero, steps: Duration, teardown: Duration = .zero, isMeasured: Bool = true) {
        self.restore = restore.limited
        self.steps = steps.limited
        self.teardown = teardown.limited
        self.isMeasured = isMeasured
    }

    /// The whole job.
    package var total: Duration { restore + steps + teardown }
}

/// What jobs run on.
package struct WorkerPool: Hashable, Sendable {
    /// How many jobs run side by side; at least one.
    package let count: Int
    /// The memory that jobs may use together, in bytes, or `nil` when it sets no limit.
    package let memory: Int?
    /// How many jobs the processors of the host suffice for, or `nil` when they set no limit.
    package let guests: Int?

    /// Describes a pool.
    package init(count: Int, memory: Int? = nil, guests: Int? = nil) {
        self.count = max(1, count)
        self.memory = memory
        self.guests = guests
    }

    func with(_ count: Int) -> WorkerPool { WorkerPool(count: count, memory: memory, guests: guests) }

    /// Whether a job may join those that run.
    ///
    /// One always runs, or a run could never go on.
    func admits(_ job: Job, beside running: some Sequence<Job>) -> Bool {
        var used = 0
        var count = 0
        for other in running {
            used += other.memory
            count += 1
        }
        if count == 0 { return true }
        if let guests, count >= guests { return false }
        return memory.map { used + job.memory <= $0 } ?? true
    }
}

extension Duration {
    /// The duration, if it is one that a run can have: what comes out of a damaged file must not overflow a sum.
    var limited: Duration { min(max(.zero, self), .seconds(1_000_000_000)) }
}
