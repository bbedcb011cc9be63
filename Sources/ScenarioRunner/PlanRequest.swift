/// What a plan was asked for with, so that a run that was stopped can be planned again.
package struct PlanRequest: Codable, Hashable, Sendable {
    /// Files and folders, with lines.
    package var paths: [String] = []
    /// What is left out of them.
    package var exclude: [String] = []
    /// Expressions over tags, each of which must hold.
    package var tags: [String] = []
    /// A regular expression for names.
    package var name: String?
    /// The only scenarios that are meant, among those that fit otherwise; absent when all of them are.
    package var only: [ScenarioKey]?
    /// The system under test.
    package var system = ""
    /// Whether nothing may be selected.
    package var allowEmpty = false
    /// `defined` or `random:SEED`.
    package var order = ScenarioOrder.defined.description
    /// Which part of the plan; absent for all of it.
    package var shard: Shard?
    /// The file with durations by which a plan is cut into shards.
    package var durations: String?
    /// How often scenarios are tried again.
    package var retry = 0
    /// Which scenarios are tried again; absent for all.
    package var retryTagFilter: String?
    /// The file that names the scenarios whose failure is known; absent when there is none.
    package var quarantine: String?

    /// Asks for everything.
    package init() {}
}

/// By what a scenario is known again in another run, though lines were added above it.
package struct ScenarioKey: Codable, Hashable, Sendable {
    /// The feature file's path.
    package let uri: String
    /// The name, placeholders filled in.
    package let name: String
    /// The number of the row of an outline, from 1.
    package let example: Int?

    /// Names a scenario.
    package init(uri: String, name: String, example: Int? = nil) {
        self.uri = uri
        self.name = name
        self.example = example
    }
}
