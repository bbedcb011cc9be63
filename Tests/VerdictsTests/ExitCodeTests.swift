import Diagnostics
import Testing
import Verdicts

@Suite("Exit codes")
struct ExitCodeTests {
    private let passed = Verdict(outcome: .passed)
    private let failed = Verdict(outcome: .failed, blame: .systemUnderTest)
    private let inconclusive = Verdict(outcome: .inconclusive, blame: .host)

    @Test("a run in which everything passed exits with 0")
    func allPassed() {
        #expect(ExitCode(verdicts: [passed, passed]).rawValue == 0)
    }

    @Test("a failed scenario exits with 1, whatever else happened")
    func failureOutranks() {
        #expect(ExitCode(verdicts: [inconclusive, failed, passed]).rawValue == 1)
    }

    @Test("missing evidence exits with 75, never with 0")
    func inconclusiveIsNoPass() {
        #expect(ExitCode(verdicts: [passed, inconclusive]).rawValue == 75)
    }

    @Test("a failure for which the host is to blame may be retried", arguments: [Blame.host, .harness])
    func hostFailure(_ blame: Blame) {
        #expect(ExitCode(verdicts: [Verdict(outcome: .failed, blame: blame)]).rawValue == 75)
    }

    @Test("a flaky scenario passes, unless that is not wanted")
    func flaky() {
        let verdicts = [Verdict(outcome: .flaky)]
        #expect(ExitCode(verdicts: verdicts).rawValue == 0)
        #expect(ExitCode(verdicts: verdicts, failOnFlaky: true).rawValue == 1)
    }

    @Test("what is quarantined does not count, unless it leaked")
    func quarantine() {
        var excused = failed
        excused.quarantine = Quarantine(owner: "kim", reason: "The menu flickers.", expires: "2030-01-01")
        #expect(ExitCode(verdicts: [passed, excused]).rawValue == 0)
        var leaking = Verdict(outcome: .failed, blame: .systemUnderTest, conditions: [traffic(.broken)])
        leaking.quarantine = excused.quarantine
        #expect(ExitCode(verdicts: [passed, leaking]).rawValue == 1)
    }
}

@Suite("Attempts together")
struct JoinedAttemptsTests {
    private let passed = Verdict(outcome: .passed, conditions: [traffic(.held)])
    private let failed = Verdict(outcome: .failed, blame: .systemUnderTest, reason: "no text", conditions: [])
    private let leaked = Verdict(outcome: .failed, blame: .systemUnderTest, conditions: [traffic(.broken)])
    private var stopped: Verdict {
        var verdict = Verdict(outcome: .inconclusive, blame: .host, reason: "stopped")
        verdict.isCutOff = true
        return verdict
    }

    @Test("the last attempt speaks, and a pass that needed a second try is flaky, with what had failed")
    func lastSpeaks() {
        #expect(Verdict(joining: []) == nil)
        #expect(Verdict(joining: [passed]) == passed)
        #expect(Verdict(joining: [failed, failed]) == failed)
        let flaky = Verdict(joining: [failed, passed])
        #expect(flaky?.outcome == .flaky)
        #expect(flaky?.blame == .systemUnderTest)
        #expect(flaky?.reason == "no text")
        #expect(flaky?.conditions == passed.conditions)
    }

    @Test("a leak is never retried into anything else")
    func leak() {
        #expect(Verdict(joining: [leaked, passed]) == leaked)
        #expect(Verdict(joining: [passed, leaked, failed]) == leaked)
        #expect(!leaked.isWorthRetrying)
    }

    @Test("an attempt that was stopped says nothing beside one that was not")
    func cutOff() {
        #expect(Verdict(joining: [stopped, passed]) == passed)
        #expect(Verdict(joining: [failed, stopped]) == failed)
        #expect(Verdict(joining: [stopped]) == stopped)
        #expect(Verdict(joining: [failed, stopped, passed])?.outcome == .flaky)
    }

    @Test(
        "only what failed or proved nothing may be tried again",
        arguments: [
            (Outcome.failed, true), (.inconclusive, true), (.passed, false), (.flaky, false), (.skipped, false),
            (.pending, false), (.undefined, false), (.ambiguous, false),
        ]
    )
    func worthRetrying(_ outcome: Outcome, _ isWorth: Bool) {
        #expect(Verdict(outcome: outcome).isWorthRetrying == isWorth)
    }
}

private func traffic(_ state: ConditionReport.State) -> ConditionReport {
    ConditionReport(name: "traffic", state: state, word: state.rawValue, summary: "")
}
