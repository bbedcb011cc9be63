import CucumberMessages
import Gherkin
import StepDefinitions

/// Joins scenarios with step definitions, hooks and checkpoints, and collects what can't be joined.
struct Planner<World: Sendable> {
    private let library: StepLibrary<World>
    private let catalog: CheckpointCatalog
    /// The tag by which scenarios run on different images; their checkpoints differ with it.
    private let variant: @Sendable ([String]) -> String?
    private let rules: PlanRules
    /// What is known ahead of every scenario that starts from no checkpoint.
    private let foresight: Foresight

    private(set) var problems: [String] = []
    private var reported: Set<String> = []
    /// Code that would define the undefined steps.
    private(set) var suggestions: [Envelope] = []
    /// Those that are needed, parents before children.
    private(set) var checkpoints: [Plan.Checkpoint] = []
    /// What is known at the end of each checkpoint that is planned.
    private var planned: [String: Foresight] = [:]
    private var places = StepPlaces()
    private var hooks: [[String]: Hooks] = [:]
    /// The checkpoints on the way from a scenario to its first ancestor, to find circles.
    private var path: [String] = []

    init(
        _ library: StepLibrary<World>,
        _ catalog: CheckpointCatalog,
        variant: @escaping @Sendable ([String]) -> String?,
        rules: PlanRules = PlanRules(),
        foresight: Foresight = Foresight()
    ) {
        self.library = library
        self.catalog = catalog
        self.variant = variant
        self.rules = rules
        self.foresight = foresight
        problems = catalog.problems
    }

    /// Joins a scenario, and every checkpoint that it comes from.
    mutating func plan(_ pickle: Pickle, in suite: Suite, ids: inout IdSequence) -> Plan.Entry {
        join(pickle, in: suite, keepsState: false, ids: &ids).entry
    }

    private mutating func join(
        _ pickle: Pickle,
        in suite: Suite,
        keepsState: Bool,
        ids: inout IdSequence
    ) -> (entry: Plan.Entry, end: Foresight) {
        var foresight = foresight
        let hooks = hooks(for: pickle.tags.map(\.name))
        if pickle.steps.isEmpty {
            report("\(pickle.place): the scenario has no steps, so it would prove nothing; is a keyword misspelt?")
        }
        var start: String?
        var steps = [TestStep(hookId: Plan.setUpHook, id: ids.next())]
        for hook in hooks.before { steps.append(TestStep(hookId: hook, id: ids.next())) }
        for (number, step) in pickle.steps.enumerated() {
            guard let checkpoint = catalog[step.text] else {
                steps.append(join(step, of: pickle, in: suite, &foresight, id: ids.next()))
                continue
            }
            let place = places.place(of: step, in: pickle, suite)
            steps.append(
                TestStep(
                    id: ids.next(),
                    pickleStepId: step.id,
                    stepDefinitionIds: [CheckpointCatalog.definitionId(of: checkpoint.name)],
                    stepMatchArgumentsLists: [StepMatchArgumentsList(stepMatchArguments: [])]
                )
            )
            if number > 0 {
                report("\(place): a checkpoint can only be the first step, since what came before it would be lost")
            } else if step.argument != nil {
                report("\(place): a checkpoint takes no table and no doc string")
            } else {
                start = need(checkpoint, for: pickle, at: place, ids: &ids)
                foresight = start.flatMap { planned[$0] } ?? foresight
            }
        }
        for hook in hooks.after { steps.append(TestStep(hookId: hook, id: ids.next())) }
        // Last of all: nothing can happen to a state that is kept.
        if keepsState { steps.append(TestStep(hookId: Plan.keepHook, id: ids.next())) }
        steps.append(TestStep(hookId: Plan.tearDownHook, id: ids.next()))
        let testCase = TestCase(id: ids.next(), pickleId: pickle.id, testSteps: steps)
        let terms = terms(of: pickle, in: suite)
        return (Plan.Entry(pickle: pickle, testCase: testCase, start: start, terms: terms), foresight)
    }

