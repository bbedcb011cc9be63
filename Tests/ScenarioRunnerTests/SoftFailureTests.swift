import CucumberMessages
import Diagnostics
import ScenarioRunner
import StepDefinitions
import Testing
import Verdicts

@Suite("Soft failures", .timeLimit(.minutes(5)))
struct SoftFailureTests {
    private static let bread = "there are 3 bread in the shop"

    @Test("a step and its scenario go on, and the scenario fails with everything that was not so")
    func goesOn() async throws {
        let trial = try await Trial(
            ["the till is counted softly as 1 and 2", Self.bread, "the till is counted softly as 0 and 3"]
        )
        #expect(trial.verdict.outcome == .failed)
        #expect(trial.verdict.blame == .systemUnderTest)
        #expect(
            trial.verdict.reason == """
                3 things were not as expected, though the scenario went on.
                  1. The till has to hold 1, and holds 0.
                     expected at ScenarioRunnerTests/ShopSteps.swift:1
                  2. There had to be enough money, and 0 are left.
                  3. There had to be enough money, and 0 are left.
                """
        )
        #expect(trial.statuses.dropFirst(2) == [.failed, .passed, .failed, .passed, .passed])
        #expect(trial.diary.last == "locked after a failure")
    }

    @Test("what is as expected leaves no trace")
    func innocent() async throws {
        let trial = try await Trial(["the till is counted softly as 0 and 0"])
        #expect(trial.verdict == Verdict(outcome: .passed, conditions: [.till(.held)]))
    }

    @Test("a later failure that ends the scenario is told first, and the others besides")
    func besides() async throws {
        let trial = try await Trial(["the till is counted softly as 0 and 3", "9 bread are sold for 1 each"])
        #expect(
            trial.verdict.reason == """
                There had to be enough bread, and 0 are left.
                Besides: There had to be enough money, and 0 are left.
                """
        )
        let powerless = try await Trial(["the till is counted softly as 0 and 3", "the power is cut"])
        #expect(powerless.verdict.outcome == .failed)
        #expect(powerless.verdict.blame == .systemUnderTest)
    }

    @Test("a scenario that is skipped later has failed all the same")
    func skipped() async throws {
        let trial = try await Trial(["the till is counted softly as 0 and 3", "it is Sunday"])
        #expect(trial.verdict.outcome == .failed)
    }

    @Test("a state in which something was not as expected is not kept")
    func notKept() async throws {
        // The state would be kept by a hook that fails in a folder that is not there.
        let trial = try await Trial(["the till is counted softly as 0 and 3"], stateFolder: "/nonexistent")
        #expect(!trial.diary.contains("kept"))
        #expect(trial.verdict.outcome == .failed)
    }

    @Test("a hook that fails after a step that skips fails the scenario, one that skips changes nothing")
    func afterSkipping() async throws {
        let failing = try await Trial(tags: "@uncounted", ["it is Sunday"])
        #expect(failing.verdict.outcome == .inconclusive)
        #expect(failing.verdict.reason == ShopError.powerCut.description)
        let resting = try await Trial(tags: "@resting", [Self.bread])
        #expect(try resting.result("Rest").status == .skipped)
        #expect(resting.verdict.outcome == .passed)
    }
}
