import Diagnostics
import Verdicts

/// The Test Anything Protocol, version 13.
package struct TAPReport: Report {
    private let sink: ReportSink

    /// Creates the report; it is written in one piece.
    package init(to sink: ReportSink) { self.sink = sink }

    package mutating func finish(run: RunRecord) throws {
        var lines = ["TAP version 13", "1..\(run.scenarios.count + run.parseErrors.count)"]
        for (index, scenario) in run.scenarios.enumerated() {
            let title = name("\(scenario.location) \(scenario.title)")
            switch scenario.outcome {
            case .passed, .flaky: lines.append("ok \(index + 1) - \(title)")
            case .skipped: lines.append("ok \(index + 1) - \(title) # SKIP not run")
            default:
                lines.append("not ok \(index + 1) - \(title)")
                let blame = scenario.verdict?.blame.map { ", blame: \($0.words)" } ?? ""
                lines.append("# \(scenario.outcome?.rawValue ?? "")\(blame)")
                lines += TerminalText.lines(scenario.verdict?.reason ?? "").map { "# " + $0 }
            }
        }
        for (index, error) in run.parseErrors.enumerated() {
            lines.append("not ok \(run.scenarios.count + index + 1) - \(name(error.source.uri ?? ""))")
            lines += TerminalText.lines(error.message).map { "# " + $0 }
        }
        try sink.write(lines.map { $0 + "\n" }.joined())
    }

    /// A number sign would begin a directive.
    private func name(_ text: String) -> String { TerminalText.line(text).replacing("#", with: "\\#") }
}
