import Forecasts
import Verdicts

/// What the scenarios and checkpoints of a run have come to so far.
struct Tally {
    /// How many scenarios did not pass, as far as they count.
    private(set) var failures = 0

    private let plan: Plan
    private let failOnFlaky: Bool
    private var scenarios: [[Verdict]]
    private var checkpoints: [String: [Verdict]] = [:]

    /// Begins with what a run had come to when it was stopped.
    init(plan: Plan, book: AttemptBook, earlier: EarlierAttempts?, failOnFlaky: Bool) {
        self.plan = plan
        self.failOnFlaky = failOnFlaky
        scenarios = plan.entries.map { earlier?.verdicts[$0.testCase.id] ?? [] }
        for checkpoint in plan.checkpoints {
            checkpoints[checkpoint.id] = earlier?.verdicts[checkpoint.entry.testCase.id]
        }
        for entry in plan.entries where earlier?.settled.contains(entry.testCase.id) == true {
            if let verdict = book.verdict(on: entry), isFailure(verdict) { failures += 1 }
        }
    }

    mutating func note(scenario number: Int, _ verdict: Verdict, willBeRetried: Bool) {
        scenarios[number].append(verdict)
        if !willBeRetried, let joined = Verdict(joining: scenarios[number]), isFailure(joined) { failures += 1 }
    }

    /// Notes what the making of a checkpoint came to, and what its scenario did, if it ran.
    mutating func note(checkpoint id: String, _ state: Schedule.State, _ verdict: Verdict?) {
        if let verdict { checkpoints[id, default: []].append(verdict) }
        if case .failed(let failure) = state, failure != verdict { checkpoints[id] = [failure] }
    }

    /// What it all comes to.
    func outcome<Worker>(_ times: WorkerTimes) -> Coordinator<Worker>.Outcome {
        Coordinator<Worker>.Outcome(
            scenarios: scenarios.map { Verdict(joining: $0) },
            checkpoints: plan.checkpoints.compactMap { checkpoints[$0.id].flatMap { Verdict(joining: $0) } },
            times: times
        )
    }

    private func isFailure(_ verdict: Verdict) -> Bool {
        switch verdict.outcome {
        case .passed, .skipped: false
        case .flaky: failOnFlaky
        case .failed, .inconclusive, .pending, .undefined, .ambiguous: verdict.counts
        }
    }
}
