import CucumberMessages
import Diagnostics
import Foundation
import ScenarioRunner
import Synchronization
import SystemPackage
import TestSupport
import Testing
import Verdicts

@Suite("Coordinator", .timeLimit(.minutes(5)))
struct CoordinatorTests {
    private static let meta = Meta(
        protocolVersion: "1",
        implementation: Product(name: "assay"),
        runtime: Product(name: "swift"),
        os: Product(name: "os"),
        cpu: Product(name: "cpu")
    )

    private struct Run {
        let verdicts: [Verdict?]
        let record: [Envelope]
        let attachments: [String]

        var outcomes: [Outcome?] { verdicts.map { $0?.outcome } }
    }

    private struct DiskFull: Error {}

    /// Runs scenarios of these names, each with the step given for it.
    private func run(
        _ scenarios: [(name: String, step: String)],
        parallel: Int = 1,
        maximumFailures: Int = .max,
        worker: ShopWorker = ShopWorker(),
        failingAt isLast: @escaping @Sendable (Envelope) -> Bool = { _ in false }
    ) async throws -> Run {
        let text = scenarios.map { "  Scenario: \($0.name)\n    * \($0.step)\n" }.joined()
        let plan = try plan(["shop.feature": "Feature: Shop\n\(text)"])
        return try await withTemporaryFolder { folder in
            let directory = try RunDirectory.create(in: FilePath(folder))
            var options = Coordinator<ShopWorker>.Options()
            options.parallel = parallel
            options.maximumFailures = maximumFailures
            let record = Mutex<[Envelope]>([])
            let coordinator = Coordinator(
                plan: plan,
                directory: directory,
                worker: worker,
                settings: "shop",
                options: options
            ) { envelope in
                if isLast(envelope) { throw DiskFull() }
                record.withLock { $0.append(envelope) }
            }
            let outcome = try await coordinator.run(Self.meta)
            let kept = try FileManager.default.contentsOfDirectory(
                atPath: directory.path.appending("attachments").string
            )
            #expect(!FileManager.default.fileExists(atPath: directory.path.appending("partial").string))
            return Run(verdicts: outcome.scenarios, record: record.withLock { $0 }, attachments: kept)
        }
    }

    private static let good = "there are 3 bread in the shop"
    private static let bad = "9 bread are sold for 1 each"

    @Test("a run is recorded from its sources to its end, in order")
    func order() async throws {
        let run = try await run([("Good", Self.good), ("Bad", Self.bad)])
        #expect(run.outcomes == [.passed, .failed])
        let kinds = run.record.map(\.kind)
        #expect(kinds.first == "meta")
        #expect(kinds.last == "testRunFinished")
        let attempt =
            ["testCaseStarted"] + Array(repeating: ["testStepStarted", "testStepFinished"], count: 5).flatMap(\.self)
        let both = Array(repeating: attempt + ["attachment", "testCaseFinished"], count: 2).flatMap(\.self)
        #expect(
            kinds.suffix(both.count + 5)
                == ["testRunStarted", "testCase", "testCase"] + both + ["attachment", "testRunFinished"]
        )
        #expect(kinds.filter { $0 == "pickle" }.count == 2)
        guard case .testRunFinished(let end)? = run.record.last else { return }
        #expect(!end.success)
    }

    @Test("the verdict is in the record as it was returned")
    func verdict() async throws {
        let run = try await run([("Bad", Self.bad)])
        let bodies = run.record.compactMap { envelope in
            if case .attachment(let attachment) = envelope, attachment.mediaType == Verdict.mediaType {
                attachment.body
            } else {
                nil
            }
        }
        #expect(try bodies.map { try JSONDecoder().decode(Verdict.self, from: Data($0.utf8)) } == run.verdicts)
    }

    @Test("a worker that crashes makes its scenario inconclusive, and what it left is kept")
    func crash() async throws {
        let run = try await run([("Crash", Self.good), ("Good", Self.good)])
        #expect(run.outcomes == [.inconclusive, .passed])
        #expect(run.verdicts[0]?.blame == .harness)
        #expect(run.attachments.map { ($0 as NSString).pathExtension } == ["log"])
        #expect(run.record.map(\.kind).contains("externalAttachment"))
    }

    @Test(
        "what is not a worker's to say is refused",
        arguments: ["Foreign", "Impostor", "Neighbour"]
    )
    func foreign(_ name: String) async throws {
        let run = try await run([(name, Self.good), ("Good", Self.good)])
        #expect(run.outcomes == [.inconclusive, .passed])
        #expect(run.verdicts[0]?.blame == .harness)
        #expect(run.verdicts[0]?.reason == WorkerError.foreignMessage.description)
    }

    @Test("evidence that is named by a path fails its scenario, not the run")
    func path() async throws {
        let run = try await run([("Path", Self.good), ("Good", Self.good)])
        #expect(run.outcomes == [.inconclusive, .passed])
        #expect(run.verdicts[0]?.reason == RunDirectoryError.badEvidenceName("../../messages.ndjson").description)
    }

    @Test(
        "a record that can't be written ends the run",
        arguments: ["meta", "testCaseStarted", "testStepFinished", "attachment", "testRunFinished"]
    )
    func recordBreaks(_ kind: String) async throws {
        let error = await #expect(throws: RecordError.self) {
            try await run([("Good", Self.good), ("Good", Self.good)]) { $0.kind == kind }
        }
        #expect(error?.cause is DiskFull)
        #expect(error?.blame == .host)
    }

    @Test("after as many failures as are allowed nothing further starts")
    func failFast() async throws {
        let scenarios = [("Good", Self.good), ("Bad", Self.bad), ("Bad", Self.bad), ("Good", Self.good)]
        #expect(try await run(scenarios, maximumFailures: 1).outcomes == [.passed, .failed, nil, nil])
        #expect(try await run(scenarios, maximumFailures: 2).outcomes == [.passed, .failed, .failed, nil])
        #expect(try await run(scenarios).outcomes == [.passed, .failed, .failed, .passed])
    }

    @Test("scenarios side by side give their verdicts in the order of the plan")
    func parallel() async throws {
        let worker = ShopWorker()
        let run = try await run(
            [
                ("Crowded", Self.good), ("Crowded", Self.bad), ("Crowded", Self.good), ("Crowded", Self.bad),
                ("Crowded", Self.good),
            ],
            parallel: 3,
            worker: worker
        )
        #expect(run.outcomes == [.passed, .failed, .passed, .failed, .passed])
        #expect(worker.load.most == 3)
    }

    @Test("a run that is stopped says so")
    func stopped() async throws {
        let started = Gate()
        let running = Task {
            try await self.run([("Nap", "the owner naps"), ("Good", Self.good)]) { envelope in
                if envelope.kind == "testCaseStarted" { started.open() }
                return false
            }
        }
        await started.wait()
        running.cancel()
        let run = try await running.value
        #expect(run.outcomes == [.inconclusive, nil])
        guard case .testRunFinished(let end)? = run.record.last else { return #expect(Bool(false), "no end") }
        #expect(!end.success)
        #expect(end.message == "The run was stopped before its end.")
    }
}

extension Envelope {
    /// The name of the message's kind, as it stands in the record.
    fileprivate var kind: String { Mirror(reflecting: self).children.first?.label ?? "" }
}
