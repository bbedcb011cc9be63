import CucumberMessages
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

    /// Whether scenarios run, to be asked of many of them.
    func matcher() -> (Pickle) -> Bool {
        // Read again, since a Regex can't cross tasks; that it can be read was checked at the beginning.
        let pattern = name.flatMap { try? Regex($0) }
        return { pickle in
            if !tags.isEmpty {
                let names = pickle.tags.map(\.name)
                guard tags.allSatisfy({ $0.matches(names) }) else { return false }
            }
            guard name != nil else { return true }
            return pattern.map { pickle.name.contains($0) } ?? false
        }
    }
}
