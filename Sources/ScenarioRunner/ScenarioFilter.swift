package import CucumberMessages
package import TagExpressions

/// Which scenarios of the chosen files run: those that all conditions on tags and names hold for.
package struct ScenarioFilter: Sendable {
    /// Expressions over tags, each of which must hold.
    package let tags: [TagExpression]
    /// A regular expression that must be found in the scenario's name.
    package let name: String?

    /// Makes a filter; without arguments it admits everything.
    ///
    /// - Throws: ``PlanError/badName(_:reason:)`` when the name is no regular expression.
    package init(tags: [TagExpression], name: String?) throws(PlanError) {
        if let name {
            do { _ = try Regex(name) } catch { throw .badName(name, reason: "\(error)") }
        }
        self.tags = tags
        self.name = name
    }

    /// Makes a filter that admits everything.
    package init() {
        tags = []
        name = nil
    }

    /// Whether a scenario runs.
    package func admits(_ pickle: Pickle) -> Bool {
        guard tags.allSatisfy({ $0.matches(pickle.tags.map(\.name)) }) else { return false }
        guard let name else { return true }
        // Read again, since a Regex can't cross tasks; that it can be read was checked at the beginning.
        guard let pattern = try? Regex(name) else { return false }
        return pickle.name.contains(pattern)
    }
}
