package import CucumberMessages
import Verdicts

/// One line for every scenario that has ended; on a terminal also one line that says what goes on.
package struct ProgressReport: Report {
    private let sink: ReportSink
    private let style: TerminalStyle
    private let place: RunPlace
    private var now: Timestamp?
    private var shownStatus = ""

    /// Creates the report.
    package init(to sink: ReportSink, style: TerminalStyle, place: RunPlace) {
        self.sink = sink
        self.style = style
        self.place = place
    }

    package mutating func receive(_ envelope: Envelope, run: RunRecord) throws {
        switch envelope {
        case .parseError(let error):
            let line = error.source.location.map { ":\($0.line)" } ?? ""
            try print(["\(error.source.uri ?? "")\(line): \(error.message)"].flatMap(TerminalText.lines))
        case .testCaseStarted(let started):
            see(started.timestamp)
            guard !style.isLive, let scenario = run.scenario(ofAttempt: started.id) else { break }
            try print([announcement(of: scenario, attempt: started.attempt)])
        case .testCaseFinished(let finished):
            see(finished.timestamp)
            guard let scenario = run.scenario(ofAttempt: finished.testCaseStartedId) else { break }
            try print([line(for: scenario, attemptID: finished.testCaseStartedId)])
        case .testStepStarted(let message): see(message.timestamp)
        case .testStepFinished(let message): see(message.timestamp)
        case .attachment(let attachment): see(attachment.timestamp)
        default: break
        }
        try showStatus(run)
    }

    package mutating func refresh(now: Timestamp, run: RunRecord) throws {
        see(now)
        try showStatus(run)
    }

    package mutating func finish(run: RunRecord) throws {
        try eraseStatus()
        try sink.write(ClosingText(run, style: style, place: place).text)
    }

    // MARK: - Lines

    private func announcement(of scenario: ScenarioResult, attempt: Int) -> String {
        let again = attempt > 0 ? ", attempt \(attempt + 1)" : ""
        return TerminalText.line("running       \(scenario.location)  \(scenario.title)\(again)")
    }

    private func line(for scenario: ScenarioResult, attemptID: String) -> String {
        guard let attempt = scenario.attempts.first(where: { $0.id == attemptID }), let verdict = attempt.verdict else {
            return ""
        }
        let outcome = attempt.willBeRetried ? verdict.outcome : scenario.outcome ?? verdict.outcome
        let isExcused = !attempt.willBeRetried && scenario.isExcused
        let word = style.colour(outcome.rawValue.padded(to: 12), for: isExcused ? .flaky : outcome)
        let time = readable(attempt.duration).leftPadded(to: 10)
        let traffic = TerminalText.line(verdict.conditions.first { $0.name == "traffic" }?.word ?? "not watched")
        let again = attempt.willBeRetried ? "  (will be tried again)" : isExcused ? "  (quarantined)" : ""
        return "\(word)  \(time)  \(style.dim(traffic.padded(to: 12)))  "
            + TerminalText.line("\(scenario.location)  \(scenario.title)\(again)")
    }

    private mutating func print(_ lines: [String]) throws {
        try eraseStatus()
        try sink.write(lines.map { $0 + "\n" }.joined())
    }

    // MARK: - The live line

    private mutating func see(_ timestamp: Timestamp?) {
        guard let timestamp else { return }
        now = max(now ?? timestamp, timestamp)
    }

    private mutating func eraseStatus() throws {
        guard !shownStatus.isEmpty else { return }
        shownStatus = ""
        try sink.write("\r\u{1B}[K")
    }

    private mutating func showStatus(_ run: RunRecord) throws {
        guard style.isLive, let status = status(of: run), status != shownStatus else { return }
        // Wrapping is off meanwhile: what is wider than it was taken for, or than a smaller window, is cut, not scrolled.
        try sink.write("\r\u{1B}[K\u{1B}[?7l" + style.dim(status) + "\u{1B}[?7h")
        shownStatus = status
    }

    /// `[3/12] 0:42  Name of the scenario › step that runs › latest line of its log`, cut to the width.
    private func status(of run: RunRecord) -> String? {
        guard let id = run.runningAttempts.first, let scenario = run.scenario(ofAttempt: id),
            let attempt = run.attempt(id)
        else { return nil }
        let elapsed = (now ?? attempt.startedAt).since(attempt.startedAt)
        var parts = [scenario.title]
        if let step = attempt.runningStep { parts.append(step.title) }
        if let log = attempt.lastLogLine { parts.append(log) }
        let running = run.runningAttempts.count
        let more = running > 1 ? " (+\(running - 1))" : ""
        let head = "[\(run.endedScenarios + 1)/\(run.scenarios.count)]\(more) \(clock(elapsed))  "
        return TerminalText.cut(head + TerminalText.line(parts.joined(separator: " › ")), toColumns: style.columns)
    }

    private func clock(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        return "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
    }
}
