import Diagnostics
import StepDefinitions
import Verdicts

extension Verdict {
    /// Weighs everything that was seen of one attempt.
    ///
    /// A broken condition (a leak) outranks a failed step, since it may well be what made the step fail. A failure
    /// of the system under test outranks missing evidence. Missing evidence outranks a pass.
    init(
        stepFailure: (any Error)?,
        interruption: (any Error)?,
        worldFailure: (any Error)?,
        conditions: [ConditionReport]
    ) {
        func text(_ report: ConditionReport) -> String {
            ([report.summary] + report.details.map { "  \($0)" }).joined(separator: "\n")
        }
        let stepError = interruption ?? stepFailure
        if let broken = conditions.first(where: { $0.state == .broken }) {
            let reason = interruption.map(describe) ?? text(broken)
            self.init(outcome: .failed, blame: .systemUnderTest, reason: reason, conditions: conditions)
            return
        }
        if let error = stepError, !(error is StepSignal) {
            let blame = responsible(for: error)
            if blame == .systemUnderTest || blame == .testAuthor {
                self.init(outcome: .failed, blame: blame, reason: describe(error), conditions: conditions)
                return
            }
        }
        if let error = worldFailure ?? stepError.flatMap({ $0 is StepSignal ? nil : $0 }) {
            let blame = responsible(for: error)
            let outcome: Outcome = blame == .host || blame == .harness ? .inconclusive : .failed
            self.init(outcome: outcome, blame: blame, reason: describe(error), conditions: conditions)
            return
        }
        if let unproven = conditions.first(where: { $0.state == .unproven }) {
            self.init(outcome: .inconclusive, blame: .host, reason: text(unproven), conditions: conditions)
            return
        }
        switch stepError as? StepSignal {
        case .pending(let reason)?:
            self.init(outcome: .pending, blame: .testAuthor, reason: reason, conditions: conditions)
        case .skipped(let reason)?: self.init(outcome: .skipped, reason: reason, conditions: conditions)
        case nil: self.init(outcome: .passed, conditions: conditions)
        }
    }
}

/// Who has to act on an error; an error that does not say is the fault of the step that let it out.
private func responsible(for error: any Error) -> Blame {
    if error is CancellationError { return .host }
    return (error as? any ExplainedError)?.blame ?? .testAuthor
}
