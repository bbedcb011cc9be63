import ScenarioWorlds
import Testing
import Verdicts

@Suite("What was proved of a checkpoint")
struct CheckpointEvidenceTests {
    private func traffic(_ state: ConditionReport.State, _ word: String, _ detail: String = "3 frames")
        -> ConditionReport
    {
        ConditionReport(name: "traffic", state: state, word: word, summary: "It is \(word).", details: [detail])
    }

    private func evidence(_ title: String, _ conditions: ConditionReport...) -> CheckpointEvidence {
        CheckpointEvidence(title: title, conditions: conditions, policy: "0123456789abcdef")
    }

    @Test("it stands in the verdict of every scenario that starts from it")
    func held() {
        let own = traffic(.held, "clean")
        let whole = own.continuing([
            evidence("booted", traffic(.held, "clean", "7 frames")), evidence("connected", traffic(.held, "clean")),
        ])
        #expect(whole.state == .held)
        #expect(whole.word == "clean")
        #expect(
            whole.details == [
                "3 frames", "before: checkpoint “booted”: clean; 7 frames; policy 0123456789ab",
                "before: checkpoint “connected”: clean; 3 frames; policy 0123456789ab",
            ]
        )
    }

    @Test("an announced leak of the scenario's own stays what it is")
    func announced() {
        let report = traffic(.brokenAsExpected, "leaked").continuing([evidence("booted", traffic(.held, "clean"))])
        #expect(report.state == .brokenAsExpected)
    }

    @Test(
        "a leak before it was kept breaks every scenario, announced or not",
        arguments: [ConditionReport.State.broken, .brokenAsExpected]
    )
    func leaked(_ state: ConditionReport.State) {
        let before = [evidence("booted", traffic(state, "leaked")), evidence("connected", traffic(.held, "clean"))]
        let report = traffic(.held, "clean").continuing(before)
        #expect(report.state == .broken)
        #expect(report.word == "leaked")
        #expect(report.summary == "The checkpoint “booted” was made though traffic was broken.")
    }

    @Test("what nobody proved is not proved", arguments: 0..<4)
    func unproven(_ index: Int) {
        let other = ConditionReport(name: "company", state: .held, word: "kept", summary: "")
        let unknown: [[CheckpointEvidence]?] = [
            nil, [], [evidence("booted", other)], [evidence("booted", traffic(.unproven, "inconclusive"))],
        ]
        let report = traffic(.held, "clean").continuing(unknown[index])
        #expect(report.state == .unproven)
        #expect(report.word == "inconclusive")
        #expect(report.details.contains("It is clean."))
    }

    @Test("a leak of the scenario's own outranks what is not proved")
    func ownLeak() {
        let report = traffic(.broken, "leaked").continuing(nil)
        #expect(report.state == .broken)
        #expect(report.summary == "It is leaked.")
    }
}
