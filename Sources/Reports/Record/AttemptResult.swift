package import CucumberMessages
import Diagnostics
package import Verdicts

/// One attempt to run a scenario.
package struct AttemptResult: Sendable {
    /// Unique in the record.
    package let id: String
    /// The number of the attempt, from 0.
    package let number: Int
    /// The worker that ran it.
    package let workerID: String?
    /// When it began.
    package let startedAt: Timestamp
    /// When it ended; absent while it goes on, and when it was cut off.
    package private(set) var finishedAt: Timestamp?
    /// Whether another attempt follows.
    package private(set) var willBeRetried = false
    /// Hooks and steps in the order in which they run.
    package private(set) var steps: [StepResult]
    /// What was kept outside the steps.
    package private(set) var attachments: [KeptAttachment] = []
    /// What was logged outside the steps.
    package private(set) var log = LogLines()
    /// The latest line that was logged, in or outside a step.
    package private(set) var lastLogLine: String?
    /// What the attempt says of the system under test; absent while it goes on.
    package private(set) var verdict: Verdict?

    private var claimed: Verdict?
    private var stepIndex: [String: Int]
    private var lastSeenAt: Timestamp

    init(_ started: TestCaseStarted, steps: [StepResult]) {
        id = started.id
        number = started.attempt
        workerID = started.workerId
        startedAt = started.timestamp
        lastSeenAt = started.timestamp
        self.steps = steps
        stepIndex = Dictionary(zip(steps.map(\.id), steps.indices), uniquingKeysWith: { first, _ in first })
    }

    /// How long it took, or has taken until the last message about it.
    package var duration: Duration { (finishedAt ?? lastSeenAt).since(startedAt) }

    /// Whether it came to its own end, and was not cut off because the run was stopped.
    package var isWhole: Bool { finishedAt != nil && verdict?.isCutOff != true }

    /// The step that is going on.
    package var runningStep: StepResult? { steps.last { $0.isRunning } }

    /// The first step that did not pass.
    package var failedStep: StepResult? {
        steps.first { $0.status.map { $0 != .passed && $0 != .skipped } ?? false }
    }

    /// What was kept in the steps and outside them.
    package var allAttachments: [KeptAttachment] { steps.flatMap(\.attachments) + attachments }

    /// The verdict, or what is known of it before the attempt has ended.
    var settledOrClaimed: Verdict? { verdict ?? claimed }
}

// MARK: - Applying messages

extension AttemptResult {
    mutating func begin(_ started: TestStepStarted) {
        lastSeenAt = max(lastSeenAt, started.timestamp)
        guard let index = stepIndex[started.testStepId] else { return }
        steps[index].begin(at: started.timestamp)
    }

    mutating func finish(_ finished: TestStepFinished) {
        lastSeenAt = max(lastSeenAt, finished.timestamp)
        guard let index = stepIndex[finished.testStepId] else { return }
        steps[index].finish(with: finished.testStepResult)
    }

    mutating func finish(_ finished: TestCaseFinished) {
        finishedAt = finished.timestamp
        willBeRetried = finished.willBeRetried
        settle()
    }

    /// Takes in a verdict, or the news that one can't be read.
    ///
    /// A later verdict never betters an earlier one.
    mutating func claim(_ verdict: Verdict?) {
        if let claimed, claimed.outcome != .passed { return }
        claimed = verdict ?? Verdict(outcome: .inconclusive, blame: .harness, reason: "The verdict can't be read.")
    }

    mutating func add(_ attachment: KeptAttachment, step: String?, limit: Int) {
        if let timestamp = attachment.timestamp { lastSeenAt = max(lastSeenAt, timestamp) }
        if let index = step.flatMap({ stepIndex[$0] }) {
            steps[index].add(attachment, limit: limit)
        } else if attachments.count < limit {
            attachments.append(attachment)
        }
    }

    mutating func log(_ line: String?, step: String?) {
        lastLogLine = line ?? lastLogLine
        if let index = step.flatMap({ stepIndex[$0] }) {
            steps[index].add(logLine: line)
        } else {
            log.add(line)
        }
    }

    mutating func forgetRetry() { willBeRetried = false }
}

// MARK: - Verdict

extension AttemptResult {
    /// Decides the verdict: the one in the record, unless the rest of the record contradicts it.
    ///
    /// Fails closed: without a verdict nothing has passed.
    mutating func settle() {
        guard verdict == nil else { return }
        verdict = judged()
    }

    private func judged() -> Verdict {
        guard let claimed else { return finishedAt == nil ? cutOff() : inferred() }
        guard claimed.outcome == .passed || claimed.outcome == .flaky else { return claimed }
        if finishedAt == nil { return cutOff(conditions: claimed.conditions) }

        if let condition = claimed.conditions.first(where: { $0.state == .broken || $0.state == .unproven }) {
            return contradiction("\(condition.name) is \(condition.word)", claimed)
        }
        // An anti-test passes because something broke, which may well have ended one of its steps.
        let mayFail = claimed.conditions.contains { $0.state == .brokenAsExpected }
        if !mayFail, let step = failedStep {
            return contradiction("a step is \(step.status?.rawValue.lowercased() ?? "open")", claimed)
        }
        return claimed
    }

    private func contradiction(_ what: String, _ claimed: Verdict) -> Verdict {
        Verdict(
            outcome: .inconclusive,
            blame: .harness,
            reason: "The record says that the scenario passed, and also that \(what).",
            conditions: claimed.conditions
        )
    }

    private func cutOff(conditions: [ConditionReport] = []) -> Verdict {
        Verdict(
            outcome: .inconclusive,
            blame: .host,
            reason: "The run ended here, before the scenario did.",
            conditions: conditions
        )
    }

    private func inferred() -> Verdict {
        guard let step = failedStep else {
            return Verdict(
                outcome: .inconclusive,
                blame: .harness,
                reason: "The record holds no verdict on this attempt, so that nothing is known of its conditions."
            )
        }
        let outcome: Outcome =
            switch step.status {
            case .pending: .pending
            case .undefined: .undefined
            case .ambiguous: .ambiguous
            default: .failed
            }
        return Verdict(outcome: outcome, reason: step.message)
    }
}
