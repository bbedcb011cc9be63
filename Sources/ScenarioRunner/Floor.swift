import Forecasts
import MemoryAdmission

/// The workers of a run: who does what, what is prepared, and what is waited for.
struct Floor {
    /// Work that starts now; a scenario whose gate is closed is only prepared.
    struct Start {
        let work: Schedule.Work
        let attempt: AttemptIdentity
        let gate: StartGate
    }

    /// How far a run goes on.
    enum Course {
        case open
        /// Nothing further begins but what the record promises.
        case closing
        /// Nothing further begins.
        case stopped
    }

    /// What all that runs may use together.
    struct Budget {
        let memory: MemoryBook
        let memoryRequest: (Plan.Entry) -> MemoryAdmission.Request
        /// How many processors all guests together may have; absent when nobody counts.
        var processors: Int?
        /// How many processors one guest has.
        var processorsOfGuest = 1
    }

    var schedule: Schedule
    var book: AttemptBook
    var course = Course.open
    /// Whether somebody will look again soon.
    var isPausing = false
    /// Whether somebody has to look again soon, since memory comes free without a sign.
    private(set) var waitsForMemory = false
    /// Why fewer scenarios run than there are workers, when that was first seen.
    private var reason: String?
    private var isReasonTold = false
    private var waitsForTurn = false

    private let plan: Plan
    private let mostStandby: Int
    private let budget: Budget
    private var workers: [Schedule.Work?]
    private var standby: [(number: Int, gate: StartGate)] = []
    private var times: WorkerTimes
    private let began = ContinuousClock.now

    init(plan: Plan, schedule: Schedule, book: AttemptBook, parallel: Int, standby: Int, budget: Budget) {
        self.plan = plan
        self.schedule = schedule
        self.book = book
        self.budget = budget
        mostStandby = standby
        workers = Array(repeating: nil, count: max(1, parallel))
        times = WorkerTimes(workers: workers.count)
    }

    /// Gives free workers something to do, and prepares what comes next.
    mutating func advance() -> [Start] {
        waitsForMemory = false
        waitsForTurn = false
        if course != .open {
            for (_, gate) in standby { gate.abandon() }
        }
        var starts: [Start] = []
        while course != .stopped, let worker = workers.firstIndex(of: nil) {
            let next = next(course == .open ? .anything : .promised)
            // What is prepared begins at once, unless a checkpoint is missing for something that comes before it.
            if course == .open, let (number, gate) = standby.first, next?.isCheckpoint != true {
                standby.removeFirst()
                occupy(worker, .scenario(number))
                gate.open()
            } else if let next, admits(next) {
                schedule.start(next)
                occupy(worker, next)
                starts.append(start(next, StartGate(isOpen: true)))
            } else {
                break
            }
        }
        while course == .open, standby.count < mostStandby, let work = next(.scenarios),
            case .scenario(let number) = work,
            isWorthPreparing(number), admits(work)
        {
            schedule.start(work)
            let gate = StartGate(isOpen: false)
            standby.append((number, gate))
            starts.append(start(work, gate))
        }
        noteWaiting()
        return starts
    }

    /// Notes that work has ended, or was given up before its end.
    mutating func end(_ work: Schedule.Work, isComplete: Bool) {
        budget.memory.end(attempt(at: work)?.id ?? "", isComplete: isComplete)
        if let worker = workers.firstIndex(of: work) { workers[worker] = nil }
        if case .scenario(let number) = work { standby.removeAll { $0.number == number } }
    }

    /// How often what starts may be tried again.
    func retriesLeft(after start: Start) -> Int {
        entry(of: start.work).map { max(0, book.retriesLeft(after: $0)) } ?? 0
    }

    /// Why fewer scenarios run than there are workers, the first time that it is so.
    mutating func untoldReason() -> String? {
        guard !isReasonTold, let reason else { return nil }
        isReasonTold = true
        return reason
    }

    /// What the workers did from first to last.
    mutating func closedTimes() -> WorkerTimes {
        times.close(at: now)
        return times
    }

    // MARK: - Private

    private var now: Double { (ContinuousClock.now - began) / .seconds(1) }

    /// What runs or is prepared.
    private var busy: [Schedule.Work] { workers.compactMap(\.self) + standby.map { .scenario($0.number) } }

    private mutating func next(_ choice: Schedule.Choice) -> Schedule.Work? {
        let companies = busy.compactMap { entry(of: $0)?.terms.company }
        var isAnyUnwelcome = false
        let work = schedule.next(choice) { work in
            guard let company = entry(of: work)?.terms.company, !company.joins(companies) else { return true }
            isAnyUnwelcome = true
            return false
        }
        if work == nil, isAnyUnwelcome { waitsForTurn = true }
        return work
    }

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

    private func attempt(at work: Schedule.Work) -> AttemptIdentity? { entry(of: work).map { book.next(at: $0) } }

    private func start(_ work: Schedule.Work, _ gate: StartGate) -> Start {
        // The schedule has nothing but what is in the plan.
        guard let attempt = attempt(at: work) else { preconditionFailure("work that is not in the plan") }
        return Start(work: work, attempt: attempt, gate: gate)
    }

    /// Takes processors and memory for it, if there are enough.
    private mutating func admits(_ work: Schedule.Work) -> Bool {
        guard let entry = entry(of: work) else { return false }
        let running = busy.count
        if let limit = budget.processors, running > 0, (running + 1) * budget.processorsOfGuest > limit {
            waitsForTurn = true
            note(reason: ", since more guests would need more than \(limit) processors.", running)
            return false
        }
        guard let refusal = budget.memory.begin(book.next(at: entry).id, budget.memoryRequest(entry)) else {
            return true
        }
        note(reason: ". \(refusal.text)", running)
        waitsForMemory = true
        return false
    }

    private mutating func note(reason text: String, _ running: Int) {
        reason = reason ?? "\(running) of \(workers.count) workers are busy\(text)"
    }

    private mutating func occupy(_ worker: Int, _ work: Schedule.Work) {
        workers[worker] = work
        guard let entry = entry(of: work) else { return }
        times.note(
            work.isCheckpoint ? .checkpoint : .scenario,
            entry.pickle.name,
            attempt: book.next(at: entry).id,
            worker: worker,
            at: now
        )
    }

    private mutating func noteWaiting() {
        let isAllBegun = schedule.ahead.isEmpty && !plan.wanted.contains { schedule.state(of: $0) == .missing }
        for worker in workers.indices where workers[worker] == nil {
            if waitsForMemory {
                times.note(.waitingForMemory, worker: worker, at: now)
            } else if course != .open || isAllBegun {
                times.note(.idle, worker: worker, at: now)
            } else if waitsForTurn {
                times.note(.waitingForTurn, worker: worker, at: now)
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
