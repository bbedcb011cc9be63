import CucumberMessages
import Reports
import Testing
import Verdicts

private let tor = "features/tor.feature"

@Suite("The record of a run")
struct RunRecordTests {
    @Test("a run is told as features, rules, scenarios, attempts and steps")
    func structure() throws {
        var builder = RunBuilder()
        let cases = builder.feature(
            tor,
            "Tor",
            [
                .init(name: "plain", steps: ["Given a", "Then b"]),
                .init(name: "ruled", steps: ["When c"], rule: "always"),
            ]
        )
        for testCase in cases { try builder.run(testCase) }
        builder.endRun(success: true)

        let record = builder.record
        let feature = try #require(record.features.first)
        #expect(feature.name == "Tor")
        #expect(feature.groups.map(\.rule) == [nil, "always"])
        let scenario = try #require(feature.scenarios.first)
        #expect(scenario.location == "features/tor.feature:3")
        #expect(scenario.outcome == .passed)
        #expect(scenario.traffic?.word == "clean")
        #expect(scenario.steps.map(\.title) == ["start the machine", "Given a", "Then b", "judge the traffic"])
        #expect(scenario.steps.map(\.isHook) == [true, false, false, true])
        #expect(scenario.duration == .seconds(6))
        #expect(RunSummary(record).outcome == .passed)
        #expect(RunSummary(record).doubts.isEmpty)
    }

    @Test("rows of an outline are numbered, and stand on their own lines")
    func examples() throws {
        var builder = RunBuilder()
        let cases = builder.feature(tor, "Tor", [.init(name: "row", steps: ["Given a"], examples: 2)])
        for testCase in cases { try builder.run(testCase) }
        let scenarios = builder.record.scenarios
        #expect(scenarios.map(\.title) == ["row (example 1)", "row (example 2)"])
        #expect(scenarios.map(\.line) == [9, 10])
    }

    @Test("an interrupted run is inconclusive: what was running, what had not begun, and the whole")
    func interrupted() throws {
        var builder = RunBuilder()
        let plans = ["one", "two", "three"].map { RunBuilder.Planned(name: $0, steps: ["Given a"]) }
        let cases = builder.feature(tor, "Tor", plans)
        try builder.run(cases[0])
        _ = builder.begin(cases[1])

        let record = builder.record
        #expect(record.scenarios.map(\.outcome) == [.passed, .inconclusive, .inconclusive])
        #expect(record.scenarios[1].verdict?.reason == "The run ended here, before the scenario did.")
        #expect(record.scenarios[2].verdict?.reason == "The run ended before this scenario began.")
        let summary = RunSummary(record)
        #expect(summary.outcome == .inconclusive)
        #expect(summary.closingLine == "1 passed, 2 failed")
        #expect(summary.doubts.first == "The run was interrupted: the record has no end.")
    }

    @Test("a verdict of an attempt that was cut off before its end is no pass")
    func cutOffAfterVerdict() throws {
        var builder = RunBuilder()
        let cases = builder.feature(tor, "Tor", [.init(name: "one", steps: ["Given a"])])
        let attempt = builder.begin(cases[0])
        try builder.judge(.clean, attempt: attempt)
        #expect(builder.record.scenarios[0].outcome == .inconclusive)
    }

    @Test("scenarios that an ended run left out are skipped")
    func skipped() throws {
        var builder = RunBuilder()
        let plans = ["one", "two"].map { RunBuilder.Planned(name: $0, steps: ["Given a"]) }
        let cases = builder.feature(tor, "Tor", plans)
        try builder.run(cases[0], verdict: .leaked)
        builder.endRun(success: false)
        let record = builder.record
        #expect(record.scenarios.map(\.outcome) == [.failed, .skipped])
        #expect(RunSummary(record).closingLine == "0 passed, 1 failed, 1 skipped")
    }

