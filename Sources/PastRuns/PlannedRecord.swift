package import Reports
package import ScenarioRunner

extension RunRecord {
    /// The record of a run that has not begun.
    package init(of plan: Plan) {
        self.init()
        for envelope in plan.preamble { apply(envelope) }
        for entry in plan.entries { apply(.testCase(entry.testCase)) }
        for checkpoint in plan.checkpoints {
            for envelope in checkpoint.preamble { apply(envelope) }
            apply(.testCase(checkpoint.entry.testCase))
        }
    }

    /// Reads a whole record; lines that can't be read are noted as problems.
    ///
    /// - Throws: A `ReportError` when the file can't be read.
    package init(readFrom path: String) throws(ReportError) {
        var group = ReportGroup([])
        try group.receive(recordAt: path)
        try group.finish()
        self = group.run
    }
}

extension ScenarioKey {
    /// By what a scenario of a record is known again.
    package init(_ scenario: ScenarioResult) {
        self.init(uri: scenario.uri, name: scenario.name, example: scenario.place.example)
    }

    /// The scenarios of a plan and its checkpoints, by the identity of their test case.
    package static func keys(of plan: Plan) -> [String: ScenarioKey] {
        Dictionary(RunRecord(of: plan).scenarios.map { ($0.id, ScenarioKey($0)) }) { first, _ in first }
    }
}

extension Plan {
    /// The plan with only the scenarios that are named, in the order that they have.
    package func only(_ keys: Set<ScenarioKey>) -> Plan {
        let known = ScenarioKey.keys(of: self)
        return only { entry in known[entry.testCase.id].map(keys.contains) ?? false }
    }
}

extension RunRecord {
    /// The scenarios that did not pass, those that the run did not get to included, and those left out whose failure is
    /// excused.
    package var unpassed: [ScenarioKey] {
        scenarios.filter { scenario in
            switch scenario.outcome {
            case .passed, .flaky: false
            // One that a step skipped has been run.
            case .skipped: scenario.attempts.isEmpty && !scenario.makesCheckpoint
            default: !scenario.makesCheckpoint && !scenario.isExcused
            }
        }.map { ScenarioKey($0) }
    }
}
