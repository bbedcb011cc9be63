import ArgumentParser
import CucumberMessages
import Foundation
import Gherkin
import LiveSystem
import ScenarioRunner
import TagExpressions

/// Which scenarios a command is about, and which system they are run against.
struct SuiteOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Feature files or folders, with lines to choose scenarios; @FILE reads them from a file. Default: features",
            valueName: "path[:line…]"
        )
    )
    var paths: [String] = []

    @Option(
        name: .shortAndLong,
        help: "Only scenarios whose tags match, such as '@desktop and not @slow' (repeat: and)."
    )
    var tags: [String] = []

    @Option(name: .shortAndLong, help: "Only scenarios whose name contains this regular expression.")
    var name: String?

    @Option(help: "The system under test: a description in features/systems.")
    var system = "reference"

    @Flag(help: "Let a run that selects nothing pass.")
    var allowEmpty = false

    /// Plans what was asked for.
    ///
    /// - Throws: A ``PlanError``, or an error that points into a tag expression.
    func plan() throws -> Plan {
        let selection = try FeatureSelection(paths)
        let filter = try ScenarioFilter(tags: tags.map { try TagExpression($0) }, name: name)
        var ids = IdSequence()
        let suite = try Suite(selection, ids: &ids)
        let checkpoints = try Self.checkpoints(ids: &ids)
        let description = try describedSystem().description
        return try Plan(
            suite,
            checkpoints: checkpoints,
            selection: selection,
            filter: filter,
            library: AssaySuite.current.steps,
            variant: { description.size(for: $0).tag },
            allowEmpty: allowEmpty,
            ids: &ids
        )
    }

    /// The folder with one scenario for each checkpoint.
    static let checkpointFolder = "snapshots/checkpoints"

    /// Reads the checkpoints that there are.
    static func checkpoints(ids: inout IdSequence) throws -> Suite? {
        guard FileManager.default.fileExists(atPath: checkpointFolder) else { return nil }
        return try Suite(FeatureSelection([checkpointFolder]), ids: &ids)
    }

    /// Reads the description of the system under test.
    func describedSystem() throws -> DescribedSystem {
        try DescribedSystem(named: system, in: "features/systems")
    }
}