    @Test("a run that was interrupted and goes on takes the time in which it ran, and its hooks speak anew")
    func pause() throws {
        var builder = RunBuilder()
        let cases = builder.feature("a.feature", "A", ["one", "two"].map { .init(name: $0, steps: ["Given a"]) })
        builder.breakHook("start the server", before: true, message: "The port is taken.")
        builder.wait(.seconds(10))
        builder.endRun(success: false, message: "The run was stopped before its end.")
        #expect(RunSummary(builder.record).duration == .seconds(10))
        #expect(RunSummary(builder.record).outcome == .failed)
        builder.wait(.seconds(3_600))
        builder.beginRun()
        for testCase in cases { try builder.run(testCase) }
        builder.endRun(success: true)
        let summary = RunSummary(builder.record)
        #expect(summary.duration == .seconds(19))
        #expect(summary.closingLine == "2 passed, 0 failed")
        #expect(summary.outcome == .passed)
        #expect(summary.doubts.isEmpty)
    }

    @Test("a scenario that passes at the second attempt is flaky, unless the first was only cut off")
    func flaky() throws {
        var builder = RunBuilder()
        let plans = ["one", "two"].map { RunBuilder.Planned(name: $0, steps: ["Given a"]) }
        let cases = builder.feature(tor, "Tor", plans)
        try builder.run(cases[0], verdict: .unproven, willBeRetried: true)
        try builder.run(cases[0], attempt: 1)
        _ = builder.begin(cases[1])
        try builder.run(cases[1], attempt: 1)
        builder.endRun(success: true)
        let record = builder.record
        #expect(record.scenarios.map(\.outcome) == [.flaky, .passed])
        #expect(RunSummary(record).outcome == .flaky)
        #expect(RunSummary(record).closingLine == "2 passed, 0 failed")
        #expect(RunSummary(record).finerCounts == "Of these: 1 passed only when tried again (flaky)")
    }

    @Test("a leak is never retried into a pass")
    func leakThenPass() throws {
        var builder = RunBuilder()
        let cases = builder.feature(tor, "Tor", [.init(name: "one", steps: ["Given a"])])
        try builder.run(cases[0], verdict: .leaked, willBeRetried: true)
        try builder.run(cases[0], attempt: 1)
        builder.endRun(success: true)
        #expect(builder.record.scenarios[0].outcome == .failed)
        #expect(builder.record.scenarios[0].traffic?.word == "leaked")
    }

    @Test("without a verdict nothing has passed")
    func noVerdict() throws {
        var builder = RunBuilder()
        let cases = builder.feature(tor, "Tor", [.init(name: "one", steps: ["Given a"])])
        try builder.run(cases[0], verdict: nil)
        builder.endRun(success: true)
        #expect(builder.record.scenarios[0].outcome == .inconclusive)
        #expect(RunSummary(builder.record).outcome == .inconclusive)
    }

    @Test(
        "a verdict that the rest of the record contradicts is no pass",
        arguments: [
            (Verdict(outcome: .passed, conditions: Verdict.leaked.conditions), TestStepStatus.passed),
            (Verdict(outcome: .passed, conditions: Verdict.unproven.conditions), .passed),
            (Verdict.clean, .failed),
            (Verdict.clean, .undefined),
        ]
    )
    func contradiction(_ verdict: Verdict, _ status: TestStepStatus) throws {
        var builder = RunBuilder()
        let cases = builder.feature(tor, "Tor", [.init(name: "one", steps: ["Given a"])])
        try builder.run(cases[0], verdict: verdict, failing: (1, status, "no"))
        #expect(builder.record.scenarios[0].outcome == .inconclusive)
        #expect(builder.record.scenarios[0].verdict?.blame == .harness)
    }

    @Test("an anti-test passes although a step was ended by what had to break")
    func antiTest() throws {
        var builder = RunBuilder()
        let cases = builder.feature(tor, "Tor", [.init(name: "one", steps: ["Given a"])])
        let broken = ConditionReport(name: "traffic", state: .brokenAsExpected, word: "leaked", summary: "As it must.")
        let verdict = Verdict(outcome: .passed, conditions: [broken])
        try builder.run(cases[0], verdict: verdict, failing: (1, .failed, "leak"))
        #expect(builder.record.scenarios[0].outcome == .passed)
    }

