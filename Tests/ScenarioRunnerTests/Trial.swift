import CucumberMessages
import Gherkin
import ScenarioRunner
import ScenarioWorlds
import StepDefinitions
import Synchronization
import TestSupport
import Testing
import Verdicts

/// Plans for features that are given as text.
func plan(
    _ features: [String: String],
    _ arguments: [String] = [],
    filter: ScenarioFilter = ScenarioFilter(),
    allowEmpty: Bool = false,
    firstId: Int = 0
) throws -> Plan {
    var ids = IdSequence(startingAt: firstId)
    let sources = features.sorted { $0.key < $1.key }.map { (uri: $0.key, text: $0.value) }
    let suite = Suite(sources: sources, ids: &ids)
    return try Plan(
        suite,
        selection: FeatureSelection(arguments.isEmpty ? features.keys.sorted() : arguments),
        filter: filter,
        library: shopSteps(),
        allowEmpty: allowEmpty,
        ids: &ids
    )
}

/// One scenario, run by an executor in this process.
struct Trial {
    /// What a hook or step came to.
    struct Result: Equatable, CustomStringConvertible {
        let name: String
        let status: TestStepStatus
        let message: String?

        var description: String { "\(name): \(status.rawValue)" }
    }

    let verdict: Verdict
    /// Hooks and steps in the order of their results.
    let results: [Result]
    let events: [WorkerEvent]
    let diary: [String]

    var statuses: [TestStepStatus] { results.map(\.status) }

    func result(_ name: String) throws -> Result { try #require(results.first { $0.name == name }) }

    /// Runs a scenario of the given steps.
    ///
    /// Whatever happens in it, each hook and step has to begin and to end once, in the order of the plan.
    init(
        tags: String = "",
        _ steps: [String],
        _ provider: ShopProvider = ShopProvider(),
        deadline: Duration = .seconds(60),
        stateFolder: String? = nil,
        evidenceFolder: String = "/nonexistent",
        pauser: Pauser<Shop>? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let text =
            "Feature: Shop\n\n  \(tags)\n  Scenario: Sale\n" + steps.map { "    * \($0)\n" }.joined()
        let entry = try #require(try plan(["shop.feature": text]).entries.first)
        let events = Mutex<[WorkerEvent]>([])
        let shop = Mutex<Shop?>(nil)
        var provider = provider
        provider.opened = { [opened = provider.opened] world in
            shop.withLock { $0 = world }
            opened(world)
        }
        let clock = ManualClock()
        let executor = ScenarioExecutor(
            library: shopSteps(clock),
            provider: provider,
            stepDeadline: deadline,
            clock: clock,
            pauser: pauser,
            emit: { event in events.withLock { $0.append(event) } }
        )
        var job = WorkerJob(
            pickle: entry.pickle,
            testCase: entry.testCase,
            testCaseStartedId: "attempt",
            evidenceFolder: evidenceFolder,
            settings: "shop"
        )
        job.stateFolder = stateFolder
        verdict = await executor.run(job)
        self.events = events.withLock { $0 }
        diary = shop.withLock { $0?.diary ?? [] }

        let names = Self.names(of: entry)
        let planned = entry.testCase.testSteps.map(\.id)
        var begun: [String] = []
        var results: [Result] = []
        for case .envelope(let envelope) in self.events {
            switch envelope {
            case .testStepStarted(let message):
                #expect(
                    begun.count == results.count,
                    "one begins before another has ended",
                    sourceLocation: sourceLocation
                )
                begun.append(message.testStepId)
            case .testStepFinished(let message):
                #expect(begun.last == message.testStepId, sourceLocation: sourceLocation)
                let result = message.testStepResult
                let name = names[message.testStepId] ?? ""
                results.append(Result(name: name, status: result.status, message: result.message))
            default: break
            }
        }
        #expect(begun == planned, sourceLocation: sourceLocation)
        #expect(results.count == planned.count, sourceLocation: sourceLocation)
        self.results = results
    }

    private static func names(of entry: Plan.Entry) -> [String: String] {
        var hooks = [Plan.setUpHook: "Set up", Plan.keepHook: "Keep the state", Plan.tearDownHook: "Tear down"]
        for case .hook(let hook) in shopSteps().definitionMessages { hooks[hook.id] = hook.name }
        return Dictionary(
            uniqueKeysWithValues: entry.testCase.testSteps.map { step in
                let text = entry.pickle.steps.first { $0.id == step.pickleStepId }?.text
                return (step.id, text ?? step.hookId.flatMap { hooks[$0] } ?? "")
            }
        )
    }
}
