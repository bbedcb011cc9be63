import CucumberMessages
import Diagnostics
import Foundation
import ScenarioRunner
import TestSupport
import Testing
import Verdicts

@Suite("Scenario executor", .timeLimit(.minutes(5)))
struct ScenarioExecutorTests {
    private static let bread = "there are 3 bread in the shop"

    @Test("a scenario whose steps pass passes, and the world hears of each step")
    func passing() async throws {
        let trial = try await Trial([Self.bread, "2 bread are sold for 4 each", "the till holds 8"])
        #expect(trial.verdict == Verdict(outcome: .passed, conditions: [.till(.held)]))
        #expect(trial.statuses == Array(repeating: .passed, count: 7))
        #expect(trial.results.map(\.name).first == "Set up")
        #expect(trial.results.map(\.name).last == "Tear down")
        #expect(
            trial.diary == [
                "unlocked", "begins: \(Self.bread)", "passed: \(Self.bread)", "begins: 2 bread are sold for 4 each",
                "passed: 2 bread are sold for 4 each", "begins: the till holds 8", "passed: the till holds 8", "locked",
            ]
        )
    }

    @Test("a failing step skips the rest, but not the hooks that run afterwards")
    func failing() async throws {
        let trial = try await Trial([Self.bread, "9 bread are sold for 4 each", "the till holds 36"])
        #expect(trial.verdict.outcome == .failed)
        #expect(trial.verdict.blame == .systemUnderTest)
        #expect(trial.verdict.reason == "There had to be enough bread, and 3 are left.")
        #expect(trial.statuses == [.passed, .passed, .passed, .failed, .skipped, .passed, .passed])
        #expect(trial.diary.last == "locked after a failure")
    }

    @Test("a failing hook before the steps skips all of them")
    func failingHook() async throws {
        let trial = try await Trial(tags: "@powerless", [Self.bread])
        #expect(trial.verdict.outcome == .inconclusive)
        #expect(trial.verdict.blame == .host)
        #expect(trial.statuses == [.passed, .passed, .failed, .skipped, .passed, .passed])
    }

    @Test("a failing hook after the steps fails a scenario whose steps passed")
    func failingAfterwards() async throws {
        let trial = try await Trial(tags: "@uncounted", [Self.bread])
        #expect(trial.verdict.outcome == .inconclusive)
        #expect(try trial.result("Count the till").status == .failed)
        // The last hook that was defined runs first, and those after it still run.
        #expect(trial.diary.last == "locked after a failure")
    }

    @Test("a hook after a step runs when the step fails, and does not hide why")
    func hookAfterStep() async throws {
        let trial = try await Trial(tags: "@clean", ["9 bread are sold for 4 each"])
        #expect(trial.diary.contains("wiped"))
        #expect(trial.verdict.reason == ShopError.soldOut("bread", left: 0).description)
        #expect(try await Trial(tags: "@clean", [Self.bread]).verdict.reason == ShopError.powerCut.description)
    }

    @Test("a step that is not written yet makes the scenario pending")
    func pendingStep() async throws {
        let trial = try await Trial(["bread is baked", Self.bread])
        #expect(trial.verdict.outcome == .pending)
        #expect(trial.verdict.blame == .testAuthor)
        #expect(trial.statuses == [.passed, .passed, .pending, .skipped, .passed, .passed])
    }

    @Test("a step may skip the rest of the scenario")
    func skippingStep() async throws {
        let trial = try await Trial(["it is Sunday", Self.bread])
        #expect(trial.verdict.outcome == .skipped)
        #expect(trial.verdict.reason == "The shop is closed on Sundays.")
        #expect(trial.statuses == [.passed, .passed, .skipped, .skipped, .passed, .passed])
    }

    @Test("an interruption ends the running step with its error, and skips the rest")
    func interruption() async throws {
        let trial = try await Trial(["the shop is burgled", Self.bread])
        #expect(trial.verdict.outcome == .failed)
        #expect(trial.verdict.reason == ShopError.burgled.description)
        #expect(try trial.result("the shop is burgled").message == ShopError.burgled.description)
        #expect(trial.statuses == [.passed, .passed, .failed, .skipped, .passed, .passed])
        #expect(trial.diary.last == "locked after a failure")
    }

    @Test("an interruption that no step could end on shows at the next one, or at the tear-down")
    func interruptionBetweenSteps() async throws {
        let inBetween = try await Trial(["the shop is burgled unnoticed", Self.bread])
        #expect(inBetween.verdict.reason == ShopError.burgled.description)
        #expect(inBetween.statuses.count { $0 == .failed } == 1)
        #expect(inBetween.diary.last == "locked after a failure")

        var provider = ShopProvider()
        provider.closing = { $0.scenario.interruption.interrupt(with: ShopError.burgled) }
        let atTheEnd = try await Trial([Self.bread], provider)
        #expect(atTheEnd.verdict.outcome == .failed)
        #expect(try atTheEnd.result("Tear down").message == ShopError.burgled.description)
    }

    @Test("a step that takes longer than any may fails, and its task is cancelled")
    func deadline() async throws {
        let trial = try await Trial(["the owner naps for an hour", Self.bread], deadline: .seconds(3600))
        let error = RunnerError.stepTooSlow("the owner naps for an hour", limit: .seconds(3600))
        #expect(trial.verdict.outcome == .failed)
        #expect(trial.verdict.reason == error.description)
        #expect(trial.statuses == [.passed, .passed, .failed, .skipped, .passed, .passed])
    }

    @Test("a set-up that throws skips everything")
    func setUpFails() async throws {
        let trial = try await Trial([Self.bread], ShopProvider(fault: .doesNotOpen))
        #expect(trial.verdict.outcome == .inconclusive)
        #expect(trial.verdict.blame == .harness)
        #expect(trial.statuses == [.failed, .skipped, .skipped, .skipped, .skipped])
    }

    @Test("a world in which nothing was run proves nothing")
    func nothingRan() async throws {
        let trial = try await Trial([Self.bread], ShopProvider(fault: .opensForNobody))
        #expect(trial.verdict.outcome == .inconclusive)
        #expect(trial.verdict.reason == RunnerError.nothingRan.description)
        #expect(trial.statuses == [.failed, .skipped, .skipped, .skipped, .skipped])
    }

    @Test("a tear-down that throws keeps the conditions, and a broken one outranks its error")
    func tearDownFails() async throws {
        let held = try await Trial([Self.bread], ShopProvider(fault: .doesNotClose([.till(.held)])))
        #expect(held.verdict.outcome == .inconclusive)
        #expect(held.verdict.conditions == [.till(.held)])
        #expect(try held.result("Tear down").status == .failed)

        let broken = try await Trial([Self.bread], ShopProvider(fault: .doesNotClose([.till(.broken)])))
        #expect(broken.verdict.outcome == .failed)
        #expect(broken.verdict.blame == .systemUnderTest)
        #expect(broken.verdict.reason == "The till is broken.\nBesides: The shop can't be opened.")
    }

    @Test("a cancelled scenario gives every step a result, and never passes")
    func cancelled() async throws {
        let napping = Gate()
        var provider = ShopProvider()
        provider.opened = { _ in napping.open() }
        let trial = Task { [provider] in try await Trial(["the owner naps", Self.bread], provider) }
        await napping.wait()
        trial.cancel()
        let verdict = try await trial.value.verdict
        #expect(verdict.outcome == .inconclusive)
        #expect(verdict.blame == .host)
        #expect(verdict.reason == RunnerError.cancelled.description)
    }

    @Test("what a step attaches belongs to that step")
    func attachment() async throws {
        let trial = try await Trial([Self.bread, "the receipt is kept"])
        let attachments = trial.events.compactMap { event in
            if case .envelope(.attachment(let attachment)) = event { attachment } else { nil }
        }
        let started = trial.events.compactMap { event in
            if case .envelope(.testStepStarted(let message)) = event { message.testStepId } else { nil }
        }
        #expect(attachments.map(\.body) == ["1 bread"])
        #expect(attachments.map(\.testStepId) == [started[3]])
        #expect(attachments.map(\.testCaseStartedId) == ["attempt"])
    }

    @Test("what is large is left in a file, text and data, and what is small stands in the record")
    func largeAttachments() async throws {
        try await withTemporaryFolder { folder in
            let trial = try await Trial(["the books are kept"], evidenceFolder: folder)
            let files = trial.events.compactMap { if case .file(let file) = $0 { file } else { nil } }
            #expect(files.map(\.mediaType) == ["text/plain", #"image/png; name="shop front.png""#])
            #expect(files.map { ($0.name as NSString).pathExtension } == ["txt", "png"])
            let sizes = try files.map { try Data(contentsOf: URL(filePath: "\(folder)/\($0.name)")).count }
            #expect(sizes == [100_000, 100_000])
            let bodies = trial.events.compactMap { event in
                if case .envelope(.attachment(let attachment)) = event { attachment } else { nil }
            }
            // Data are data, whatever they are said to be.
            #expect(bodies.map(\.body) == ["short", "c2hvcnQ="])
            #expect(bodies.map(\.contentEncoding) == [.identity, .base64])
        }
    }
}
