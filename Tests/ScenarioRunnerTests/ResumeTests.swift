import CucumberMessages
import Diagnostics
import Foundation
import PastRuns
import Reports
import ScenarioRunner
import Synchronization
import SystemPackage
import TestSupport
import Testing
import Verdicts

@Suite("Resuming a run", .timeLimit(.minutes(5)))
struct ResumeTests {
    private static let scenarios = [
        ("", "Good", "the till holds 0"), ("", "Bad", "9 bread are sold for 1 each"),
        ("", "Wobbly", "1 bread are sold for 2 each"), ("", "Last", "it is Sunday"),
    ]

    private func plan(_ scenarios: [(String, String, String)] = scenarios) throws -> Plan {
        var rules = PlanRules()
        rules.retry = RetryRule(retries: 1)
        return try shopPlan(scenarios, rules: rules)
    }

    /// In its first attempt, Wobbly has no bread.
    private var worker: ShopWorker {
        var worker = ShopWorker()
        worker.provider = { name, attempt in
            var provider = ShopProvider()
            if name == "Wobbly", attempt > 0 { provider.opened = { $0.stock("bread", 9) } }
            return provider
        }
        return worker
    }

    /// The lines of a record, written as a run writes them.
    private func lines(_ record: some Sequence<Envelope>) throws -> String {
        try record.map(MessagesReport.line).joined()
    }

    private func earlier(_ text: String, _ plan: Plan, in folder: String) throws -> EarlierAttempts {
        let path = "\(folder)/messages.ndjson"
        try Data(text.utf8).write(to: URL(filePath: path))
        return try StoppedRun(record: path, plan: plan).earlier
    }

