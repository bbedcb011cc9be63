/// What became of a condition that had to hold throughout a scenario, such as "no traffic outside the Tor path".
package struct ConditionReport: Codable, Hashable, Sendable {
    /// What the evidence says of a condition.
    package enum State: String, Codable, Hashable, Sendable {
        /// It held, and the evidence is complete.
        case held
        /// It was broken, and the scenario says that it must be: an anti-test, which proves that the detector fires.
        case brokenAsExpected = "broken-as-expected"
        /// It was broken.
        case broken
        /// The evidence is incomplete, so that nothing is known.
        case unproven
    }

    /// The condition's name, such as `traffic`.
    package let name: String
    /// What the evidence says.
    package let state: State
    /// The state in the condition's own word, such as `clean`, `leaked` or `inconclusive`.
    package let word: String
    /// One sentence for a report.
    package let summary: String
    /// What was seen, as short lines.
    package let details: [String]

    /// Creates a report.
    package init(name: String, state: State, word: String, summary: String, details: [String] = []) {
        self.name = name
        self.state = state
        self.word = word
        self.summary = summary
        self.details = details
    }
}
