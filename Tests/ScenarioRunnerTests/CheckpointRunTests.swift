import CheckpointStore
import CucumberMessages
import Foundation
import Gherkin
import ScenarioRunner
import Synchronization
import SystemPackage
import TestSupport
import Testing
import Verdicts

/// Runs with checkpoints: a real store in a temporary folder, and workers in this process.
@Suite("Runs with checkpoints", .timeLimit(.minutes(5)))
struct CheckpointRunTests {
    private static let states = """
        Feature: States
          Scenario: the shop is full
            Given there are 3 bread in the shop

          Scenario: the first bread is sold
            Given the shop is full
            When 1 bread are sold for 2 each

          Scenario: the shop is sold out
            When 9 bread are sold for 1 each

          Scenario: nobody can come
            Given the shop is sold out
            And there are 1 milk in the shop

          @temporary
          Scenario: the shop is dusty
            Given there are 1 dust in the shop
        """

    private struct Run {
        var outcome: Coordinator<ShopWorker>.Outcome
        var record: [Envelope]
        /// The checkpoints that were made in this run, in order.
        var made: [String] {
            let pickles = record.compactMap { if case .pickle(let pickle) = $0 { pickle } else { nil } }
            let cases = record.compactMap { if case .testCase(let testCase) = $0 { testCase } else { nil } }
            let kept = cases.filter { $0.testSteps.contains { $0.hookId == Plan.keepHook } }
            return kept.compactMap { testCase in pickles.first { $0.id == testCase.pickleId }?.name }
        }
        var outcomes: [Outcome?] { outcome.scenarios.map { $0?.outcome } }
    }

    private func run(
        _ starts: [String],
        in folder: FilePath,
        parallel: Int = 1,
        standby: Int = 0,
        image: String = "image",
        limit: Int64 = 1 << 30,
        maximumFailures: Int = .max,
        onlyCheckpoints: Bool = false,
        worker: ShopWorker = ShopWorker()
    ) async throws -> Run {
        var ids = IdSequence()
        let text =
            "Feature: Shop\n"
            + starts.map { "  Scenario: Sale\n    * \($0)\n    * there are 1 milk in the shop\n" }.joined()
        let suite = Suite(sources: [("a.feature", text)], ids: &ids)
        let states = Suite(sources: [("states.feature", Self.states)], ids: &ids)
        var plan = try Plan(
            suite,
            checkpoints: states,
            selection: FeatureSelection(["a.feature"]),
            library: shopSteps(),
            ids: &ids
        )
        if onlyCheckpoints { plan = plan.checkpointsOnly }
        let store = CheckpointStore(folder: folder.appending("store"), limit: limit)
        let record = Mutex<[Envelope]>([])
        var options = Coordinator<ShopWorker>.Options()
        options.parallel = parallel
        options.standby = standby
        options.maximumFailures = maximumFailures
        let coordinator = Coordinator(
            plan: plan,
            shelf: await CheckpointShelf(plan, in: store) { _ in [CheckpointKey.Ingredient("image", image)] },
            directory: try RunDirectory.create(in: folder.appending("runs")),
            worker: worker,
            settings: "shop",
            options: options
        ) { envelope in record.withLock { $0.append(envelope) } }
        let outcome = try await coordinator.run(
            Meta(
                protocolVersion: "1",
                implementation: Product(name: "assay"),
                runtime: Product(name: "swift"),
                os: Product(name: "os"),
                cpu: Product(name: "cpu")
            )
        )
        return Run(outcome: outcome, record: record.withLock { $0 })
    }

    @Test("a checkpoint is made by the first scenario that needs it, once, with its parents, and found by the next run")
    func once() async throws {
        try await withTemporaryFolder { folder in
            let starts = ["the first bread is sold", "the first bread is sold", "the shop is full"]
            let first = try await run(starts, in: FilePath(folder))
            #expect(first.made == ["the shop is full", "the first bread is sold"])
            #expect(first.outcomes == [.passed, .passed, .passed])
            #expect(first.outcome.checkpoints.map(\.outcome) == [.passed, .passed])
            let second = try await run(starts, in: FilePath(folder))
            #expect(second.made == [])
            #expect(second.outcomes == [.passed, .passed, .passed])
        }
    }

