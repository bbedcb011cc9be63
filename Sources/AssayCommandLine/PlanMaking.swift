import CheckpointStore
import Foundation
import Gherkin
import LiveSystem
import PastRuns
import ScenarioRunner
import StepDefinitions
import TagExpressions

extension PlanRequest {
    /// Where scenarios stand whose failure is known.
    static let quarantineFile = "ci/quarantine.yaml"
    /// Where the durations stand that all shards go by.
    static let durationsFile = "ci/durations.json"

    /// Reads the description of a system.
    static func describedSystem(_ name: String) throws -> DescribedSystem {
        try DescribedSystem(named: name, in: "features/systems")
    }

    /// Makes the plan from the present files.
    ///
    /// - Throws: A ``PlanError``, or an error that points into a tag expression or a file.
    func plan() throws -> Plan {
        let plan = try whole()
        guard let shard else { return plan.ordered(try scenarioOrder()) }
        // Not what this host has measured: every shard has to come to the same.
        let known = try durations.map { try Durations(Self.read($0), file: $0).durations(of: plan) }
        let partition = ShardPartition(plan, count: shard.count, durations: known ?? [:])
        return plan.part(shard, of: partition).ordered(try scenarioOrder())
    }

    /// The order that was asked for.
    func scenarioOrder() throws -> ScenarioOrder { try ScenarioOrder(order, seed: 0) }

    /// The plan, before it is cut into shards and put in order.
    func whole() throws -> Plan {
        let selection = try FeatureSelection(paths, excluding: exclude)
        let filter = try ScenarioFilter(tags: tags.map { try TagExpression($0) }, name: name)
        var ids = IdSequence()
        let suite = try Suite(selection, ids: &ids)
        let checkpoints = try SuiteOptions.checkpoints(ids: &ids)
        let description = try Self.describedSystem(system).description
        let plan = try Plan(
            suite,
            checkpoints: checkpoints,
            selection: selection,
            filter: filter,
            library: AssaySuite.current.steps,
            variant: { description.size(for: $0).tag },
            rules: rules(),
            foresight: Self.foresight(of: description),
            allowEmpty: allowEmpty,
            ids: &ids
        )
        guard let only else { return plan }
        let fewer = plan.only(Set(only))
        guard allowEmpty || !fewer.entries.isEmpty else { throw PlanError.nothingSelected }
        return fewer
    }

    /// What is known of a system and its suite ahead of every scenario.
    private static func foresight(of description: SystemDescription) throws -> Foresight {
        var foresight = Foresight()
        foresight[ForeseenKeyboard.self] = ForeseenKeyboard(described: description.keyboard)
        foresight[ForeseenNeedles.self] = try ForeseenNeedles(in: NeedlesCommand.usualFolder)
        return foresight
    }

    private func rules() throws -> PlanRules {
        var rules = PlanRules()
        rules.retry = RetryRule(retries: retry, filter: try retryTagFilter.map { try TagExpression($0) })
        rules.quarantine = try quarantine.map { file in
            guard let text = String(data: try Self.read(file), encoding: .utf8) else {
                throw PlanError.unreadable(file, reason: "it is not UTF-8 text")
            }
            return try QuarantineList(text, file: file)
        }
        rules.today = Day(seconds: Int(Date().timeIntervalSince1970))
        rules.exists = { FileManager.default.fileExists(atPath: $0) }
        return rules
    }

    private static func read(_ file: String) throws -> Data {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw PlanError.unreadable(file, reason: "there is no such file, or it may not be read")
        }
        return data
    }
}

extension PlanDocument {
    /// Writes down a plan with what was asked for, and what runs it.
    init(_ plan: Plan, _ request: PlanRequest) async throws {
        self.init(plan)
        order = request.order
        self.request = request
        versions = try await Self.currentVersions()
    }

    /// What runs the plan: the program, and the code of the steps with all that it stands on.
    static func currentVersions() async throws -> [String: String] {
        let digests = StampedDigests(cache: try LiveSystemSettings.makeCacheFolder())
        return ["assay": Assay.version, "steps": try await AssaySuite.current.digestOfCode(digests)]
    }

    /// The text of the file in a run directory.
    func data() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}