    /// Plans a checkpoint for a scenario, unless it is planned already, and returns its identity.
    private mutating func need(
        _ checkpoint: Pickle,
        for scenario: Pickle,
        at place: String,
        ids: inout IdSequence
    ) -> String? {
        let wanted = variant(scenario.tags.map(\.name))
        let own = variant(checkpoint.tags.map(\.name))
        guard own == nil || own == wanted else {
            report(
                "\(place): the checkpoint \(checkpoint.name.debugDescription) is made with \(own ?? ""), the scenario runs with \(wanted ?? "no such tag")"
            )
            return nil
        }
        let id = CheckpointCatalog.definitionId(of: checkpoint.name) + (wanted.map { " \($0)" } ?? "")
        if planned[id] != nil { return id }
        guard !path.contains(id) else {
            report("\(place): the checkpoint \(checkpoint.name.debugDescription) comes from itself")
            return nil
        }
        path.append(id)
        defer { path.removeLast() }
        var pickle = checkpoint
        if own == nil, let wanted {
            // The same scenario on another image is another state.
            pickle.id = ids.next()
            pickle.tags.append(PickleTag(name: wanted, astNodeId: pickle.astNodeIds.first ?? ""))
        }
        guard let suite = catalog.suite else { return nil }
        let (entry, end) = join(pickle, in: suite, keepsState: true, ids: &ids)
        planned[id] = end
        checkpoints.append(
            Plan.Checkpoint(
                id: id,
                entry: entry,
                variant: wanted,
                preamble: catalog.preamble(of: pickle.uri) + [.pickle(pickle)]
            )
        )
        return id
    }

    /// The terms of a scenario by its tags and the rules of the plan.
    private mutating func terms(of pickle: Pickle, in suite: Suite) -> Terms {
        var mistakes: [(PickleTag, String)] = []
        var terms = Terms(tags: pickle.tags) { mistakes.append(($0, $1)) }
        for (tag, mistake) in mistakes {
            let place = places.place(of: tag, in: pickle, suite)
            report("\(place): \(tag.name.debugDescription) can't be read: \(mistake)")
        }
        if rules.retry.retries > 0 { terms.retries = rules.retry.retries(for: pickle.tags.map(\.name)) }
        terms.quarantine = rules.quarantine?.quarantine(uri: pickle.uri, name: pickle.name)
        return terms
    }

    /// The hooks around a scenario, by their identities.
    private struct Hooks {
        let before: [String]
        let after: [String]
    }

    /// Finds hooks once for all scenarios with the same tags.
    private mutating func hooks(for tags: [String]) -> Hooks {
        if let known = hooks[tags] { return known }
        let found = Hooks(
            before: library.hooks(.beforeTestCase, for: tags).map(\.id),
            after: library.hooks(.afterTestCase, for: tags).map(\.id)
        )
        hooks[tags] = found
        return found
    }

    private mutating func join(
        _ step: PickleStep,
        of pickle: Pickle,
        in suite: Suite,
        _ foresight: inout Foresight,
        id: String
    ) -> TestStep {
        var testStep = TestStep(id: id, pickleStepId: step.id, stepDefinitionIds: [], stepMatchArgumentsLists: [])
        switch library.match(step) {
        case .one(let prepared):
            testStep.stepDefinitionIds = [prepared.definitionId]
            testStep.stepMatchArgumentsLists = [StepMatchArgumentsList(stepMatchArguments: prepared.arguments)]
            if let problem = prepared.problem(with: step.argument, &foresight) {
                let place = places.place(of: step, in: pickle, suite)
                report(["\(place): \(problem.summary)", problem.hint].compactMap(\.self).joined(separator: " "))
            }
        case .undefined(let nearest, let snippet):
            suggestions.append(
                .suggestion(
                    Suggestion(
                        id: "suggestion-\(step.id)",
                        pickleStepId: step.id,
                        snippets: [Snippet(language: "swift", code: snippet)]
                    )
                )
            )
            let known = catalog.nearest(to: step.text) ?? nearest.first
            let advice =
                known.map { "; did you mean \($0.debugDescription)?" } ?? "; it could be defined by\n\(snippet)"
            let place = places.place(of: step, in: pickle, suite)
            report("\(place): \(step.text.debugDescription) is undefined\(advice)")
        case .ambiguous(let candidates):
            testStep.stepDefinitionIds = candidates.map(\.definitionId)
            testStep.stepMatchArgumentsLists = candidates.map {
                StepMatchArgumentsList(stepMatchArguments: $0.arguments)
            }
            let patterns = candidates.map { "\($0.pattern.debugDescription) (\($0.place))" }
            let place = places.place(of: step, in: pickle, suite)
            report("\(place): \(step.text.debugDescription) is ambiguous: \(patterns.joined(separator: ", "))")
        }
        return testStep
    }

    /// Notes a problem once: the steps of a background and of an outline are joined many times.
    private mutating func report(_ problem: String) {
        if reported.insert(problem).inserted { problems.append(problem) }
    }
}
