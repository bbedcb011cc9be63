package import CucumberMessages
import Verdicts

/// Every scenario with its steps, much as the feature file has it, each with its status and time.
///
/// A scenario is printed when it has ended, so that scenarios that run side by side don't mix.
package struct PrettyReport: Report {
    private let sink: ReportSink
    private let style: TerminalStyle
    private let place: RunPlace
    private var lastFeature: String?
    private var lastRule: String?

    /// Creates the report.
    package init(to sink: ReportSink, style: TerminalStyle, place: RunPlace) {
        self.sink = sink
        self.style = style
        self.place = place
    }

    package mutating func receive(_ envelope: Envelope, run: RunRecord) throws {
        guard case .testCaseFinished(let finished) = envelope,
            let scenario = run.scenario(ofAttempt: finished.testCaseStartedId),
            let attempt = run.attempt(finished.testCaseStartedId)
        else { return }
        let lines = heading(of: scenario) + lines(for: attempt, of: scenario)
        try sink.write(lines.map { $0 + "\n" }.joined())
    }

    package mutating func finish(run: RunRecord) throws {
        try sink.write(ClosingText(run, style: style, place: place).text)
    }

    private mutating func heading(of scenario: ScenarioResult) -> [String] {
        var lines: [String] = []
        if scenario.uri != lastFeature {
            lines += [
                "",
                style.bold(TerminalText.line("Feature: \(scenario.place.feature)"))
                    + style.dim(TerminalText.line("  # \(scenario.uri)")),
            ]
            lastRule = nil
        }
        if let rule = scenario.place.rule, rule != lastRule {
            lines += ["", TerminalText.line("  Rule: \(rule)")]
        }
        lastFeature = scenario.uri
        lastRule = scenario.place.rule
        return lines
    }

    private func lines(for attempt: AttemptResult, of scenario: ScenarioResult) -> [String] {
        let again = attempt.number > 0 ? ", attempt \(attempt.number + 1)" : ""
        var lines = [""]
        if !scenario.tags.isEmpty {
            lines.append("  " + style.dim(TerminalText.line(scenario.tags.joined(separator: " "))))
        }
        lines.append(
            style.bold(TerminalText.line("  Scenario: \(scenario.title)\(again)"))
                + style.dim(TerminalText.line("  # \(scenario.location)"))
        )
        for step in attempt.steps { lines += self.lines(for: step) }
        guard let verdict = attempt.verdict else { return lines }
        for condition in verdict.conditions {
            lines.append(TerminalText.line("    \(condition.name): \(condition.word), \(condition.summary)"))
        }
        let time = readable(attempt.duration)
        let isLast = !attempt.willBeRetried
        let outcome = isLast ? scenario.outcome ?? verdict.outcome : verdict.outcome
        let words = isLast ? scenario.outcomeWords : verdict.outcome.rawValue
        let word = style.colour(words, for: isLast && scenario.isExcused ? .flaky : outcome)
        lines.append("    " + word + style.dim("  \(time)") + (isLast ? "" : "  (will be tried again)"))
        return lines
    }

    private func lines(for step: StepResult) -> [String] {
        let word = style.colour(
            (step.status?.rawValue.lowercased() ?? "not run").padded(to: 9),
            for: step.status.outcome
        )
        let title = TerminalText.line(step.isHook ? "(\(step.text))" : step.title)
        let time = step.duration.map { style.dim("  \(readable($0))") } ?? ""
        var lines = ["    \(word)  \(title)\(time)"]
        for row in step.argument?.dataTable?.rows ?? [] {
            let cells = row.cells.map { TerminalText.line($0.value) }.joined(separator: " | ")
            lines.append("                 | \(cells) |")
        }
        if let docString = step.argument?.docString {
            let quoted = ["\"\"\"\(docString.mediaType ?? "")"] + TerminalText.lines(docString.content) + ["\"\"\""]
            lines += quoted.map { "                 " + TerminalText.line($0) }
        }
        if let message = step.message, step.status != .passed {
            lines += TerminalText.lines(message).map { "               " + $0 }
        }
        for path in step.attachments.compactMap(place.path) { lines.append("               " + style.dim(path)) }
        return lines
    }
}

extension TestStepStatus? {
    /// The outcome whose colour the status is shown in.
    fileprivate var outcome: Outcome {
        switch self {
        case .passed: .passed
        case .failed: .failed
        case .undefined: .undefined
        case .ambiguous: .ambiguous
        case .pending, .unknown: .pending
        case .skipped, nil: .skipped
        }
    }
}
