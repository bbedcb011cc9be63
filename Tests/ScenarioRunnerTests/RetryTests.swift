import CucumberMessages
import Diagnostics
import Foundation
import ScenarioRunner
import Synchronization
import TagExpressions
import TestSupport
import Testing
import Verdicts

@Suite("Retries", .timeLimit(.minutes(5)))
struct RetryTests {
    private static let sale = "1 bread are sold for 2 each"
    private static let stocked = "there are 3 bread in the shop"

    private func plan(_ names: String..., retries: Int, filter: String? = nil) throws -> Plan {
        var rules = PlanRules()
        rules.retry = RetryRule(retries: retries, filter: try filter.map { try TagExpression($0) })
        return try shopPlan(names.map { ("@\($0.lowercased())", $0, Self.sale) }, rules: rules)
    }

    /// Shops that are sold out in the first attempts, as many as a test says.
    private func worker(soldOut times: Int, _ conditions: [ConditionReport] = [.till(.held)]) -> ShopWorker {
        var worker = ShopWorker()
        worker.provider = { _, attempt in
            var provider = ShopProvider()
            if attempt >= times { provider.opened = { $0.stock("bread", 9) } }
            if attempt < times { provider.conditions = conditions }
            return provider
        }
        return worker
    }

    @Test("what fails and then passes is flaky, with every attempt in the record")
    func flaky() async throws {
        try await withTemporaryFolder { folder in
            let run = try await ShopRun(plan("Sale", retries: 2), in: folder, worker: worker(soldOut: 1))
            #expect(run.outcomes == [.flaky])
            #expect(run.outcome.scenarios[0]?.blame == .systemUnderTest)
            #expect(run.attempts == ["Sale 0", "Sale 1"])
            #expect(run.verdicts.map(\.outcome) == [.failed, .passed])
            #expect(run.promises == [true, false])
            #expect(ExitCode(verdicts: run.outcome.verdicts) == .passed)
            #expect(run.claimsSuccess == true)
        }
    }

    @Test("a run that is to fail on flaky scenarios says so in its record")
    func failOnFlaky() async throws {
        try await withTemporaryFolder { folder in
            let run = try await ShopRun(
                plan("Sale", retries: 1),
                in: folder,
                { $0.failOnFlaky = true },
                worker: worker(soldOut: 1)
            )
            #expect(run.outcomes == [.flaky])
            #expect(run.claimsSuccess == false)
        }
    }

    @Test("what fails each time is tried as often as was asked for, and has failed")
    func allFail() async throws {
        try await withTemporaryFolder { folder in
            let run = try await ShopRun(plan("Sale", retries: 2), in: folder, worker: worker(soldOut: 9))
            #expect(run.outcomes == [.failed])
            #expect(run.attempts == ["Sale 0", "Sale 1", "Sale 2"])
            #expect(run.promises == [true, true, false])
        }
    }

    @Test("without being asked for nothing is tried again, and a filter asks for some")
    func notAsked() async throws {
        try await withTemporaryFolder { folder in
            let none = try await ShopRun(plan("Sale", retries: 0), in: folder, worker: worker(soldOut: 1))
            #expect(none.outcomes == [.failed])
            let some = try await ShopRun(
                plan("Sale", "Other", retries: 1, filter: "@other"),
                in: folder,
                worker: worker(soldOut: 1)
            )
            #expect(some.outcomes == [.failed, .flaky])
        }
    }

    @Test("a leak is not tried again, whatever else happened")
    func leak() async throws {
        try await withTemporaryFolder { folder in
            let run = try await ShopRun(
                plan("Sale", retries: 3),
                in: folder,
                worker: worker(soldOut: 1, [.till(.broken)])
            )
            #expect(run.outcomes == [.failed])
            #expect(run.attempts == ["Sale 0"])
            #expect(run.promises == [false])
        }
    }

    @Test("missing evidence may be tried again, and makes no plain pass")
    func unproven() async throws {
        try await withTemporaryFolder { folder in
            let plan = try shopPlan([("", "Sale", Self.stocked)], rules: rules(1))
            let run = try await ShopRun(plan, in: folder, worker: worker(soldOut: 1, [.till(.unproven)]))
            #expect(run.verdicts.map(\.outcome) == [.inconclusive, .passed])
            #expect(run.outcomes == [.flaky])
        }
    }

