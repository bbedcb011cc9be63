import ArgumentParser
import Foundation
import Gherkin
import LiveSystem
import ScenarioRunner
import TagExpressions

/// Which scenarios a command is about, and which system they are run against.
struct SuiteOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Feature files or folders, with a line to choose a scenario; @FILE reads them from a file. Default: features",
            valueName: "path[:line[:column]]"
        )
    )
    var paths: [String] = []

    @Option(help: ArgumentHelp("What is left out of them. Repeat for several.", valueName: "path[:line]"))
    var exclude: [String] = []

    @Option(
        name: .shortAndLong,
        help: "Only scenarios whose tags match, such as '@desktop and not @slow' (repeat: and)."
    )
    var tags: [String] = []

    @Option(name: .shortAndLong, help: "Only scenarios whose name contains this regular expression.")
    var name: String?

    @Flag(help: "Only scenarios that did not pass in the newest run.")
    var lastFailed = false

    @Option(help: "The system under test: a description in features/systems.")
    var system = "reference"

    @Flag(help: "Let a run that selects nothing pass.")
    var allowEmpty = false

    @Option(help: "The order of the scenarios: defined, random or random:SEED.")
    var order = "defined"

    @Option(
        help: ArgumentHelp(
            "Only this part of the scenarios, with as many parts, counted from 1. Default: CI_NODE_INDEX/CI_NODE_TOTAL",
            valueName: "i/n"
        )
    )
    var shard: String?

    @Option(
        help: ArgumentHelp(
            "How long scenarios take, by which shards are balanced. Default: \(PlanRequest.durationsFile), if it is there",
            valueName: "file"
        )
    )
    var durations: String?

    @Option(help: "How often a scenario that did not pass is tried again, each time on a new machine.")
    var retry = 0

    @Option(help: ArgumentHelp("Only scenarios whose tags match are tried again.", valueName: "tags"))
    var retryTagFilter: String?

    @Option(
        help: ArgumentHelp(
            "The scenarios whose failure is known. Default: \(PlanRequest.quarantineFile), if it is there",
            valueName: "file"
        )
    )
    var quarantine: String?

    func validate() throws {
        guard (0...Self.mostRetries).contains(retry) else {
            throw ValidationError("--retry needs a number from 0 to \(Self.mostRetries).")
        }
        guard retryTagFilter == nil || retry > 0 else { throw ValidationError("--retry-tag-filter needs --retry.") }
        guard durations == nil || shard != nil || ProcessInfo.processInfo.environment["CI_NODE_TOTAL"] != nil else {
            throw ValidationError("--durations needs --shard.")
        }
    }

    private static let mostRetries = 100

    /// Whether nothing was asked for.
    var isDefault: Bool {
        paths.isEmpty && exclude.isEmpty && tags.isEmpty && name == nil && !lastFailed && system == "reference"
            && !allowEmpty && order == "defined" && shard == nil && durations == nil && retry == 0
            && quarantine == nil
    }

    /// What was asked for, complete: what is random or read from elsewhere is decided.
    ///
    /// - Throws: A ``PlanError`` or another error that says what can't be meant.
    func request() throws -> PlanRequest {
        var request = PlanRequest()
        let selection = try FeatureSelection(paths, excluding: exclude)
        request.paths = selection.places.map(\.description)
        request.exclude = selection.excluded.map(\.description)
        request.tags = tags
        request.name = name
        request.system = system
        request.allowEmpty = allowEmpty
        request.order = try ScenarioOrder(order, seed: UInt64(UInt32.random(in: .min ... .max))).description
        request.shard = try shard.map { try Shard($0) } ?? Shard.ofEnvironment(ProcessInfo.processInfo.environment)
        let files = FileManager.default
        func standing(_ file: String) -> String? { files.fileExists(atPath: file) ? file : nil }
        request.durations = durations ?? standing(PlanRequest.durationsFile)
        request.quarantine = quarantine ?? standing(PlanRequest.quarantineFile)
        request.retry = retry
        request.retryTagFilter = retryTagFilter
        if lastFailed { request.only = try LastRun.unpassed(in: "runs/latest") }
        return request
    }

    /// Plans what was asked for.
    ///
    /// - Throws: A ``PlanError``, or an error that points into a tag expression or a file.
    func plan() throws -> Plan { try request().plan() }

    /// The folder with one scenario for each checkpoint.
    static let checkpointFolder = "snapshots/checkpoints"

    /// Reads the checkpoints that there are.
    static func checkpoints(ids: inout IdSequence) throws -> Suite? {
        guard FileManager.default.fileExists(atPath: checkpointFolder) else { return nil }
        return try Suite(FeatureSelection([checkpointFolder]), ids: &ids)
    }

    /// Reads the description of the system under test.
    func describedSystem() throws -> DescribedSystem { try PlanRequest.describedSystem(system) }
}
