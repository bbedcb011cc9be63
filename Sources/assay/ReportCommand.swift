import ArgumentParser
import Reports
import SystemPackage

/// Makes reports from a run that is over or was interrupted.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Make a report from a finished or interrupted run."
    )

    @Argument(help: "The run directory, such as runs/latest.")
    var run: String

    @Option(
        name: .shortAndLong,
        help: "NAME[:PATH]: \(ReportFormat.names.joined(separator: ", ")). Repeat for several."
    )
    var format: [String]

    func run() async throws {
        try regenerate(fromRun: FilePath(run), formats: format.map { try ReportFormat($0) })
    }
}