    @Test(
        "what is pending or skipped stays so",
        arguments: [("bread is baked", Outcome.pending), ("it is Sunday", .skipped)]
    )
    func pending(_ step: String, _ outcome: Outcome) async throws {
        try await withTemporaryFolder { folder in
            let run = try await ShopRun(shopPlan([("", "Sale", step)], rules: rules(2)), in: folder)
            #expect(run.outcomes == [outcome])
            #expect(run.promises == [false])
        }
    }

    @Test("after a failure too many, a promised attempt is still made, and nothing else")
    func closing() async throws {
        try await withTemporaryFolder { folder in
            var worker = worker(soldOut: 1)
            let late = Gate()
            worker.began = { name in
                if name == "Late" { await late.wait() }
            }
            // The one that is prepared is given up as soon as the failure is known.
            worker.gaveUp = { _ in late.open() }
            let plan = try plan("Late", "Broken", "Other", retries: 1, filter: "@late")
            let run = try await ShopRun(
                plan,
                in: folder,
                {
                    $0.parallel = 2
                    $0.standby = 1
                    $0.maximumFailures = 1
                },
                worker: worker
            )
            #expect(run.outcomes == [.flaky, .failed, nil])
        }
    }

    @Test("a run that is stopped tries nothing again")
    func stopped() async throws {
        let began = Gate()
        let running = Task {
            try await withTemporaryFolder { folder in
                try await ShopRun(
                    shopPlan([("", "Nap", "the owner naps")], rules: rules(3)),
                    in: folder,
                    observe: { envelope in
                        if case .testCaseStarted = envelope { began.open() }
                    }
                )
            }
        }
        await began.wait()
        running.cancel()
        let run = try await running.value
        #expect(run.outcomes == [.inconclusive])
        #expect(run.outcome.scenarios[0]?.isCutOff == true)
        #expect(run.promises == [false])
    }

    @Test("a worker that crashes is tried again, and what each crash left is kept")
    func crash() async throws {
        try await withTemporaryFolder { folder in
            let plan = try shopPlan([("", "Crash", Self.stocked), ("", "Good", Self.stocked)], rules: rules(1))
            let run = try await ShopRun(plan, in: folder)
            #expect(run.outcomes == [.inconclusive, .passed])
            #expect(run.attempts == ["Crash 0", "Crash 1", "Good 0"])
            let crashes = try #require(ShopRun.read(run.record).scenarios.first).attempts
            #expect(crashes.map(\.attachments.count) == [1, 1])
            #expect(ExitCode(verdicts: run.outcome.verdicts) == .infrastructure)
        }
    }

    @Test("wherever the disk becomes full, the run ends, and says so")
    func fullDisk() async throws {
        struct DiskFull: Error {}
        let plan = try plan("Sale", retries: 1)
        let whole = try await withTemporaryFolder { folder in
            try await ShopRun(plan, in: folder, worker: worker(soldOut: 1)).record.count
        }
        for count in 0..<whole {
            try await withTemporaryFolder { folder in
                let written = Mutex(0)
                let error = await #expect(throws: RecordError.self) {
                    try await ShopRun(
                        plan,
                        in: folder,
                        worker: worker(soldOut: 1),
                        observe: { _ in
                            let isFull = written.withLock { written in
                                written += 1
                                return written > count
                            }
                            if isFull { throw DiskFull() }
                        }
                    )
                }
                #expect(error?.blame == .host)
            }
        }
    }

    private func rules(_ retries: Int) -> PlanRules {
        var rules = PlanRules()
        rules.retry = RetryRule(retries: retries)
        return rules
    }
}

extension ShopRun {
    /// The verdicts in the record, in order.
    var verdicts: [Verdict] {
        record.compactMap { envelope in
            guard case .attachment(let attachment) = envelope, attachment.mediaType == Verdict.mediaType else {
                return nil
            }
            return try? JSONDecoder().decode(Verdict.self, from: Data(attachment.body.utf8))
        }
    }

    /// Whether each attempt of the record promises another one.
    var promises: [Bool] {
        record.compactMap { if case .testCaseFinished(let message) = $0 { message.willBeRetried } else { nil } }
    }

    /// What the run says of itself at its end.
    var claimsSuccess: Bool? {
        if case .testRunFinished(let message)? = record.last { message.success } else { nil }
    }
}
