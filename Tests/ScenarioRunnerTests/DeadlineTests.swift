import Diagnostics
import ScenarioRunner
import ScenarioWorlds
import StepDefinitions
import Synchronization
import TestSupport
import Testing
import Verdicts

@Suite("Deadlines of scenarios", .timeLimit(.minutes(5)))
struct DeadlineTests {
    /// Runs a scenario that naps, on a clock that is moved once the deadline is waited for.
    private func nap(_ deadline: ScenarioDeadline, conditions: [ConditionReport] = [.till(.held)]) async throws -> (
        Verdict, diary: [String]
    ) {
        let entry = try #require(
            try plan(["a.feature": "Feature: Shop\n  Scenario: Nap\n    * the owner naps\n    * the till holds 0\n"])
                .entries.first
        )
        let clock = ManualClock()
        let shop = Mutex<Shop?>(nil)
        var provider = ShopProvider(conditions: conditions)
        provider.opened = { world in
            shop.withLock { $0 = world }
        }
        let executor = ScenarioExecutor(
            library: shopSteps(),
            provider: TimedProvider(provider, deadline: deadline, clock: clock),
            stepDeadline: .seconds(900),
            clock: ManualClock(),
            emit: { _ in }
        )
        let job = WorkerJob(
            pickle: entry.pickle,
            testCase: entry.testCase,
            testCaseStartedId: "attempt",
            evidenceFolder: "/nonexistent",
            settings: "shop"
        )
        async let verdict = executor.run(job)
        await clock.waitForSleeper()
        clock.advance(by: deadline.limit)
        return (await verdict, shop.withLock { $0?.diary ?? [] })
    }

    @Test("a scenario that takes longer than it says fails, is closed in order and judged")
    func stated() async throws {
        let (verdict, diary) = try await nap(ScenarioDeadline(stated: .seconds(60), scale: 2))
        #expect(verdict.outcome == .failed)
        #expect(verdict.blame == .systemUnderTest)
        #expect(verdict.reason?.hasPrefix("The scenario \"Nap\" had to end within 120.0 seconds, and did not.") == true)
        #expect(verdict.conditions == [.till(.held)])
        #expect(diary.last == "locked after a failure")
    }

    @Test("beyond the usual limit the host is to blame, for nobody promised anything")
    func usual() async throws {
        let (verdict, _) = try await nap(ScenarioDeadline(stated: nil, scale: 1))
        #expect(verdict.outcome == .inconclusive)
        #expect(verdict.blame == .host)
    }

    @Test("a leak outranks the deadline")
    func leak() async throws {
        let deadline = ScenarioDeadline(stated: nil, scale: 1)
        let (verdict, _) = try await nap(deadline, conditions: [.till(.broken)])
        #expect(verdict.outcome == .failed)
        #expect(verdict.blame == .systemUnderTest)
    }

    @Test("time that is spent before the scenario begins does not count")
    func prepared() async throws {
        let clock = ManualClock()
        let begun = Gate()
        let provider = TimedProvider(
            ShopProvider(),
            deadline: ScenarioDeadline(stated: .seconds(1), scale: 1),
            clock: clock,
            begun: { await begun.wait() }
        )
        let context = ScenarioContext(name: "Nap", tags: [], evidenceFolder: "/nonexistent") { _ in }
        _ = try await provider.withWorld(for: context) { _ in
            clock.advance(by: .seconds(100))
            #expect(context.interruption.error == nil)
            begun.open()
            await clock.waitForSleeper()
            clock.advance(by: .seconds(1))
            try? await context.interruption.wait()
        }
        #expect(context.interruption.error is ScenarioTooSlow)
    }
}
