import Diagnostics
import Reports
import Testing
import Verdicts

/// Scripts go by the exit status and people by the reports: they have to hear the same.
@Suite("Reports agree with the exit status")
struct ExitAgreementTests {
    /// A scenario's verdict, as a run may leave it.
    struct Ending: Sendable, CustomTestStringConvertible {
        let outcome: Outcome
        let blame: Blame?
        let isQuarantined: Bool
        let hasLeaked: Bool

        var testDescription: String {
            [outcome.rawValue, blame?.rawValue, isQuarantined ? "quarantined" : nil, hasLeaked ? "leaked" : nil]
                .compactMap(\.self).joined(separator: " ")
        }

        /// Every outcome with every blame that it can have, in and out of the quarantine, with and without a leak.
        static let all: [Ending] = Outcome.allCases.flatMap { outcome -> [Ending] in
            let blames: [Blame?] =
                switch outcome {
                case .passed, .skipped, .flaky: [nil]
                case .failed: [.systemUnderTest, .testAuthor, .host, .harness]
                case .inconclusive: [.host, .harness]
                case .pending, .undefined, .ambiguous: [.testAuthor]
                }
            return blames.flatMap { blame in
                [false, true].flatMap { isQuarantined in
                    // What leaked is a failure of the system under test, and nothing else.
                    (outcome == .failed && blame == .systemUnderTest ? [false, true] : [false]).map {
                        Ending(outcome: outcome, blame: blame, isQuarantined: isQuarantined, hasLeaked: $0)
                    }
                }
            }
        }

        /// The verdicts of the attempts.
        var attempts: [Verdict] {
            var verdicts = [
                hasLeaked
                    ? .leaked
                    : Verdict(
                        outcome: outcome == .flaky ? .failed : outcome,
                        blame: outcome == .flaky ? .systemUnderTest : blame,
                        reason: outcome == .passed ? nil : "why",
                        conditions: Verdict.clean.conditions
                    )
            ]
            if outcome == .flaky { verdicts.append(.clean) }
            return verdicts.map { isQuarantined ? $0.quarantined() : $0 }
        }
    }

    @Test("for every ending beside every other", arguments: Ending.all, [false, true])
    func pairs(_ first: Ending, failOnFlaky: Bool) throws {
        for second in Ending.all {
            let endings = [first, second]
            let verdicts = endings.compactMap { Verdict(joining: $0.attempts) }
            let code = ExitCode(verdicts: verdicts, failOnFlaky: failOnFlaky)

            var builder = RunBuilder()
            let plans = ["one", "two"].map { RunBuilder.Planned(name: $0, steps: ["Given a"]) }
            let cases = builder.feature("a.feature", "A", plans)
            for (testCase, ending) in zip(cases, endings) {
                let attempts = ending.attempts
                for (number, verdict) in attempts.enumerated() {
                    try builder.run(
                        testCase,
                        attempt: number,
                        verdict: verdict,
                        failing: verdict.outcome == .failed ? (1, .failed, "why") : nil,
                        willBeRetried: number < attempts.count - 1
                    )
                }
            }
            if failOnFlaky { try builder.failOnFlaky() }
            builder.endRun(success: code == .passed)

            let summary = RunSummary(builder.record)
            let expected: Set<Outcome> =
                switch code {
                case .passed: [.passed, .flaky, .skipped]
                case .infrastructure: [.inconclusive]
                default: [.failed]
                }
            #expect(expected.contains(summary.outcome), "\(second.testDescription)")
            #expect(summary.exitCode == code, "\(second.testDescription)")

            // The closing line counts nobody as failed in a run that succeeds, and each scenario once.
            #expect(summary.passed + summary.failed + summary.skipped + summary.quarantined == 2)
            #expect(summary.failed == verdicts.count { $0.outcome.isProblem && $0.counts })
            #expect(summary.quarantined == verdicts.count(where: \.isExcused))
            if code == .passed { #expect(summary.failed == 0) }
            let isFlaky = verdicts.contains { $0.outcome == .flaky && $0.counts }
            if code != .passed { #expect(summary.failed > 0 || (failOnFlaky && isFlaky)) }
            let text = try builder.written {
                ProgressReport(to: $0, style: .plain, place: RunPlace(directory: "runs/a"))
            }
            #expect(text.hasSuffix("\n\(summary.closingLine)\n"))
            #expect(summary.closingLine.contains("quarantined") == (summary.quarantined > 0))
        }
    }

    @Test("a run that claims to have failed for no reason that stands in its record proves nothing")
    func unexplained() throws {
        var builder = RunBuilder()
        let cases = builder.feature("a.feature", "A", [.init(name: "one", steps: ["Given a"])])
        try builder.run(cases[0], verdict: .missed, failing: (1, .failed, "why"), willBeRetried: true)
        try builder.run(cases[0], attempt: 1)
        builder.endRun(success: false)
        #expect(RunSummary(builder.record).outcome == .inconclusive)
    }
}
