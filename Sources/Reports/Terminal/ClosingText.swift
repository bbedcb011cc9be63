import Diagnostics
import Forecasts
import Verdicts

/// What a terminal says at the end of a run: every failure in full, what the workers did, then the counts.
struct ClosingText {
    /// The latest files are those that show how it ended.
    private static let mostEvidence = 8
    private static let labelWidth = 10

    private let run: RunRecord
    private let style: TerminalStyle
    private let place: RunPlace

    init(_ run: RunRecord, style: TerminalStyle, place: RunPlace) {
        self.run = run
        self.style = style
        self.place = place
    }

    /// The text; its last line is ``RunSummary/closingLine``, alone and without colour.
    var text: String {
        let summary = RunSummary(run)
        var lines: [String] = []
        // What is quarantined comes first, since it is read last that is read at all.
        for scenario in run.scenarios.filter(\.isExcused) + run.scenarios.filter({ !$0.isExcused }) {
            guard let verdict = scenario.verdict, verdict.outcome != .passed, verdict.outcome != .skipped else {
                continue
            }
            lines += [""] + failure(scenario, verdict)
        }
        if let times = run.workerTimes, times.areWorthTelling { lines += [""] + WorkerTimesText(times).lines }
        lines += [""]
        lines += summary.doubts.map { style.colour("warning: ", for: .flaky) + TerminalText.line($0) }
        lines.append("\(place.directory), \(readable(summary.duration))")
        if let finer = summary.finerCounts { lines.append(finer) }
        lines.append(summary.closingLine)
        return lines.map { $0 + "\n" }.joined()
    }

    private func failure(_ scenario: ScenarioResult, _ verdict: Verdict) -> [String] {
        var lines = [
            style.colour(scenario.outcomeWords, for: scenario.isExcused ? .flaky : verdict.outcome) + "  "
                + style.bold(TerminalText.line("\(scenario.location)  \(scenario.title)"))
        ]
        let attempt = scenario.decisiveAttempt
        if let step = attempt?.failedStep {
            let line = step.line.map { "\(scenario.uri):\($0)" } ?? (step.isHook ? "hook" : scenario.uri)
            lines.append("  step      " + TerminalText.line("\(step.title)  (\(line))"))
        }
        if let reason = verdict.reason ?? attempt?.failedStep?.message {
            let explanation = Explanation(reason)
            lines += labelled("error", TerminalText.lines(explanation.summary))
            lines += labelled("", explanation.context.flatMap(TerminalText.lines).map { "  " + $0 })
            if let hint = explanation.hint { lines += labelled("hint", TerminalText.lines(hint)) }
        }
        if let blame = verdict.blame { lines += labelled("blame", [blame.words]) }
        if let attempts = scenario.attemptOutcomes { lines += labelled("attempts", [attempts]) }
        if let quarantine = verdict.quarantine { lines += self.lines(on: quarantine, verdict) }
        for condition in verdict.conditions where condition.state == .broken || condition.state == .unproven {
            // The summary of one that a step demanded begins with its name, for which there is no room here.
            let label = TerminalText.columns(of: condition.name) < Self.labelWidth ? condition.name : "condition"
            lines += labelled(label, TerminalText.lines("\(condition.word): \(condition.summary)"))
            lines += labelled("", condition.details.prefix(20).flatMap(TerminalText.lines).map { "  " + $0 })
        }
        var seen: Set<String> = []
        let evidence = (attempt?.allAttachments ?? []).compactMap(place.path).filter { seen.insert($0).inserted }
        let shown = evidence.suffix(Self.mostEvidence)
        for (index, path) in shown.enumerated() { lines += labelled(index == 0 ? "evidence" : "", [path]) }
        if shown.count < evidence.count {
            lines += labelled("", ["and \(counted(evidence.count - shown.count, "earlier file")), named in the report"])
        }
        return lines
    }

    private func lines(on quarantine: Quarantine, _ verdict: Verdict) -> [String] {
        labelled("owner", TerminalText.lines(quarantine.term))
            + labelled("known", TerminalText.lines(quarantine.reason))
            + (quarantine.bug.map { labelled("bug", TerminalText.lines($0)) } ?? [])
            + (verdict.hasLeaked ? labelled("counts", ["a quarantine excuses no leak"]) : [])
    }

    private func labelled(_ label: String, _ lines: [String]) -> [String] {
        lines.enumerated().map { index, line in
            "  " + (index == 0 ? TerminalText.line(label) : "").padded(to: Self.labelWidth) + line
        }
    }
}

extension Blame {
    /// The party in words for a report.
    var words: String {
        switch self {
        case .systemUnderTest: "system under test"
        case .testAuthor: "test author"
        case .host: "host"
        case .harness: "harness"
        }
    }
}
