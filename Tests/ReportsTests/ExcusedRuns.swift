import CucumberMessages
import Diagnostics
import Foundation
import Reports
import Verdicts

extension Quarantine {
    static let known = Quarantine(
        owner: "kim",
        reason: "The till sticks.",
        bug: "https://bugs.test/7",
        expires: "2026-03-31"
    )
}

extension Verdict {
    /// The same verdict on a scenario that is quarantined.
    func quarantined() -> Verdict {
        var verdict = self
        verdict.quarantine = .known
        return verdict
    }

    static let missed = Verdict(
        outcome: .failed,
        blame: .systemUnderTest,
        reason: "The till was expected to open, and stayed shut.",
        conditions: Verdict.clean.conditions
    )
}

extension SampleRuns {
    /// A run in which a quarantined scenario fails, another passes, and one fails that nobody excuses.
    ///
    /// `counting` is the verdict on the last one.
    static func excused(counting: Verdict = .missed) throws -> RunBuilder {
        var builder = RunBuilder()
        let plans = ["Known", "Mended", "Counting"].map { RunBuilder.Planned(name: $0, steps: ["Given a"]) }
        let cases = builder.feature("a.feature", "A", plans)
        try builder.run(
            cases[0],
            verdict: Verdict.missed.quarantined(),
            failing: (1, .failed, Verdict.missed.reason ?? "")
        )
        try builder.run(cases[1], verdict: Verdict.clean.quarantined())
        try builder.run(
            cases[2],
            verdict: counting,
            failing: counting.outcome.isProblem ? (1, .failed, counting.reason ?? "") : nil
        )
        builder.endRun(success: ExitCode(verdicts: [counting]) == .passed)
        return builder
    }

    /// A run with a scenario that failed twice, one that passed at the third attempt, and one that was cut off once.
    static func triedAgain(failOnFlaky: Bool = false) throws -> RunBuilder {
        var builder = RunBuilder()
        let plans = ["Never", "Third", "Cut"].map { RunBuilder.Planned(name: $0, steps: ["Given a"]) }
        let cases = builder.feature("a.feature", "A", plans)
        let failing = (step: 1, status: TestStepStatus.failed, message: Verdict.missed.reason ?? "")
        for attempt in 0..<2 {
            try builder.run(
                cases[0],
                attempt: attempt,
                verdict: .missed,
                failing: failing,
                willBeRetried: attempt == 0
            )
        }
        for attempt in 0..<2 {
            try builder.run(cases[1], attempt: attempt, verdict: .missed, failing: failing, willBeRetried: true) {
                $0.attachFile("attachments/\(attempt).png", "image/png", attempt: $1, step: $2)
            }
        }
        try builder.run(cases[1], attempt: 2)
        var cutOff = Verdict(outcome: .inconclusive, blame: .host, reason: "The run was stopped.")
        cutOff.isCutOff = true
        try builder.run(cases[2], verdict: cutOff)
        try builder.run(cases[2], attempt: 1)
        if failOnFlaky { try builder.failOnFlaky() }
        builder.endRun(success: false)
        return builder
    }
}

extension RunBuilder {
    /// Says that flaky scenarios fail the run.
    mutating func failOnFlaky() throws {
        let rule = try JSONEncoder().encode(ExitRule(failOnFlaky: true))
        attach(String(decoding: rule, as: UTF8.self), ExitRule.mediaType)
    }
}
