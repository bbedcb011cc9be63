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
    /// The number for the closing line: whatever neither passed nor was skipped, broken hooks and files included.
    package let failed: Int
    /// The number for the closing line.
    package let skipped: Int
    /// The wall time from the first message to the last.
    package let duration: Duration

    /// Sums up a closed record.
    package init(_ run: RunRecord) {
        let verdicts = run.scenarios.compactMap(\.verdict)
        counts = verdicts.reduce(into: [:]) { $0[$1.outcome, default: 0] += 1 }
        passed = (counts[.passed] ?? 0) + (counts[.flaky] ?? 0)
        skipped = counts[.skipped] ?? 0
        failed = verdicts.count - passed - skipped + run.parseErrors.count + run.brokenHooks.count
        duration = run.startedAt.flatMap { start in (run.finishedAt ?? run.lastSeenAt)?.since(start) } ?? .zero
        doubts = Self.doubts(about: run, counts: counts)
        outcome = Self.outcome(of: run, verdicts: verdicts, counts: counts)
    }

    /// How many scenarios ended in a way.
    package subscript(_ outcome: Outcome) -> Int { counts[outcome] ?? 0 }

    /// The line that closes the output of a run, fit for scripts: `3 passed, 1 failed`, and `, 1 skipped` where so.
    package var closingLine: String {
        "\(passed) passed, \(failed) failed" + (skipped > 0 ? ", \(skipped) skipped" : "")
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

    private static func outcome(of run: RunRecord, verdicts: [Verdict], counts: [Outcome: Int]) -> Outcome {
        // What is quarantined holds nothing up.
        let verdicts = verdicts.filter(\.counts)
        let productFailed = verdicts.contains {
            switch $0.outcome {
            case .failed: $0.blame != .host && $0.blame != .harness
            case .pending, .undefined, .ambiguous: true
            case .passed, .flaky, .inconclusive, .skipped: false
            }
        }
        if productFailed || !run.parseErrors.isEmpty || !run.brokenHooks.isEmpty { return .failed }
        let brokeDown = verdicts.contains { $0.outcome == .failed || $0.outcome == .inconclusive }
        if brokeDown || run.finishedAt == nil || !run.problems.isEmpty { return .inconclusive }
        if run.claimsSuccess != true { return counts[.flaky] == nil ? .inconclusive : .failed }
        if run.scenarios.allSatisfy({ $0.outcome == .skipped }) { return .skipped }
        return counts[.flaky] == nil ? .passed : .flaky
    }

    private static func doubts(about run: RunRecord, counts: [Outcome: Int]) -> [String] {
        var doubts: [String] = []
        if run.finishedAt == nil { doubts.append("The run was interrupted: the record has no end.") }
        doubts += run.brokenHooks.map(\.sentence)
        if let message = run.message, run.claimsSuccess == false { doubts.append(message) }
        if !run.problems.isEmpty {
            doubts.append("The record is damaged in \(counted(run.problems.count, "place")): \(run.problems[0])")
        }
        let inconclusive = counts[.inconclusive] ?? 0
        if inconclusive > 0 {
            doubts.append("\(counted(inconclusive, "scenario")) proved nothing, because evidence is missing.")
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
