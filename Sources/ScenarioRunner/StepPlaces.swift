import CucumberMessages

/// Where steps and tags stand; each file is gone through once, when something of it is asked for.
struct StepPlaces {
    private var lines: [String: [String: Int]] = [:]

    /// The file and line of a step.
    mutating func place(of step: PickleStep, in pickle: Pickle, _ suite: Suite) -> String {
        place(of: step.astNodeIds, in: pickle, suite)
    }

    /// The file and line of a tag.
    mutating func place(of tag: PickleTag, in pickle: Pickle, _ suite: Suite) -> String {
        place(of: [tag.astNodeId], in: pickle, suite)
    }

    private mutating func place(of nodes: [String], in pickle: Pickle, _ suite: Suite) -> String {
        if lines[pickle.uri] == nil { lines[pickle.uri] = suite.documents[pickle.uri].map(Self.lines) ?? [:] }
        let known = lines[pickle.uri] ?? [:]
        let line = nodes.lazy.compactMap { known[$0] }.first ?? pickle.location?.line
        return line.map { "\(pickle.uri):\($0)" } ?? pickle.uri
    }

    private static func lines(of document: GherkinDocument) -> [String: Int] {
        var lines: [String: Int] = [:]
        func add(_ tags: [Tag]?) {
            for tag in tags ?? [] { lines[tag.id] = tag.location.line }
        }
        func add(_ steps: [Step]?) {
            for step in steps ?? [] { lines[step.id] = step.location.line }
        }
        func add(_ scenario: Scenario?) {
            add(scenario?.tags)
            add(scenario?.steps)
            for examples in scenario?.examples ?? [] { add(examples.tags) }
        }
        add(document.feature?.tags)
        for child in document.feature?.children ?? [] {
            add(child.background?.steps)
            add(child.scenario)
            add(child.rule?.tags)
            for child in child.rule?.children ?? [] {
                add(child.background?.steps)
                add(child.scenario)
            }
        }
        return lines
    }
}
