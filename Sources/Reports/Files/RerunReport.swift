import Verdicts

/// The scenarios that did not pass, one `path:line` a line, to be run again with `assay run @FILE`.
///
/// What is quarantined is known, and is left out unless it leaked.
package struct RerunReport: Report {
    private let sink: ReportSink

    /// Creates the report; it is written in one piece, and is empty when everything passed.
    package init(to sink: ReportSink) { self.sink = sink }

    package mutating func finish(run: RunRecord) throws {
        let lines = run.scenarios.filter { scenario in
            // What the run did not get to has not passed either.
            scenario.outcome != .passed && scenario.outcome != .flaky && !scenario.isExcused
        }
        try sink.write(lines.map { $0.location + "\n" }.joined())
    }
}
