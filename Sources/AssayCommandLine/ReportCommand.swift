import ArgumentParser
import Foundation
import Reports

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
        help: "NAME[:PATH]: \(ReportFormat.Kind.allCases.map(\.rawValue).joined(separator: ", ")). Repeat for several."
    )
    var format: [String]

    func validate() throws {
        guard FileManager.default.fileExists(atPath: run) else { throw ValidationError("There is no run at \(run).") }
    }

    func run() async throws {
        try regenerate(fromRun: run, formats: format.map { try ReportFormat(parsing: $0) })
    }
}
