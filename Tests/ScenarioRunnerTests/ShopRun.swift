import CucumberMessages
import Gherkin
import Reports
import ScenarioRunner
import Synchronization
import SystemPackage
import Testing
import Verdicts

/// A run of scenarios in this process, and what its record says.
struct ShopRun {
    let outcome: Coordinator<ShopWorker>.Outcome
    /// The messages of this run; of one that was resumed, those that came after.
    let record: [Envelope]
    /// What was said to the person who waits.
    let told: [String]

    var outcomes: [Outcome?] { outcome.scenarios.map { $0?.outcome } }

    /// The attempts in the record: the scenario's name, the number, and whether another one is promised.
    var attempts: [String] {
        attempts(in: record)
    }

    /// What a reader of the record makes of it.
    static func read(_ record: [Envelope]) -> RunRecord {
        var run = RunRecord()
        for envelope in record { run.apply(envelope) }
        run.close()
        return run
    }

    static let meta = Meta(
        protocolVersion: "1",
        implementation: Product(name: "assay"),
        runtime: Product(name: "swift"),
        os: Product(name: "os"),
        cpu: Product(name: "cpu")
    )

    /// Runs a plan; `before` is what the record holds already.
    init(
        _ plan: Plan,
        in folder: String,
        _ change: (inout Coordinator<ShopWorker>.Options) -> Void = { _ in },
        worker: ShopWorker = ShopWorker(),
        before: [Envelope] = [],
        shelf: CheckpointShelf? = nil,
        directory: RunDirectory? = nil,
        observe: @escaping @Sendable (Envelope) throws -> Void = { _ in }
    ) async throws {
        let record = Mutex<[Envelope]>(before)
        let told = Mutex<[String]>([])
        var options = Coordinator<ShopWorker>.Options()
        options.tell = { text in told.withLock { $0.append(text) } }
        change(&options)
        let coordinator = Coordinator(
            plan: plan,
            shelf: shelf,
            directory: try directory ?? RunDirectory.create(in: FilePath(folder)),
            worker: worker,
            settings: "shop",
            options: options
        ) { envelope in
            try observe(envelope)
            record.withLock { $0.append(envelope) }
        }
        outcome = try await coordinator.run(Self.meta)
        self.record = record.withLock { $0 }
        self.told = told.withLock { $0 }
        let read = Self.read(self.record)
        #expect(read.problems.isEmpty)
        let scenarios = Dictionary(read.scenarios.map { ($0.id, $0) }) { first, _ in first }
        // Whoever reads the record has to come to what the exit code goes by.
        let ofRecord = plan.entries.map { scenarios[$0.testCase.id] }
        #expect(zip(ofRecord, outcome.scenarios).allSatisfy { $1 == nil || $0?.verdict == $1 })
    }

    private func attempts(in record: [Envelope]) -> [String] {
        let read = Self.read(record)
        return read.scenarios.flatMap { scenario in
            scenario.attempts.map { "\(scenario.name) \($0.number)" }
        }
    }
}

/// A plan of scenarios, each with its tags, name and one step.
func shopPlan(
    _ scenarios: [(tags: String, name: String, step: String)],
    rules: PlanRules = PlanRules()
) throws -> Plan {
    let text = scenarios.map { "  \($0.tags)\n  Scenario: \($0.name)\n    * \($0.step)\n" }.joined()
    var ids = IdSequence()
    let suite = Suite(sources: [("shop.feature", "Feature: Shop\n\(text)")], ids: &ids)
    return try Plan(
        suite,
        selection: FeatureSelection(["shop.feature"]),
        library: shopSteps(),
        rules: rules,
        ids: &ids
    )
}
