import Diagnostics
import StepDefinitions
package import Verdicts

extension Verdict {
    /// Weighs everything that was seen of one attempt.
    ///
    /// A broken condition (a leak) outranks a failed step, since it may well be what made the step fail. A failure
    /// of the system under test outranks missing evidence. Missing evidence outranks a pass.
    ///
    /// What was not as expected in steps that went on is weighed as if a step had failed of it.
    ///
    /// An error that does not say who has to act is the step's fault when a step let it out, else the harness's.
    package init(
        stepFailure: (any Error)?,
        softFailures: [any Error] = [],
        interruption: (any Error)?,
        worldFailure: (any Error)?,
        conditions: [ConditionReport]
    ) {
        let signal = interruption == nil && softFailures.isEmpty ? stepFailure as? StepSignal : nil
        let hard =
            interruption.map { Fault($0, otherwise: .harness) }
            ?? (stepFailure is StepSignal ? nil : stepFailure.map { Fault($0, otherwise: .testAuthor) })
        let soft = softFailures.isEmpty ? nil : Fault(SoftFailures(softFailures), otherwise: .testAuthor)
        let ofStep = hard.map { $0.besides(soft) } ?? soft
        let ofWorld = worldFailure.map { Fault($0, otherwise: .harness) }

        if let broken = conditions.first(where: { $0.state == .broken }) {
            // The leak that interrupted the scenario says it best; an error of another kind is told as well.
            let leak = interruption == nil ? nil : ofStep.flatMap { $0.blame == .systemUnderTest ? $0.text : nil }
            let other = leak == nil ? ofWorld ?? ofStep : nil
            let told = leak.map { broken.completing($0) } ?? broken.text
            let reason = [told] + (other.map { ["Besides: \($0.text)"] } ?? [])
            self.init(.failed, .systemUnderTest, reason.joined(separator: "\n"), conditions)
        } else if let gap = stepFailure as? DefinitionGap, hard != nil, interruption == nil {
            self.init(gap.outcome, .testAuthor, ofStep?.text, conditions)
        } else if let fault = ofStep, fault.isFailure {
            self.init(.failed, fault.blame, fault.text, conditions)
        } else if let fault = ofWorld ?? ofStep {
            self.init(fault.isFailure ? .failed : .inconclusive, fault.blame, fault.text, conditions)
        } else if let unproven = conditions.first(where: { $0.state == .unproven }) {
            self.init(.inconclusive, .host, unproven.text, conditions)
        } else {
            switch signal {
            case .pending(let reason)?: self.init(.pending, .testAuthor, reason, conditions)
            case .skipped(let reason)?: self.init(.skipped, nil, reason, conditions)
            case nil: self.init(.passed, nil, nil, conditions)
            }
        }
    }

    private init(_ outcome: Outcome, _ blame: Blame?, _ reason: String?, _ conditions: [ConditionReport]) {
        self.init(outcome: outcome, blame: blame, reason: reason, conditions: conditions)
    }
}

/// An error together with who has to act on it.
private struct Fault {
    let text: String
    let blame: Blame

    init(_ error: any Error, otherwise blame: Blame) {
        text = describe(error)
        self.blame = error is CancellationError ? .host : (error as? any ExplainedError)?.blame ?? blame
    }

    private init(text: String, blame: Blame) {
        self.text = text
        self.blame = blame
    }

    /// The same fault, told together with another one that goes first when it says more of the system.
    func besides(_ other: Fault?) -> Fault {
        guard let other else { return self }
        let rank: [Blame] = [.systemUnderTest, .testAuthor, .harness, .host]
        let isFirst = (rank.firstIndex(of: blame) ?? 0) <= (rank.firstIndex(of: other.blame) ?? 0)
        let (leading, following) = isFirst ? (self, other) : (other, self)
        return Fault(text: "\(leading.text)\nBesides: \(following.text)", blame: leading.blame)
    }

    /// Whether it says something of the system under test or of the suite, rather than of the way they are run.
    var isFailure: Bool { blame == .systemUnderTest || blame == .testAuthor }
}

extension ConditionReport {
    /// The summary with its details indented below it.
    var text: String { ([summary] + details.map { "  \($0)" }).joined(separator: "\n") }

    /// The text of the error that told of the breach first, completed by what the report, which was made last, knows more.
    func completing(_ error: String) -> String {
        let lines = error.split(separator: "\n", omittingEmptySubsequences: false)
        let context = lines.dropFirst().filter { $0.hasPrefix("  ") }.map { String($0.dropFirst(2)) }
        // Only where it says all that the error says.
        guard lines.first.map(String.init) == summary, !context.isEmpty, context.allSatisfy(details.contains) else {
            return error
        }
        let hint = lines.last.flatMap { $0.hasPrefix("Hint: ") ? "\n\($0)" : nil } ?? ""
        return text + hint
    }
}
