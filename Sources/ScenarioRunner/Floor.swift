import Forecasts
import MemoryAdmission

/// The workers of a run: who does what, what is prepared, and what is waited for.
struct Floor {
    /// Work that starts now; a scenario whose gate is closed is only prepared.
    struct Start {
        let work: Schedule.Work
        let gate: StartGate
    }

    var schedule: Schedule
    /// Whether nothing further is to begin.
    var isClosing = false
    /// Whether somebody will look again soon.
    var isPausing = false
    /// Whether somebody has to look again soon, since memory comes free without a sign.
    private(set) var waitsForMemory = false

    private let plan: Plan
    private let mostStandby: Int
    private let memory: MemoryBook
    private let memoryRequest: (Plan.Entry) -> MemoryAdmission.Request
    private var workers: [Schedule.Work?]
    private var standby: [(number: Int, gate: StartGate)] = []
    private var times: WorkerTimes
    private let began = ContinuousClock.now

    init(
        plan: Plan,
        schedule: Schedule,
        parallel: Int,
        standby: Int,
        memory: MemoryBook,
        memoryRequest: @escaping (Plan.Entry) -> MemoryAdmission.Request
    ) {
        self.plan = plan
        self.schedule = schedule
        mostStandby = standby
        self.memory = memory
        self.memoryRequest = memoryRequest
        workers = Array(repeating: nil, count: max(1, parallel))
        times = WorkerTimes(workers: workers.count)
    }

    /// Gives free workers something to do, and prepares what comes next.
    mutating func advance() -> [Start] {
        waitsForMemory = false
        guard !isClosing else {
            for (_, gate) in standby { gate.abandon() }
            noteWaiting()
            return []
        }
        var starts: [Start] = []
        while let worker = workers.firstIndex(of: nil) {
            let next = schedule.next()
            // What is prepared begins at once, unless a checkpoint is missing for something that comes before it.
            if let (number, gate) = standby.first, next?.isCheckpoint != true {
                standby.removeFirst()
                occupy(worker, .scenario(number))
                gate.open()
            } else if let next, admits(next) {
                schedule.start(next)
                occupy(worker, next)
                starts.append(Start(work: next, gate: StartGate(isOpen: true)))
            } else {
                break
            }
        }
        while standby.count < mostStandby, let next = schedule.next(onlyScenarios: true),
            case .scenario(let number) = next,
            isWorthPreparing(number), admits(next)
        {
            schedule.start(next)
            let gate = StartGate(isOpen: false)
            standby.append((number, gate))
            starts.append(Start(work: next, gate: gate))
        }
        noteWaiting()
        return starts
    }

    /// Notes that work has ended, or was given up before its end.
    mutating func end(_ work: Schedule.Work, isComplete: Bool) {
        memory.end(id(of: work), isComplete: isComplete)
        if let worker = workers.firstIndex(of: work) { workers[worker] = nil }
        if case .scenario(let number) = work { standby.removeAll { $0.number == number } }
    }

    /// What the workers did from first to last.
    mutating func closedTimes() -> WorkerTimes {
        times.close(at: now)
        return times
    }

    // MARK: - Private

    private var now: Double { (ContinuousClock.now - began) / .seconds(1) }

    /// A scenario that fails with its checkpoint needs no machine.
    private func isWorthPreparing(_ number: Int) -> Bool {
        guard let start = plan.entries[number].start else { return true }
        return schedule.state(of: start) == .there
    }

    private func entry(of work: Schedule.Work) -> Plan.Entry? {
        switch work {
        case .scenario(let number): plan.entries[number]
        case .checkpoint(let id): plan.checkpoint(id)?.entry
        }
    }

    private func id(of work: Schedule.Work) -> String { entry(of: work).map(AttemptIdentity.first) ?? "" }

    /// Takes the memory for it, if there is enough.
    private mutating func admits(_ work: Schedule.Work) -> Bool {
        guard let entry = entry(of: work) else { return false }
        if memory.begin(AttemptIdentity.first(of: entry), memoryRequest(entry)) { return true }
        waitsForMemory = true
        return false
    }

    private mutating func occupy(_ worker: Int, _ work: Schedule.Work) {
        workers[worker] = work
        guard let entry = entry(of: work) else { return }
        times.note(
            work.isCheckpoint ? .checkpoint : .scenario,
            entry.pickle.name,
            attempt: AttemptIdentity.first(of: entry),
            worker: worker,
            at: now
        )
    }

    private mutating func noteWaiting() {
        let isAllBegun = schedule.ahead.isEmpty && !plan.wanted.contains { schedule.state(of: $0) == .missing }
        for worker in workers.indices where workers[worker] == nil {
            if waitsForMemory {
                times.note(.waitingForMemory, worker: worker, at: now)
            } else if isClosing || isAllBegun {
                times.note(.idle, worker: worker, at: now)
            } else {
                let titles = schedule.inMaking.compactMap { plan.checkpoint($0)?.title }
                times.note(.waitingForCheckpoint, titles.joined(separator: ", "), worker: worker, at: now)
            }
        }
    }
}

extension Schedule.Work {
    /// Whether it makes a checkpoint.
    var isCheckpoint: Bool { if case .checkpoint = self { true } else { false } }
}

/// How attempts are called in the record.
enum AttemptIdentity {
    /// The first attempt at a scenario.
    static func first(of entry: Plan.Entry) -> String { "attempt-\(entry.testCase.id)-0" }
}
