import Diagnostics
import Foundation
import Verdicts

/// Annotations for GitHub Actions on the lines of the features, and a summary of the job in Markdown.
package struct GitHubReport: Report {
    private let sink: ReportSink
    private let summary: ReportSink?

    /// Creates the report.
    ///
    /// - Parameters:
    ///   - sink: Where workflow commands go: standard output.
    ///   - summary: Where the Markdown goes: the file that `GITHUB_STEP_SUMMARY` names.
    package init(to sink: ReportSink, summary: ReportSink?) {
        self.sink = sink
        self.summary = summary
    }

    package mutating func finish(run: RunRecord) throws {
        var commands: [String] = []
        for error in run.parseErrors {
            let line = error.source.location?.line ?? 1
            commands.append(command("error", error.source.uri ?? "", line, "The file does not parse", error.message))
        }
        for hook in run.brokenHooks {
            commands.append("::error title=\(property(hook.title))::\(data(hook.sentence))\n")
        }
        for scenario in run.scenarios {
            guard let verdict = scenario.verdict else { continue }
            let step = scenario.decisiveAttempt?.failedStep
            let line = step?.line ?? scenario.line
            let text = verdict.reason ?? step?.message ?? ""
            switch verdict.outcome {
            case .passed, .skipped: continue
            case .flaky:
                let kind = run.failsOnFlaky && verdict.counts ? "error" : "warning"
                commands.append(command(kind, scenario.uri, line, "flaky: \(scenario.title)", text))
            default:
                let kind = verdict.isExcused ? "warning" : "error"
                let known = verdict.isExcused ? verdict.quarantine.map { "Known: \($0.sentence)" } : nil
                let lines = [known, text.isEmpty ? nil : text].compactMap(\.self).joined(separator: "\n")
                let title = "\(scenario.outcomeWords): \(scenario.title)"
                commands.append(command(kind, scenario.uri, line, title, lines))
            }
        }
        if !commands.isEmpty { try sink.write(commands.joined()) }
        try summary?.write(markdown(run))
    }

    private func command(_ kind: String, _ file: String, _ line: Int, _ title: String, _ text: String) -> String {
        "::\(kind) file=\(property(file)),line=\(max(1, line)),title=\(property(title))::\(data(text))\n"
    }

    private func data(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    private func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }

    private func markdown(_ run: RunRecord) -> String {
        let summary = RunSummary(run)
        var lines = ["### Assay: \(summary.closingLine)", ""]
        lines += summary.doubts.map { "- \(escaped($0))" }
        var problems = run.scenarios.filter { $0.outcome != .passed && $0.outcome != .skipped }
        if !problems.isEmpty {
            lines += ["", "| outcome | scenario | blame | traffic | why |", "| --- | --- | --- | --- | --- |"]
            // What counts comes first, where the table ends early.
            problems = problems.filter { !$0.isExcused } + problems.filter(\.isExcused)
            for scenario in problems.prefix(200) {
                let verdict = scenario.verdict
                let why = [
                    Explanation(verdict?.reason ?? "").summary,
                    scenario.quarantine.map { "Quarantine: \($0.sentence)" } ?? "",
                ]
                let cells = [
                    scenario.outcomeWords, "\(scenario.title) (\(scenario.location))",
                    verdict?.blame?.words ?? "", scenario.traffic?.word ?? "",
                    why.filter { !$0.isEmpty }.joined(separator: " "),
                ]
                lines.append("| " + cells.map(escaped).joined(separator: " | ") + " |")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Whatever Markdown or HTML could take for markup is written as a character reference.
    private func escaped(_ text: String) -> String {
        TerminalText.line(text.replacing("\n", with: " ")).unicodeScalars.reduce(into: "") { result, scalar in
            if "<>&|`*_[]()#!\\~@\"'".unicodeScalars.contains(scalar) {
                result += "&#\(scalar.value);"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }
}