    @Test("a checkpoint whose scenario announced a leak is not kept, and nothing starts from it")
    func announcedLeak() async throws {
        try await withTemporaryFolder { folder in
            var worker = ShopWorker()
            worker.provider = { name, _ in
                name == "the shop is full" ? ShopProvider(conditions: [.till(.brokenAsExpected)]) : ShopProvider()
            }
            let first = try await run(["the shop is full"], in: FilePath(folder), worker: worker)
            #expect(first.outcomes == [.failed])
            #expect(first.outcome.scenarios[0]?.reason?.contains("had to be made without a leak") == true)
            // The next run has to make it anew, for there is none.
            let second = try await run(["the shop is full"], in: FilePath(folder))
            #expect(second.made == ["the shop is full"])
            #expect(second.outcomes == [.passed])
        }
    }

    @Test("what was proved while a checkpoint and its parents were made stands in the verdict of who starts from it")
    func inheritedConditions() async throws {
        try await withTemporaryFolder { folder in
            for _ in 0..<2 {
                let run = try await run(["the first bread is sold"], in: FilePath(folder))
                let condition = try #require(run.outcome.scenarios[0]?.conditions.first)
                #expect(condition.state == .held)
                #expect(condition.details.contains { $0.hasPrefix("before: checkpoint “the shop is full”: ") })
                #expect(condition.details.contains { $0.hasPrefix("before: checkpoint “the first bread is sold”: ") })
            }
        }
    }

    @Test("checkpoints can be made ahead, and then nothing else is run")
    func onlyCheckpoints() async throws {
        try await withTemporaryFolder { folder in
            let ahead = try await run(["the first bread is sold"], in: FilePath(folder), onlyCheckpoints: true)
            #expect(ahead.made == ["the shop is full", "the first bread is sold"])
            #expect(ahead.outcomes.isEmpty)
            #expect(try await run(["the first bread is sold"], in: FilePath(folder)).made == [])
        }
    }

    @Test("a worker that can't begin a wanted checkpoint waits for its parent, and is idle only when all is begun")
    func waitingForWanted() async throws {
        try await withTemporaryFolder { folder in
            let run = try await run(
                ["the first bread is sold"],
                in: FilePath(folder),
                parallel: 2,
                onlyCheckpoints: true
            )
            let second = run.outcome.times.workers[1]
            #expect(second.first?.kind == .waitingForCheckpoint)
            #expect(second.first?.title == "the shop is full")
            #expect(second.last?.kind == .idle)
        }
    }

    @Test("a checkpoint that can't be kept is no pass, even if its scenario never ran and nothing starts from it")
    func notKept() async throws {
        try await withTemporaryFolder { folder in
            // Where the store's folder should be, there is a file.
            try Data().write(to: URL(filePath: "\(folder)/store"))
            let run = try await run(["the shop is full"], in: FilePath(folder), onlyCheckpoints: true)
            #expect(run.outcome.checkpoints.map(\.outcome) == [.inconclusive])
            #expect(ExitCode(verdicts: run.outcome.verdicts) == .infrastructure)
        }
    }

    @Test("workers side by side make a checkpoint once, and the others wait", arguments: [2, 4])
    func together(_ parallel: Int) async throws {
        try await withTemporaryFolder { folder in
            let starts = Array(repeating: "the first bread is sold", count: 6)
            let run = try await run(starts, in: FilePath(folder), parallel: parallel)
            #expect(run.made == ["the shop is full", "the first bread is sold"])
            #expect(run.outcomes == Array(repeating: .passed, count: 6))
            let waits = run.outcome.times.workers.flatMap(\.self).filter { $0.kind == .waitingForCheckpoint }
            #expect(!waits.isEmpty)
        }
    }

    @Test("several workers make checkpoints before anything else, a single one when they are needed")
    func ahead() async throws {
        for (parallel, first) in [(1, "Sale"), (2, "the shop is full")] {
            try await withTemporaryFolder { folder in
                let run = try await run(
                    ["there are 1 milk in the shop", "the shop is full"],
                    in: FilePath(folder),
                    parallel: parallel
                )
                #expect(run.outcome.times.workers[0].first?.title == first)
            }
        }
    }