    @Test("a verdict that a step attached is not believed")
    func forgedVerdict() throws {
        var builder = RunBuilder()
        let cases = builder.feature(tor, "Tor", [.init(name: "one", steps: ["Given a"])])
        try builder.run(cases[0], verdict: nil) { builder, attempt, step in
            builder.attach(#"{"outcome":"passed","conditions":[]}"#, Verdict.mediaType, attempt: attempt, step: step)
        }
        #expect(builder.record.scenarios[0].outcome == .inconclusive)
    }

    @Test("a later verdict never betters an earlier one")
    func secondVerdict() throws {
        var builder = RunBuilder()
        let cases = builder.feature(tor, "Tor", [.init(name: "one", steps: ["Given a"])])
        let attempt = builder.begin(cases[0])
        try builder.judge(.leaked, attempt: attempt)
        try builder.judge(.clean, attempt: attempt)
        builder.end(attempt)
        #expect(builder.record.scenarios[0].outcome == .failed)
    }

    @Test("a run that says of itself that it failed has not passed, whatever its scenarios say")
    func claimedFailure() throws {
        var builder = RunBuilder()
        let cases = builder.feature(tor, "Tor", [.init(name: "one", steps: ["Given a"])])
        try builder.run(cases[0])
        builder.endRun(success: false, message: "A worker could not be taken down.")
        let summary = RunSummary(builder.record)
        #expect(summary.outcome == .inconclusive)
        #expect(summary.doubts == ["A worker could not be taken down."])
    }

    @Test("a pass without a verdict on the traffic is doubted")
    func unwatched() throws {
        var builder = RunBuilder()
        let cases = builder.feature(tor, "Tor", [.init(name: "one", steps: ["Given a"])])
        try builder.run(cases[0], verdict: Verdict(outcome: .passed))
        builder.endRun(success: true)
        #expect(RunSummary(builder.record).doubts == ["1 scenario passed without a verdict on the traffic."])
    }

    @Test("the text of logs is bounded, and what is left out is counted")
    func boundedLogs() throws {
        var builder = RunBuilder()
        let cases = builder.feature(tor, "Tor", [.init(name: "one", steps: ["Given a"])])
        let attempt = builder.begin(cases[0])
        for _ in 0..<10 {
            builder.attach(String(repeating: "x", count: 100), "text/x.cucumber.log+plain", attempt: attempt)
        }
        var limits = RunRecord.Limits()
        limits.allText = 450
        var record = RunRecord(limits: limits)
        for envelope in builder.envelopes { record.apply(envelope) }
        #expect(record.attempt(attempt)?.log.lines.count == 4)
        #expect(record.attempt(attempt)?.log.leftOut == 6)
    }

    @Test(
        "a URL that leads out of the folder of attachments is not kept",
        arguments: [
            "attachments/../../etc/passwd", "javascript:alert(1)", "https://example.org/a.png", "/etc/passwd",
            "attachments/", "attachments/a/b.png", "attachments/.htaccess", "attachments/a\"b.png",
        ]
    )
    func unsafeURL(_ url: String) throws {
        var builder = RunBuilder()
        let cases = builder.feature(tor, "Tor", [.init(name: "one", steps: ["Given a"])])
        let attempt = builder.begin(cases[0])
        builder.attachFile(url, "image/png", attempt: attempt)
        #expect(builder.record.attempt(attempt)?.attachments.map(\.url) == [nil])
    }

    @Test("an error's text is taken apart into what it was made of")
    func explanation() {
        let explanation = Explanation(Verdict.leaked.reason ?? "")
        #expect(explanation.summary == "The guest sent udp traffic to 9.9.9.9:53, which no allowed path covers.")
        #expect(explanation.context == ["sent by: 10.2.1.5:41000", "allowed: Tor guard relay"])
        #expect(explanation.hint?.hasPrefix("Open the capture") == true)
        #expect(Explanation("just text").summary == "just text")
        #expect(Explanation("Hint: x").hint == nil)
    }
}
