import Diagnostics
import Verdicts

/// The Test Anything Protocol, version 14: what is wrong stands in a YAML block below its line.
package struct TAPReport: Report {
    private let sink: ReportSink

    /// Creates the report; it is written in one piece.
    package init(to sink: ReportSink) { self.sink = sink }

    package mutating func finish(run: RunRecord) throws {
        var points = run.scenarios.map(point)
        points += run.parseErrors.map { error in
            Point(isGood: false, title: error.source.uri ?? "", details: [("message", error.message)])
        }
        points += run.brokenHooks.map { hook in
            Point(isGood: false, title: hook.title, details: [("message", hook.message)])
        }
        var lines = ["TAP version 14", "1..\(points.count)"]
        for (index, point) in points.enumerated() { lines += point.lines(number: index + 1) }
        try sink.write(lines.map { $0 + "\n" }.joined())
    }

    private func point(_ scenario: ScenarioResult) -> Point {
        let title = "\(scenario.location) \(scenario.title)"
        let verdict = scenario.verdict
        let attempts = scenario.attemptOutcomes.map { [("attempts", $0)] } ?? []
        switch scenario.outcome {
        case .passed: return Point(isGood: true, title: title)
        case .flaky: return Point(isGood: true, title: title, details: [("outcome", "flaky")] + attempts)
        case .skipped: return Point(isGood: true, title: title, directive: "SKIP \(verdict?.reason ?? "not run")")
        default:
            var details = [("outcome", scenario.outcome?.rawValue ?? "")]
            if let blame = verdict?.blame { details.append(("blame", blame.words)) }
            if let reason = verdict?.reason { details.append(("message", reason)) }
            details += attempts
            // What is "to do" may fail, and no reader counts it as a failure.
            let directive = scenario.isExcused ? scenario.quarantine.map { "TODO quarantined: \($0.sentence)" } : nil
            return Point(isGood: false, title: title, directive: directive, details: details)
        }
    }
}

/// One line of the protocol, and what stands below it.
private struct Point {
    let isGood: Bool
    let title: String
    var directive: String?
    var details: [(key: String, text: String)] = []

    func lines(number: Int) -> [String] {
        // A number sign would begin a directive, and a backslash escapes.
        let name = TerminalText.line(title).replacing("\\", with: "\\\\").replacing("#", with: "\\#")
        let end = directive.map { " # \(TerminalText.line($0))" } ?? ""
        let first = "\(isGood ? "ok" : "not ok") \(number) - \(name)\(end)"
        guard !details.isEmpty else { return [first] }
        return [first, "  ---"] + details.flatMap { yaml($0.key, $0.text) } + ["  ..."]
    }

    /// A key with a text in double quotation marks, or with a block where there are several lines.
    private func yaml(_ key: String, _ text: String) -> [String] {
        let lines = TerminalText.lines(text)
        guard lines.count > 1 else {
            let escaped = (lines.first ?? "").replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return ["  \(key): \"\(escaped)\""]
        }
        // How far the block is indented is said, since its own first line may begin with blanks.
        return ["  \(key): |2"] + lines.map { "    \($0)" }
    }
}
