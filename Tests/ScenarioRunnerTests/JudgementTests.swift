import Diagnostics
import ScenarioRunner
import StepDefinitions
import Testing
import Verdicts

@Suite("Judgement")
struct JudgementTests {
    private func verdict(
        step: (any Error)? = nil,
        interruption: (any Error)? = nil,
        world: (any Error)? = nil,
        _ conditions: ConditionReport.State...
    ) -> Verdict {
        Verdict(
            stepFailure: step,
            interruption: interruption,
            worldFailure: world,
            conditions: conditions.map { .till($0) }
        )
    }

    @Test("a broken condition outranks a failed step")
    func brokenCondition() {
        let verdict = verdict(step: ShopError.powerCut, .held, .broken)
        #expect(verdict.outcome == .failed)
        #expect(verdict.blame == .systemUnderTest)
        #expect(verdict.reason == "The till is broken.\nBesides: \(ShopError.powerCut)")
    }

    @Test("the leak that interrupted a scenario explains the broken condition in full")
    func interruptionExplains() {
        #expect(verdict(interruption: ShopError.burgled, .broken).reason == ShopError.burgled.description)
    }

    @Test("a report that says all that the leak's error says, and more, takes its place")
    func reportCompletes() {
        struct Leak: ExplainedError {
            let blame = Blame.systemUnderTest
            let summary = "It leaked."
            let context = ["flow: a"]
            let hint: String? = "Look."
        }
        func reason(_ details: String...) -> String? {
            let report = ConditionReport(
                name: "traffic",
                state: .broken,
                word: "leaked",
                summary: "It leaked.",
                details: details
            )
            return Verdict(stepFailure: nil, interruption: Leak(), worldFailure: nil, conditions: [report]).reason
        }
        #expect(reason("sent by: b", "flow: a") == "It leaked.\n  sent by: b\n  flow: a\nHint: Look.")
        #expect(reason("sent by: b") == Leak().description)
    }

    @Test("a failed step outranks missing evidence")
    func failedStep() {
        let verdict = verdict(step: ShopError.soldOut("bread", left: 0), world: ShopError.closedForever, .unproven)
        #expect(verdict.outcome == .failed)
        #expect(verdict.blame == .systemUnderTest)
    }

    @Test("missing evidence outranks a pass, and a step that skips the rest")
    func missingEvidence() {
        #expect(verdict(.unproven).outcome == .inconclusive)
        #expect(verdict(step: StepSignal.skipped("Sunday"), .unproven).outcome == .inconclusive)
    }

    @Test("a condition that was broken as the scenario wants it does not keep it from passing")
    func brokenAsExpected() {
        #expect(verdict(.brokenAsExpected).outcome == .passed)
    }

    @Test(
        "who is to blame decides between failed and inconclusive",
        arguments: [
            (ShopError.burgled, Outcome.failed), (.soldOut("bread", left: 0), .failed), (.powerCut, .inconclusive),
            (.closedForever, .inconclusive),
        ]
    )
    func blame(_ error: ShopError, _ outcome: Outcome) {
        for verdict in [verdict(step: error), verdict(interruption: error), verdict(world: error)] {
            #expect(verdict.outcome == outcome)
            #expect(verdict.blame == error.blame)
            #expect(verdict.reason == error.description)
        }
    }

    @Test("an error that does not explain itself is the fault of the step that let it out")
    func foreignError() {
        struct Slip: Error {}
        #expect(verdict(step: Slip()).outcome == .failed)
        #expect(verdict(step: Slip()).blame == .testAuthor)
    }

    @Test("an error that comes from beside the steps, and does not explain itself, is the harness's")
    func foreignErrorOfWorld() {
        struct Slip: Error {}
        for verdict in [verdict(world: Slip()), verdict(interruption: Slip())] {
            #expect(verdict.outcome == .inconclusive)
            #expect(verdict.blame == .harness)
        }
    }

    @Test("a cancelled step says that the run was stopped")
    func cancelled() {
        #expect(verdict(step: CancellationError()).reason == RunnerError.cancelled.description)
        #expect(verdict(step: CancellationError()).outcome == .inconclusive)
    }
}