    @Test("two runs on one store make a checkpoint once")
    func twoRuns() async throws {
        try await withTemporaryFolder { folder in
            async let first = run(["the shop is full"], in: FilePath(folder))
            async let second = run(["the shop is full"], in: FilePath(folder))
            let runs = try await [first, second]
            #expect(runs.map(\.outcomes) == [[.passed], [.passed]])
            #expect(runs.flatMap(\.made) == ["the shop is full"])
        }
    }

    @Test("another image makes other checkpoints")
    func otherImage() async throws {
        try await withTemporaryFolder { folder in
            _ = try await run(["the shop is full"], in: FilePath(folder))
            let other = try await run(["the shop is full"], in: FilePath(folder), image: "other")
            #expect(other.made == ["the shop is full"])
        }
    }

    @Test("what starts from a checkpoint that fails, fails with it, and says why; the rest runs")
    func failing() async throws {
        try await withTemporaryFolder { folder in
            let run = try await run(
                ["the shop is sold out", "nobody can come", "the shop is full"],
                in: FilePath(folder)
            )
            #expect(run.outcomes == [.failed, .failed, .passed])
            #expect(run.outcome.checkpoints.map(\.outcome) == [.failed, .passed])
            let reason = try #require(run.outcome.scenarios[1]?.reason)
            #expect(reason.contains(#"the checkpoint "nobody can come", which could not be made"#))
            #expect(reason.contains(#"the checkpoint "the shop is sold out", which could not be made"#))
            // And nothing of it is kept.
            let again = try await self.run(["the shop is sold out"], in: FilePath(folder))
            #expect(again.made == ["the shop is sold out"])
        }
    }

    @Test("a broken checkpoint is made again")
    func broken() async throws {
        try await withTemporaryFolder { folder in
            _ = try await run(["the shop is full"], in: FilePath(folder))
            let store = "\(folder)/store"
            let key = try #require(
                try FileManager.default.contentsOfDirectory(atPath: store).first { $0.count == 64 }
            )
            try Data("not what was kept".utf8).write(to: URL(filePath: "\(store)/\(key)/goods"))
            let run = try await run(["the shop is full"], in: FilePath(folder))
            #expect(run.made == ["the shop is full"])
            #expect(run.outcomes == [.passed])
        }
    }

    @Test("a temporary checkpoint is gone when nothing needs it any more")
    func temporary() async throws {
        try await withTemporaryFolder { folder in
            let run = try await run(["the shop is dusty", "the shop is full"], in: FilePath(folder))
            #expect(run.outcomes == [.passed, .passed])
            let titles = CheckpointStore(folder: FilePath("\(folder)/store"), limit: 1).list().map(\.title)
            #expect(titles == ["the shop is full"])
        }
    }

    @Test("a store without room for one checkpoint ends in an explained failure, not in an endless run")
    func noRoom() async throws {
        try await withTemporaryFolder { folder in
            // Of two checkpoints each pushes the other out.
            let starts = ["the shop is full", "the shop is dusty", "the shop is full", "the shop is dusty"]
            let run = try await run(starts, in: FilePath(folder), limit: 1)
            #expect(run.outcome.scenarios.allSatisfy { $0 != nil })
        }
    }

    @Test("a scenario that is prepared before its turn is recorded as if it had not been")
    func standby() async throws {
        try await withTemporaryFolder { folder in
            let starts = Array(repeating: "the shop is full", count: 4)
            let run = try await run(starts, in: FilePath(folder), standby: 1)
            #expect(run.outcomes == [.passed, .passed, .passed, .passed])
            var running: String?
            for envelope in run.record {
                switch envelope {
                case .testCaseStarted(let message):
                    #expect(running == nil)
                    running = message.id
                case .testStepStarted(let message): #expect(message.testCaseStartedId == running)
                case .testCaseFinished: running = nil
                default: break
                }
            }
        }
    }

    @Test("what was prepared when a run ends early is given up, and counts as never started")
    func abandoned() async throws {
        try await withTemporaryFolder { folder in
            let starts = [
                "9 bread are sold for 1 each", "there are 1 milk in the shop", "there are 1 milk in the shop",
            ]
            let run = try await run(starts, in: FilePath(folder), standby: 2, maximumFailures: 1)
            #expect(run.outcomes == [.failed, nil, nil])
            #expect(run.record.count { if case .testCaseStarted = $0 { true } else { false } } == 1)
        }
    }
}
