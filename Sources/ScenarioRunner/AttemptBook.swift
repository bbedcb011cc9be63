package import Verdicts

/// How an attempt is called in the record.
struct AttemptIdentity: Hashable, Sendable {
    /// The number among the attempts at one scenario, from 0.
    let number: Int
    /// Unique in the record.
    let id: String

    init(_ entry: Plan.Entry, number: Int) {
        self.number = number
        id = "attempt-\(entry.testCase.id)-\(number)"
    }
}

/// Which attempts were made at scenarios and checkpoints, also before the run was resumed, and what they came to.
struct AttemptBook: Sendable {
    private var begun: [String: Int]
    private var verdicts: [String: [Verdict]]

    init(_ earlier: EarlierAttempts?) {
        begun = earlier?.begun ?? [:]
        verdicts = earlier?.verdicts ?? [:]
    }

    /// The next attempt at a scenario, which has not begun.
    func next(at entry: Plan.Entry) -> AttemptIdentity {
        AttemptIdentity(entry, number: begun[entry.testCase.id] ?? 0)
    }

    /// How often a scenario may be tried again after the attempt that comes next.
    func retriesLeft(after entry: Plan.Entry) -> Int {
        // What was cut off was no try.
        entry.terms.retries - (verdicts[entry.testCase.id] ?? []).count { $0.isCutOff != true }
    }

    /// Notes an attempt that is in the record.
    mutating func note(_ verdict: Verdict, of entry: Plan.Entry) {
        begun[entry.testCase.id, default: 0] += 1
        verdicts[entry.testCase.id, default: []].append(verdict)
    }

    /// What all attempts at a scenario say together.
    func verdict(on entry: Plan.Entry) -> Verdict? { verdicts[entry.testCase.id].flatMap { Verdict(joining: $0) } }
}

/// What a run had come to when it was stopped, by its record.
package struct EarlierAttempts: Sendable, Equatable {
    /// How many attempts began, by test case.
    package var begun: [String: Int] = [:]
    /// What those that ended came to, by test case, in order.
    package var verdicts: [String: [Verdict]] = [:]
    /// The test cases that need no further attempt.
    package var settled: Set<String> = []
    /// The attempts that began and never ended.
    package var open: [String] = []
    /// The test cases that are in the record, begun or not.
    package var recorded: Set<String> = []
    /// Whether the run came to an end in order, though not to the end of its plan.
    package var hasEnded = false

    /// Knows of nothing.
    package init() {}
}
