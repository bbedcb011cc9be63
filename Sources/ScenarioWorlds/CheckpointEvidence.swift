package import Verdicts

/// What was proved while a checkpoint was made, which belongs to every scenario that starts from it.
package struct CheckpointEvidence: Codable, Hashable, Sendable {
    /// The title of the checkpoint.
    package let title: String
    /// What became of the conditions that had to hold throughout, such as “no traffic outside the Tor path”.
    package let conditions: [ConditionReport]
    /// The digest of the policy that its traffic was judged by; `nil` where there is none.
    package let policy: String?

    /// Keeps what was proved.
    package init(title: String, conditions: [ConditionReport], policy: String? = nil) {
        (self.title, self.conditions, self.policy) = (title, conditions, policy)
    }
}

extension ConditionReport {
    /// The condition of a scenario together with the same condition of the checkpoints that it goes on from.
    ///
    /// What was broken before stays broken, and what nobody proved then is not proved now.
    ///
    /// `evidence` tells of the checkpoints, the first one first; it is `nil` when nothing is known of them.
    package func continuing(_ evidence: [CheckpointEvidence]?) -> ConditionReport {
        guard let evidence, !evidence.isEmpty else {
            return worsened(to: .unproven, "Nothing is known of \(name) while its checkpoint was made.", [])
        }
        var report = self
        for checkpoint in evidence {
            let title = "checkpoint “\(checkpoint.title)”"
            guard let before = checkpoint.conditions.first(where: { $0.name == name }) else {
                report = report.worsened(to: .unproven, "The \(title) has no verdict on \(name).", [])
                continue
            }
            let policy = checkpoint.policy.map { "; policy \($0.prefix(12))" } ?? ""
            let line = "before: \(title): \(before.word); \(before.details.first ?? before.summary)\(policy)"
            switch before.state {
            case .held: report = report.with(details: report.details + [line])
            case .unproven: report = report.worsened(to: .unproven, "The \(title) proves nothing of \(name).", [line])
            case .broken, .brokenAsExpected:
                report = report.worsened(to: .broken, "The \(title) was made though \(name) was broken.", [line])
            }
        }
        return report
    }

    private func with(details: [String]) -> ConditionReport {
        ConditionReport(name: name, state: state, word: word, summary: summary, details: details)
    }

    /// The report with a worse state, unless its own is as bad.
    private func worsened(to worse: State, _ summary: String, _ lines: [String]) -> ConditionReport {
        let isAsBad = state == .broken || state == worse
        return ConditionReport(
            name: name,
            state: isAsBad ? state : worse,
            word: isAsBad ? word : worse == .broken ? "leaked" : "inconclusive",
            summary: isAsBad ? self.summary : summary,
            details: (isAsBad ? details + [summary] : [self.summary] + details) + lines
        )
    }
}
