import CucumberMessages

/// Where everything stands in the feature files, without the syntax trees.
package struct SuiteOutline: Sendable {
    /// Where a scenario stands.
    package struct Place: Hashable, Sendable {
        /// The feature's name, or its path when it has none.
        package var feature: String
        /// The rule's name.
        package var rule: String?
        /// The number of the row of the outline, from 1 over all tables of the outline.
        package var example: Int?
        /// The line of the scenario or row.
        package var line: Int?
    }

    /// A step as its feature file has it.
    package struct WrittenStep: Hashable, Sendable {
        /// The keyword, without the blank behind it.
        package var keyword: String
        /// The line.
        package var line: Int
    }

    private struct FeatureEntry {
        var name: String
        var description: String
    }

    private var features: [String: FeatureEntry] = [:]
    private var scenarios: [String: (rule: String?, line: Int)] = [:]
    private var rows: [String: (example: Int, line: Int)] = [:]
    private var steps: [String: WrittenStep] = [:]

    mutating func add(_ document: GherkinDocument) {
        guard let feature = document.feature else { return }
        let uri = document.uri ?? ""
        features[uri] = FeatureEntry(name: feature.name.isEmpty ? uri : feature.name, description: feature.description)
        for child in feature.children {
            add(child.background?.steps)
            add(child.scenario, rule: nil)
            for ruleChild in child.rule?.children ?? [] {
                add(ruleChild.background?.steps)
                add(ruleChild.scenario, rule: child.rule?.name)
            }
        }
    }

    func place(of pickle: Pickle) -> Place {
        let scenario = pickle.astNodeIds.lazy.compactMap { scenarios[$0] }.first
        let row = pickle.astNodeIds.lazy.compactMap { rows[$0] }.first
        return Place(
            feature: features[pickle.uri]?.name ?? pickle.uri,
            rule: scenario?.rule,
            example: row?.example,
            line: row?.line ?? scenario?.line
        )
    }

    func step(_ nodeIDs: [String]) -> WrittenStep? { nodeIDs.lazy.compactMap { steps[$0] }.first }

    func group(_ scenarios: [ScenarioResult]) -> [FeatureResult] {
        var results: [FeatureResult] = []
        var index: [String: Int] = [:]
        for scenario in scenarios {
            let feature = index[scenario.uri] ?? results.count
            if feature == results.count {
                index[scenario.uri] = feature
                let entry = features[scenario.uri]
                let name = entry?.name ?? scenario.uri
                results.append(
                    FeatureResult(uri: scenario.uri, name: name, description: entry?.description ?? "", groups: [])
                )
            }
            if let last = results[feature].groups.indices.last,
                results[feature].groups[last].rule == scenario.place.rule
            {
                results[feature].groups[last].scenarios.append(scenario)
            } else {
                results[feature].groups.append(.init(rule: scenario.place.rule, scenarios: [scenario]))
            }
        }
        return results
    }

    private mutating func add(_ scenario: Scenario?, rule: String?) {
        guard let scenario else { return }
        scenarios[scenario.id] = (rule, scenario.location.line)
        add(scenario.steps)
        for (number, row) in scenario.examples.flatMap(\.tableBody).enumerated() {
            rows[row.id] = (number + 1, row.location.line)
        }
    }

    private mutating func add(_ steps: [Step]?) {
        for step in steps ?? [] {
            let keyword = step.keyword.trimming(while: { $0 == " " })
            self.steps[step.id] = WrittenStep(keyword: keyword, line: step.location.line)
        }
    }
}

extension String {
    func trimming(while condition: (Character) -> Bool) -> String {
        var rest = self[...].drop(while: condition)
        while let last = rest.last, condition(last) { rest.removeLast() }
        return String(rest)
    }
}
