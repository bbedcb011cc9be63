import CucumberMessages
import Diagnostics
import Foundation
import ScenarioRunner
import StepDefinitions
import Synchronization
import SystemPackage
import TestSupport
import Testing
import Verdicts

@Suite("Hooks around all scenarios", .timeLimit(.minutes(5)))
struct RunHookTests {
    private struct Run {
        let outcome: Coordinator<ShopWorker>.Outcome
        let record: [Envelope]

        /// The hooks in the order in which they ended, with what they came to.
        var results: [String] {
            record.compactMap { envelope in
                guard case .testRunHookFinished(let finished) = envelope else { return nil }
                return
                    "\(finished.testRunHookStartedId.split(separator: "-").last ?? "") \(finished.result.status.rawValue)"
            }
        }
    }

    private func run(
        clock: ManualClock = ManualClock(),
        _ hooks: StepLibrary<Shop>
    ) async throws -> Run {
        let plan = try plan(["shop.feature": "Feature: Shop\n  Scenario: Good\n    * there are 3 bread in the shop\n"])
        let record = Mutex<[Envelope]>([])
        return try await withTemporaryFolder { folder in
            var options = Coordinator<ShopWorker>.Options()
            options.hooks = RunHookRunner(hooks, deadline: .seconds(60), clock: clock)
            let coordinator = Coordinator(
                plan: plan,
                directory: try RunDirectory.create(in: FilePath(folder)),
                worker: ShopWorker(),
                settings: "shop",
                options: options
            ) { envelope in record.withLock { $0.append(envelope) } }
            let product = Product(name: "p")
            let meta = Meta(protocolVersion: "1", implementation: product, runtime: product, os: product, cpu: product)
            let outcome = try await coordinator.run(meta)
            return Run(outcome: outcome, record: record.withLock { $0 })
        }
    }

    @Test("hooks run once in the order of their numbers, those afterwards in the opposite order")
    func order() async throws {
        let diary = Mutex<[String]>([])
        let run = try await run(
            StepLibrary {
                BeforeRun("second", order: 2) { diary.withLock { $0.append("second") } }
                BeforeRun("first") {
                    diary.withLock { $0.append("first") }
                    StepContext.current.attach("port 80")
                    StepContext.current.log("listening")
                }
                AfterRun { diary.withLock { $0.append("last") } }
                AfterRun { diary.withLock { $0.append("before last") } }
            }
        )
        #expect(diary.withLock { $0 } == ["first", "second", "before last", "last"])
        #expect(run.results == ["1 PASSED", "0 PASSED", "3 PASSED", "2 PASSED"])
        #expect(run.outcome.verdicts.map(\.outcome) == [.passed])
        let kept = run.record.compactMap { envelope in
            if case .attachment(let attachment) = envelope, attachment.testRunHookStartedId != nil {
                attachment
            } else {
                nil
            }
        }
        #expect(kept.map(\.body) == ["port 80", "listening"])
        guard case .testRunFinished(let end)? = run.record.last else { return #expect(Bool(false), "no end") }
        #expect(end.success)
    }

    @Test("when a hook before fails no scenario runs, but all other hooks do")
    func before() async throws {
        let diary = Mutex<[String]>([])
        let run = try await run(
            StepLibrary {
                BeforeRun { throw ShopError.powerCut }
                BeforeRun { diary.withLock { $0.append("opened") } }
                AfterRun { diary.withLock { $0.append("closed") } }
            }
        )
        #expect(diary.withLock { $0 } == ["opened", "closed"])
        #expect(run.results == ["0 FAILED", "1 PASSED", "2 PASSED"])
        #expect(run.outcome.scenarios == [nil])
        #expect(ExitCode(verdicts: run.outcome.verdicts) == .infrastructure)
        guard case .testRunFinished(let end)? = run.record.last else { return #expect(Bool(false), "no end") }
        #expect(!end.success)
    }

    @Test("a hook after that fails decides the exit code of a run whose scenarios passed")
    func after() async throws {
        struct Slip: Error {}
        let run = try await run(StepLibrary { AfterRun("close") { throw Slip() } })
        #expect(run.outcome.scenarios.map { $0?.outcome } == [.passed])
        #expect(run.outcome.hooks.map(\.blame) == [.testAuthor])
        #expect(ExitCode(verdicts: run.outcome.verdicts) == .failed)
    }

    @Test("what a hook expects softly fails it, and a hook that takes too long is cancelled")
    func softAndSlow() async throws {
        let clock = ManualClock()
        let run = try await run(
            clock: clock,
            StepLibrary {
                AfterRun("naps") {
                    await clock.waitForSleeper()
                    clock.advance(by: .seconds(60))
                    while true {
                        try Task.checkCancellation()
                        await Task.yield()
                    }
                }
                AfterRun("counts") { expect(softly: false, "The till has to be full.") }
            }
        )
        #expect(run.results == ["1 FAILED", "0 FAILED"])
        #expect(run.outcome.hooks.map(\.blame) == [.systemUnderTest, .host])
        #expect(run.outcome.hooks.last?.reason == RunnerError.hookTooSlow("naps", limit: .seconds(60)).description)
    }
}
