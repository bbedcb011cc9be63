extension Verdict {
    /// What several attempts at one scenario say together, or `nil` when there are none.
    ///
    /// It is the last one that speaks, but what any of them leaked stays leaked, and a pass that needed a second try is
    /// flaky. An attempt that was cut off, because the run was stopped, says nothing beside one that was not.
    package init?(joining attempts: [Verdict]) {
        let whole = attempts.filter { $0.isCutOff != true }
        guard let last = whole.last ?? attempts.last else { return nil }
        if let leaking = attempts.first(where: \.hasLeaked) {
            self = leaking
            return
        }
        guard last.outcome == .passed, let failure = whole.dropLast().last(where: { $0.outcome != .passed }) else {
            self = last
            return
        }
        self.init(
            outcome: .flaky,
            blame: failure.blame,
            reason: failure.reason,
            conditions: last.conditions
        )
        quarantine = last.quarantine
    }
}