    @Test("wherever a run is killed, it goes on to the same end, with one valid record")
    func everywhere() async throws {
        try await withTemporaryFolder { folder in
            let plan = try plan()
            let whole = try await ShopRun(plan, in: folder, worker: worker)
            #expect(whole.outcomes == [.passed, .failed, .flaky, .skipped])
            let firstAttempt = try #require(
                whole.record.firstIndex { if case .testCaseStarted = $0 { true } else { false } }
            )
            for count in firstAttempt..<whole.record.count {
                let before = Array(whole.record.prefix(count))
                // The line after the last whole one was cut off in its middle.
                let torn = try lines(before) + String(lines([whole.record[count]]).prefix(20))
                let earlier = try earlier(torn, self.plan(), in: folder)
                let again = try await ShopRun(
                    plan,
                    in: folder,
                    { $0.earlier = earlier },
                    worker: worker,
                    before: before
                )
                #expect(again.outcomes[0] == .passed, "\(count)")
                #expect(again.outcomes[1] == .failed, "\(count)")
                // What was cut off in its first attempt passes in the second, and nothing speaks against it.
                #expect([.flaky, .passed].contains(again.outcomes[2]), "\(count)")
                #expect(again.outcomes[3] == .skipped, "\(count)")
                try expectOneRun(again.record)
                let read = ShopRun.read(again.record)
                #expect(read.problems.isEmpty)
                #expect(read.claimsSuccess == false)
                #expect(read.scenarios.allSatisfy { $0.verdict != nil && !$0.isRunning })
            }
        }
    }

    /// A record begins once and ends once, and no attempt has two ends or the name of another one.
    private func expectOneRun(_ record: [Envelope]) throws {
        var begun: Set<String> = []
        var ended: Set<String> = []
        var numbers: [String: [Int]] = [:]
        var starts = 0
        for envelope in record {
            switch envelope {
            case .testRunStarted: starts += 1
            case .testCaseStarted(let message):
                #expect(begun.insert(message.id).inserted)
                numbers[message.testCaseId, default: []].append(message.attempt)
            case .testCaseFinished(let message):
                #expect(begun.contains(message.testCaseStartedId))
                #expect(ended.insert(message.testCaseStartedId).inserted)
            default: break
            }
        }
        #expect(starts == 1)
        #expect(numbers.values.allSatisfy { $0 == Array($0.indices) })
        guard case .testRunFinished? = record.last else { return #expect(Bool(false), "no end") }
    }

    @Test("what ended stays as it is, and what was cut off runs again as another attempt")
    func onlyTheRest() async throws {
        try await withTemporaryFolder { folder in
            let plan = try plan()
            let whole = try await ShopRun(plan, in: folder, worker: worker)
            let ends = whole.record.indices.filter {
                if case .testCaseFinished = whole.record[$0] { true } else { false }
            }
            // Good has ended, Bad has begun.
            let before = Array(whole.record.prefix(ends[0] + 3))
            let earlier = try earlier(lines(before), plan, in: folder)
            #expect(earlier.settled == [plan.entries[0].testCase.id])
            #expect(earlier.open.count == 1)
            let again = try await ShopRun(plan, in: folder, { $0.earlier = earlier }, worker: worker, before: before)
            #expect(again.attempts == ["Good 0", "Bad 0", "Bad 1", "Bad 2", "Wobbly 0", "Wobbly 1", "Last 0"])
        }
    }

    @Test("what a run left behind in the middle of an attempt is kept as its evidence")
    func remains() async throws {
        try await withTemporaryFolder { folder in
            let plan = try plan([("", "Good", "the till holds 0")])
            let whole = try await ShopRun(plan, in: folder)
            let start = try #require(
                whole.record.firstIndex { if case .testCaseStarted = $0 { true } else { false } }
            )
            let before = Array(whole.record.prefix(start + 1))
            let earlier = try earlier(lines(before), plan, in: folder)
            let directory = try RunDirectory.create(in: FilePath(folder))
            let remains = try directory.makeEvidenceFolder(for: earlier.open[0])
            try Data("frames".utf8).write(to: URL(filePath: remains.appending("traffic.pcapng").string))
            let again = try await ShopRun(
                plan,
                in: folder,
                { $0.earlier = earlier },
                before: before,
                directory: directory
            )
            let attempt = try #require(ShopRun.read(again.record).scenarios.first?.attempts.first)
            #expect(attempt.attachments.map(\.url).count == 1)
            #expect(again.outcomes == [.passed])
        }
    }

    @Test("a leak of an attempt that never ended stays a leak")
    func leak() async throws {
        try await withTemporaryFolder { folder in
            var leaking = ShopWorker()
            leaking.provider = { _, _ in ShopProvider(conditions: [.till(.broken)]) }
            let plan = try plan([("", "Good", "the till holds 0")])
            let whole = try await ShopRun(plan, in: folder, worker: leaking)
            let end = try #require(
                whole.record.firstIndex { if case .testCaseFinished = $0 { true } else { false } }
            )
            let before = Array(whole.record.prefix(end))
            let earlier = try earlier(lines(before), plan, in: folder)
            let again = try await ShopRun(plan, in: folder, { $0.earlier = earlier }, before: before)
            #expect(again.outcomes == [.failed])
            #expect(again.attempts == ["Good 0"])
        }
    }

    @Test("a run that was interrupted in order goes on, and what was stopped is no failure")
    func interrupted() async throws {
        let naps = [("", "Nap", "the owner naps"), ("", "Good", "the till holds 0")]
        let began = Gate()
        let plan = try plan(naps)
        try await withTemporaryFolder { folder in
            let running = Task {
                try await ShopRun(
                    plan,
                    in: folder,
                    observe: { envelope in
                        if case .testCaseStarted = envelope { began.open() }
                    }
                )
            }
            await began.wait()
            running.cancel()
            let stopped = try await running.value
            #expect(stopped.outcomes == [.inconclusive, nil])
            let earlier = try earlier(lines(stopped.record), plan, in: folder)
            #expect(earlier.hasEnded)
            #expect(earlier.settled.isEmpty)
            // This time somebody is awake.
            var awake = ShopWorker()
            awake.provider = { _, _ in
                var provider = ShopProvider()
                provider.opened = { $0.scenario.interruption.interrupt(with: ShopError.powerCut) }
                return provider
            }
            let again = try await ShopRun(
                plan,
                in: folder,
                { $0.earlier = earlier },
                worker: awake,
                before: stopped.record
            )
            #expect(again.outcomes[0] == .inconclusive)
            #expect(again.outcome.scenarios[0]?.isCutOff == nil)
            #expect(ShopRun.read(again.record).finishedAt != nil)
        }
    }

    @Test("a scenario that names the run it belongs to is the same")
    func ofRun() async throws {
        try await withTemporaryFolder { folder in
            let plan = try plan()
            let record = try await ShopRun(plan, in: folder, worker: worker).record.map { envelope in
                guard case .testCase(var testCase) = envelope else { return envelope }
                testCase.testRunStartedId = "run-1"
                return .testCase(testCase)
            }
            #expect(try earlier(lines(record), plan, in: folder).settled.count == 4)
        }
    }

    @Test("a run that had not begun, or whose plan has changed, does not go on")
    func refused() async throws {
        try await withTemporaryFolder { folder in
            let plan = try plan()
            let whole = try await ShopRun(plan, in: folder, worker: worker)
            let text = try lines(whole.record)
            let path = "\(folder)/messages.ndjson"
            let begin = try #require(whole.record.firstIndex { if case .testCase = $0 { true } else { false } })
            for count in [0, 1, begin, begin + 2] {
                #expect(throws: ResumeError.notBegun(path)) {
                    try earlier(lines(whole.record.prefix(count)), plan, in: folder)
                }
            }
            let changed = try self.plan(Self.scenarios.dropLast() + [("", "Last", "the till holds 0")])
            #expect(throws: ResumeError.changed("shop.feature")) { try earlier(text, changed, in: folder) }
            let error = #expect(throws: ResumeError.self) {
                try earlier(text.replacing("\"testRunStarted\"", with: "\"testRunStated\""), plan, in: folder)
            }
            guard case .damaged(path, _, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
            #expect(error?.blame == .host)
        }
    }

    @Test("what did not pass is known again, though lines were added above it")
    func lastFailed() async throws {
        try await withTemporaryFolder { folder in
            let run = try await ShopRun(plan(), in: folder, worker: worker)
            let keys = Set(ShopRun.read(run.record).unpassed)
            #expect(keys == [ScenarioKey(uri: "shop.feature", name: "Bad")])
            let moved = try plan([("", "New", "the till holds 0")] + Self.scenarios)
            #expect(moved.only(keys).entries.map(\.pickle.name) == ["Bad"])
        }
    }
}
