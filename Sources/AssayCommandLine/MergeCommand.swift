import ArgumentParser
import Foundation
import PastRuns
import Reports
import Verdicts

/// Joins the runs of shards.
struct MergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Join the run directories of all shards of a run into one.",
        discussion: "The exit status is that of the whole run. Joining the same shards again gives the same files."
    )

    @Argument(help: ArgumentHelp("The run directories of all shards.", valueName: "run"))
    var runs: [String]

    @Option(help: "The folder of the joined run: absent, or an earlier merge of the same run.")
    var output: String

    @Option(
        name: .shortAndLong,
        help:
            "NAME[:PATH]: \(ReportFormat.Kind.allCases.map(\.rawValue).joined(separator: ", ")). Repeat for several; JUnit and HTML are always made."
    )
    var format: [String] = []

    @Flag(help: "Fail when a scenario passed only when it was tried again.")
    var failOnFlaky = false

    func run() async throws {
        let formats = try format.map { try ReportFormat(parsing: $0) }
        try MergedRun(ShardSet(runs), failOnFlaky: failOnFlaky).write(to: output)
        let shown = formats.contains { $0.path == nil && $0.kind != .github } ? [] : [ReportFormat(.progress)]
        let standing = RunPlace(directory: output).standingFormats
        let summary = try regenerate(fromRun: output, formats: standing + shown + formats)
        throw ArgumentParser.ExitCode(summary.exitCode.rawValue)
    }
}
