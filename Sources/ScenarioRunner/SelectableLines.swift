package import CucumberMessages

/// The lines of a feature file by which a scenario can be asked for.
///
/// They are those of its feature and rule, of the backgrounds that it begins with, of its own header, steps and
/// tags, and, for a row of an outline, of the row and of the table that it stands in.
package struct SelectableLines: Sendable {
    /// The lines, from 1.
    package let lines: Set<Int>

    /// Collects the lines of a scenario.
    package init(of pickle: Pickle, in document: GherkinDocument) {
        var lines: Set<Int> = []
        if let line = pickle.location?.line { lines.insert(line) }
        if let feature = document.feature {
            lines.insert(feature.location.line)
            let nodes = Set(pickle.astNodeIds)
            for background in feature.children.compactMap(\.background) {
                lines.formUnion(Self.lines(of: background))
            }
            for child in feature.children {
                if let scenario = child.scenario, nodes.contains(scenario.id) {
                    lines.formUnion(Self.lines(of: scenario, nodes: nodes))
                }
                guard let rule = child.rule else { continue }
                for scenario in rule.children.compactMap(\.scenario) where nodes.contains(scenario.id) {
                    lines.insert(rule.location.line)
                    for background in rule.children.compactMap(\.background) {
                        lines.formUnion(Self.lines(of: background))
                    }
                    lines.formUnion(Self.lines(of: scenario, nodes: nodes))
                }
            }
        }
        self.lines = lines
    }

    private static func lines(of background: Background) -> [Int] {
        [background.location.line] + background.steps.map(\.location.line)
    }

    private static func lines(of scenario: Scenario, nodes: Set<String>) -> Set<Int> {
        var lines = Set(scenario.steps.map(\.location.line) + scenario.tags.map(\.location.line))
        lines.insert(scenario.location.line)
        for examples in scenario.examples where examples.tableBody.contains(where: { nodes.contains($0.id) }) {
            lines.insert(examples.location.line)
            lines.formUnion(examples.tags.map(\.location.line))
            if let header = examples.tableHeader { lines.insert(header.location.line) }
        }
        return lines
    }
}
