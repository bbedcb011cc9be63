import CucumberMessages
import Diagnostics
import ScenarioRunner
import StepDefinitions
import Testing
import Verdicts

@Suite("Continuous conditions", .timeLimit(.minutes(5)))
struct ConditionTests {
    private static let demand = "the till never owes anything"
    private static let long = Duration.seconds(1_000_000)
    private static let broken = ConditionError.broken(
        "the till owes nothing",
        cause: ShopError.soldOut("money", left: -5)
    )

    private func demanded(_ trial: Trial) -> [ConditionReport] { trial.verdict.conditions.filter { $0.name != "till" } }

    @Test("what holds throughout is told in the verdict, with how often it was asked")
    func held() async throws {
        let trial = try await Trial([Self.demand, "time passes until it was asked twice more"], deadline: Self.long)
        #expect(trial.verdict.outcome == .passed)
        let report = try #require(demanded(trial).first)
        #expect(report.state == .held)
        #expect(report.summary == "It held throughout that the till owes nothing.")
        #expect(report.details.first == "demanded at ScenarioRunnerTests/ConditionSteps.swift:1")
        // By the step, while time passed, and when the steps had ended.
        let asked = try #require(report.details.last?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        #expect(asked >= 4)
    }

    @Test("what no longer holds ends the running step and with it the scenario")
    func broken() async throws {
        let trial = try await Trial(
            [Self.demand, "5 are taken from the till", "time passes until the scenario ends", Self.demand],
            deadline: Self.long
        )
        #expect(trial.verdict.outcome == .failed)
        #expect(trial.verdict.blame == .systemUnderTest)
        #expect(trial.verdict.reason == Self.broken.description)
        #expect(demanded(trial).map(\.state) == [.broken])
        #expect(demanded(trial).first?.summary == Self.broken.summary)
        #expect(trial.statuses.suffix(4) == [.failed, .skipped, .passed, .failed])
        #expect(trial.diary.last == "locked after a failure")
    }

    @Test("what broke after the last pause is found when the steps have ended")
    func lastCheck() async throws {
        let trial = try await Trial([Self.demand, "5 are taken from the till"])
        #expect(trial.verdict.outcome == .failed)
        #expect(trial.verdict.reason == Self.broken.description)
        #expect(try trial.result("Tear down").status == .failed)
        #expect(trial.diary.last == "locked after a failure")
    }

    @Test("what does not hold at once fails the step, and is no condition")
    func neverHeld() async throws {
        let trial = try await Trial(["5 are taken from the till", Self.demand])
        #expect(trial.verdict.reason == ShopError.soldOut("money", left: -5).description)
        #expect(try trial.result(Self.demand).status == .failed)
        #expect(demanded(trial).isEmpty)
    }

    @Test("a scenario that fails otherwise leaves the condition as it was")
    func otherFailure() async throws {
        let trial = try await Trial([Self.demand, "9 bread are sold for 4 each"])
        #expect(trial.verdict.reason == ShopError.soldOut("bread", left: 0).description)
        #expect(demanded(trial).map(\.state) == [.held])
        #expect(demanded(trial).first?.summary == "It held as long as the scenario went on that the till owes nothing.")
    }

    @Test("a check that can't be made proves nothing, and is nobody's fault but the host's")
    func unproven() async throws {
        let trial = try await Trial(
            ["the power lasts for 2 checks", "time passes until the scenario ends"],
            deadline: Self.long
        )
        #expect(trial.verdict.outcome == .inconclusive)
        #expect(trial.verdict.blame == .host)
        #expect(demanded(trial).map(\.state) == [.unproven])
    }

    @Test("a watch that sees it break ends the scenario, and one that is still watching holds")
    func watches() async throws {
        let quiet = try await Trial(["a watchman looks out for burglars", "the light is watched"])
        #expect(quiet.verdict.outcome == .passed)
        #expect(demanded(quiet).map(\.state) == [.held, .held])
        let loud = try await Trial(
            ["a watchman looks out for burglars", "5 are taken from the till", "the owner naps"]
        )
        #expect(loud.verdict.outcome == .failed)
        #expect(loud.verdict.blame == .systemUnderTest)
        #expect(demanded(loud).map(\.state) == [.broken])
    }

    @Test("a watch that ends by itself proves nothing")
    func watchEnds() async throws {
        let trial = try await Trial(["the light is watched for a moment", "the owner naps"])
        #expect(trial.verdict.outcome == .failed)
        #expect(trial.verdict.blame == .testAuthor)
        #expect(trial.verdict.reason == ConditionError.watchEnded("the light is on").description)
    }

    @Test("a step of a checkpoint can't demand what would not hold on, a hook can")
    func checkpoint() async throws {
        let step = try await Trial([Self.demand], stateFolder: "/nonexistent")
        #expect(step.verdict.reason == ConditionError.inCheckpoint("the till owes nothing").description)
        #expect(step.verdict.blame == .testAuthor)
        let hook = try await Trial(tags: "@no-debts", ["there are 3 bread in the shop"], stateFolder: "/nonexistent")
        #expect(demanded(hook).map(\.state) == [.held])
        #expect(hook.verdict.outcome == .passed)
    }

    @Test("what runs after the last step can demand nothing")
    func tooLate() async throws {
        let trial = try await Trial(tags: "@too-late", ["there are 3 bread in the shop"])
        #expect(trial.verdict.reason == ConditionError.tooLate("the till owes nothing").description)
    }

    @Test("outside of a scenario nothing can be demanded throughout")
    func noScenario() async throws {
        await #expect(throws: ConditionError.self) { try await throughout("it holds") {} }
    }
}
