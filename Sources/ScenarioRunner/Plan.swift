package import CucumberMessages
import Forecasts
package import Gherkin
package import StepDefinitions

/// What a run is going to do: pure, printable, and made before anything starts.
package struct Plan: Sendable {
    /// One scenario that is to run.
    package struct Entry: Codable, Hashable, Sendable {
        /// The scenario.
        package let pickle: Pickle
        /// The scenario joined with hooks and step definitions.
        package let testCase: TestCase
        /// The identity of the checkpoint that it starts from, if it is one.
        package let start: String?
        /// On what terms it runs.
        package let terms: Terms
    }

    /// A scenario whose end state others start from.
    package struct Checkpoint: Hashable, Sendable {
        /// Unique in the plan.
        package let id: String
        /// The scenario that makes it; its own start is the parent.
        package let entry: Entry
        /// The tag that decides on the image, if it has one.
        package let variant: String?
        /// What the record has to hold before the scenario runs.
        package let preamble: [Envelope]

        /// The title, by which steps name it.
        package var title: String { entry.pickle.name }
        /// The identity of the checkpoint that it is made from.
        package var parent: String? { entry.start }
        /// Whether it is dropped when no planned scenario needs it any more.
        package var isTemporary: Bool { entry.pickle.tags.contains { $0.name == CheckpointCatalog.temporaryTag } }
    }

    /// The scenarios, in the order in which they start.
    package private(set) var entries: [Entry]
    /// The checkpoints that they need, parents before children.
    package private(set) var checkpoints: [Checkpoint]
    private var checkpointPlaces: [String: Int]
    /// The checkpoints that are to be made even if no scenario starts from them.
    package private(set) var wanted: [String] = []
    /// What the record begins with: sources, trees, pickles, definitions.
    package let preamble: [Envelope]
    /// The SHA-256 of the chosen scenarios as they are written.
    ///
    /// Two shards with one digest run parts of the same plan.
    package private(set) var digest: String
    /// Which part of a plan this is; absent when it is all of it.
    package internal(set) var part: PlanPart?

    /// The identity of the hook that makes the world.
    package static let setUpHook = "hook-set-up"
    /// The identity of the hook that keeps the state in which a checkpoint's scenario ends.
    package static let keepHook = CheckpointMarks.keepHook
    /// The identity of the hook that takes the world down and judges the conditions.
    package static let tearDownHook = "hook-tear-down"

    /// Plans a run.
    ///
    /// - Parameters:
    ///   - suite: The feature files.
    ///   - checkpoints: The files of the checkpoints.
    ///   - selection: Which scenarios were asked for.
    ///   - filter: Which of them run.
    ///   - library: The definitions of steps.
    ///   - variant: The tag by which scenarios run on different images, if a scenario has one.
    ///   - rules: On what terms scenarios run, besides what their tags say.
    ///   - foresight: What is known ahead of the steps of each scenario.
    ///   - allowEmpty: Whether nothing may be selected.
    ///   - problemsAsResults: Whether steps that can't be run are results of their scenarios, as for other readers of
    ///     Cucumber Messages, rather than an error before anything runs.
    ///   - ids: Gives out identities.
    /// - Throws: ``PlanError`` when a file does not parse, a step is undefined or ambiguous, or nothing is selected.
    package init<World>(
        _ suite: Suite,
        checkpoints: Suite? = nil,
        selection: FeatureSelection,
        filter: ScenarioFilter = ScenarioFilter(),
        library: StepLibrary<World>,
        variant: @escaping @Sendable ([String]) -> String? = { _ in nil },
        rules: PlanRules = PlanRules(),
        foresight: Foresight = Foresight(),
        allowEmpty: Bool = false,
        problemsAsResults: Bool = false,
        ids: inout IdSequence
    ) throws(PlanError) {
        let errors = suite.errors + (checkpoints?.errors ?? [])
        guard errors.isEmpty else { throw .parseErrors(errors.map(describe)) }
        let problems = library.problems()
        guard problemsAsResults || problems.isEmpty else { throw .badSuite(problems.map(\.description)) }

        if let quarantine = rules.quarantine {
            let names = suite.documents.mapValues { _ in Set<String>() }.merging(
                Dictionary(grouping: suite.pickles, by: \.uri).mapValues { Set($0.map(\.name)) }
            ) { $1 }
            let problems = quarantine.problems(on: rules.today, among: names, exists: rules.exists)
            guard problems.isEmpty else { throw .badQuarantine(problems) }
        }
        let chosen = try selection.choose(from: suite, filter: filter)
        guard allowEmpty || !chosen.isEmpty else { throw .nothingSelected }

        let catalog = CheckpointCatalog(checkpoints, library: library)
        var planner = Planner(library, catalog, variant: variant, rules: rules, foresight: foresight)
        var entries: [Entry] = []
        for pickle in chosen { entries.append(planner.plan(pickle, in: suite, ids: &ids)) }
        guard problemsAsResults || planner.problems.isEmpty else { throw .badSteps(planner.problems) }

        self.entries = entries
        self.checkpoints = planner.checkpoints
        checkpointPlaces = Dictionary(uniqueKeysWithValues: planner.checkpoints.enumerated().map { ($1.id, $0) })
        let used = planner.checkpoints.map(\.entry.pickle)
        preamble =
            suite.envelopes + library.definitionMessages + catalog.definitions(of: Set(used.map(\.name))) + Self.hooks
            + planner.suggestions
        digest = PickleDigest(placed: chosen + used).text
    }

    /// The plan with only these scenarios, in this order, and the checkpoints that they need.
    func keeping(_ numbers: [Int]) -> Plan {
        var plan = self
        plan.entries = numbers.map { entries[$0] }
        var needed: Set<String> = []
        for start in plan.entries.compactMap(\.start) + wanted {
            var next: String? = start
            while let id = next, needed.insert(id).inserted { next = checkpoint(id)?.parent }
        }
        plan.checkpoints = checkpoints.filter { needed.contains($0.id) }
        plan.checkpointPlaces = Dictionary(uniqueKeysWithValues: plan.checkpoints.enumerated().map { ($1.id, $0) })
        return plan
    }

    /// Takes the digest anew, when it is another choice of scenarios.
    mutating func redigest() {
        digest = PickleDigest(placed: entries.map(\.pickle) + checkpoints.map(\.entry.pickle)).text
    }

    /// The plan to make the checkpoints that the scenarios need, and to run none of them.
    package var checkpointsOnly: Plan {
        var plan = self
        plan.entries = []
        plan.wanted = checkpoints.map(\.id)
        return plan
    }

    /// Finds a checkpoint.
    package func checkpoint(_ id: String) -> Checkpoint? { checkpointPlaces[id].map { checkpoints[$0] } }

    private static let hooks: [Envelope] = [
        .hook(Hook(id: setUpHook, name: "Set up", sourceReference: SourceReference(), type: .beforeTestCase)),
        .hook(
            Hook(id: keepHook, name: "Keep the state", sourceReference: SourceReference(), type: .afterTestCase)
        ),
        .hook(
            Hook(
                id: tearDownHook,
                name: "Tear down and judge",
                sourceReference: SourceReference(),
                type: .afterTestCase
            )
        ),
    ]
}

/// The error with its place as compilers write it, so that editors and terminals can jump there.
private func describe(_ error: ParseError) -> String {
    let location = error.source.location
    let place = [error.source.uri, location.map { "\($0.line)" }, location?.column.map { "\($0)" }]
    let message = error.message.split(separator: "): ", maxSplits: 1).last.map(String.init) ?? error.message
    return place.compactMap(\.self).joined(separator: ":") + ": " + message
}
