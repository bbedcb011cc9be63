import CucumberMessages
import Foundation
import Reports
import ScenarioRunner
import SystemPackage

/// Every reader of a run that is going on: the record itself, the terminal, and the files.
actor RunReports {
    private var group: ReportGroup

    /// Opens the reports: the record, JUnit and HTML in the run's folder, and those that were asked for.
    ///
    /// - Throws: A `ReportError` when one can't be written.
    init(_ formats: [ReportFormat], directory: FilePath) throws {
        let place = RunPlace(directory: directory.string)
        var wanted = [
            ReportFormat(.messages, path: directory.appending("messages.ndjson").string),
            ReportFormat(.junit, path: directory.appending("junit.xml").string),
            ReportFormat(.html, path: directory.appending("report.html").string),
            ReportFormat(.rerun, path: directory.appending("rerun.txt").string),
        ]
        // Somebody has to see something, unless standard output was given to another format.
        if !formats.contains(where: { $0.path == nil }) { wanted.append(ReportFormat(.progress)) }
        group = try makeReports(wanted + formats, place: place)
    }

    func receive(_ envelope: Envelope) throws { try group.receive(envelope) }

    /// Completes the reports.
    func finish() throws { try group.finish() }

    /// Shows that time passes, until cancelled.
    func refreshUntilCancelled() async throws {
        while true {
            try await Task.sleep(for: .milliseconds(200))
            try group.refresh(now: .now)
        }
    }
}
