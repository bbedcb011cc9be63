import Diagnostics
package import Verdicts

/// A run in a few numbers and words.
package struct RunSummary: Sendable {
    /// How many scenarios ended in each way.
    package let counts: [Outcome: Int]
    /// What the run says as a whole; `skipped` when not a single scenario ran.
    package let outcome: Outcome
    /// Why the result is less than it seems, one sentence each; empty when it may be trusted.
    package let doubts: [String]
    /// The number for the closing line: passed, and passed when tried again.
    package let passed: Int
    /// The number for the closing line: whatever neither passed nor was skipped, broken hooks and files included, and
    /// the quarantined left out.
    package let failed: Int
    /// The number for the closing line.
    package let skipped: Int
    /// The number for the closing line: those that did not pass, and hold nothing up because of their quarantine.
    package let quarantined: Int
    /// The wall time from the first message to the last, without what lay between an end and the time it went on.
    package let duration: Duration

    /// Sums up a closed record.
    package init(_ run: RunRecord) {
        let verdicts = run.scenarios.compactMap(\.verdict)
        counts = verdicts.reduce(into: [:]) { $0[$1.outcome, default: 0] += 1 }
        passed = (counts[.passed] ?? 0) + (counts[.flaky] ?? 0)
        skipped = counts[.skipped] ?? 0
        quarantined = verdicts.count(where: \.isExcused)
        failed = verdicts.count - passed - skipped - quarantined + run.parseErrors.count + run.brokenHooks.count
        let span = run.startedAt.flatMap { start in (run.finishedAt ?? run.lastSeenAt)?.since(start) } ?? .zero
        duration = max(.zero, span - run.pause)
        doubts = Self.doubts(about: run, verdicts: verdicts)
        outcome = Self.outcome(of: run, verdicts: verdicts)
    }

    /// The exit status that says the same as ``outcome``.
    package var exitCode: ExitCode {
        switch outcome {
        case .passed, .flaky, .skipped: .passed
        case .inconclusive: .infrastructure
        case .failed, .pending, .undefined, .ambiguous: .failed
        }
    }

    /// How many scenarios ended in a way.
    package subscript(_ outcome: Outcome) -> Int { counts[outcome] ?? 0 }

    /// The line that closes the output of a run, fit for scripts: `3 passed, 1 failed`, and where so `, 1 skipped` and
    /// `, 1 quarantined`.
    package var closingLine: String {
        "\(passed) passed, \(failed) failed" + (skipped > 0 ? ", \(skipped) skipped" : "")
            + (quarantined > 0 ? ", \(quarantined) quarantined" : "")
    }

    /// What the closing line does not tell apart, or `nil` when there is nothing.
    package var finerCounts: String? {
        let named: [(Outcome, String)] = [
            (.flaky, "passed only when tried again (flaky)"), (.inconclusive, "inconclusive"),
            (.undefined, "undefined"), (.ambiguous, "ambiguous"), (.pending, "pending"),
        ]
        let parts = named.filter { self[$0.0] > 0 }.map { "\(self[$0.0]) \($0.1)" }
        return parts.isEmpty ? nil : "Of these: " + parts.joined(separator: ", ")
    }

    /// The function that makes the exit status judges here too, so that nobody reads another result than scripts get.
    private static func outcome(of run: RunRecord, verdicts: [Verdict]) -> Outcome {
        if !run.parseErrors.isEmpty || !run.brokenHooks.isEmpty { return .failed }
        switch ExitCode(verdicts: verdicts, failOnFlaky: run.failsOnFlaky) {
        case .passed: break
        case .failed, .wrongSuite: return .failed
        case .infrastructure, .interrupted, .terminated: return .inconclusive
        }
        if run.finishedAt == nil || !run.problems.isEmpty || run.claimsSuccess != true { return .inconclusive }
        if run.scenarios.allSatisfy({ $0.outcome == .skipped }) { return .skipped }
        return verdicts.contains { $0.counts && $0.outcome == .flaky } ? .flaky : .passed
    }

    private static func doubts(about run: RunRecord, verdicts: [Verdict]) -> [String] {
        var doubts: [String] = []
        if run.finishedAt == nil { doubts.append("The run was interrupted: the record has no end.") }
        doubts += run.brokenHooks.map(\.sentence)
        if let message = run.message, run.claimsSuccess == false { doubts.append(message) }
        if !run.problems.isEmpty {
            doubts.append("The record is damaged in \(counted(run.problems.count, "place")): \(run.problems[0])")
        }
        let inconclusive = verdicts.count { $0.outcome == .inconclusive && $0.counts }
        if inconclusive > 0 {
            doubts.append("\(counted(inconclusive, "scenario")) proved nothing, because evidence is missing.")
        }
        let excused = verdicts.count(where: \.isExcused)
        if excused > 0 {
            doubts.append("\(counted(excused, "scenario")) in the quarantine did not pass, which holds nothing up.")
        }
        if run.failsOnFlaky, verdicts.contains(where: { $0.counts && $0.outcome == .flaky }) {
            doubts.append("The run fails because of its flaky scenarios, as --fail-on-flaky asks.")
        }
        let unwatched = run.scenarios.count { ($0.outcome == .passed || $0.outcome == .flaky) && $0.traffic == nil }
        if unwatched > 0 {
            doubts.append("\(counted(unwatched, "scenario")) passed without a verdict on the traffic.")
        }
        return doubts
    }
}

/// Says how many there are of something, such as `1 scenario` or `2 scenarios`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
