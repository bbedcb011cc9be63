import CucumberMessages
import Foundation
import ScenarioRunner
import Synchronization
import TestSupport
import Verdicts

/// Runs scenarios in this process; what their names begin with decides what it does besides.
struct ShopWorker: ScenarioWorker {
    typealias Settings = String

    struct Crash: Error {}

    /// How many scenarios run at this moment, and how many ever did.
    final class Load: Sendable {
        private let state = Mutex((now: 0, most: 0))
        var most: Int { state.withLock { $0.most } }

        func begin() { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
        func end() { state.withLock { $0.now -= 1 } }
    }

    /// The shop of a scenario, by its name and the number of the attempt.
    var provider: @Sendable (_ scenario: String, _ attempt: Int) -> ShopProvider = { _, _ in ShopProvider() }
    /// Told when a scenario begins.
    var began: @Sendable (_ scenario: String) async -> Void = { _ in }
    /// Told when a scenario that was prepared is not to begin.
    var gaveUp: @Sendable (_ scenario: String) -> Void = { _ in }
    let load = Load()
    /// Opened by a scenario called “Crowded” that sees two others running.
    let crowd = Gate()

    func run(
        _ job: WorkerJob<String>,
        mayBegin: @escaping @Sendable () async throws -> Bool,
        handle: @escaping @Sendable (WorkerEvent) async throws -> Void
    ) async throws -> Verdict {
        load.begin()
        defer { load.end() }
        switch job.pickle.name {
        case "Crash":
            try Data("the end".utf8).write(to: URL(filePath: "\(job.evidenceFolder)/core.log"))
            throw Crash()
        case "Foreign":
            try await handle(.envelope(.testRunFinished(TestRunFinished(success: true, timestamp: .now))))
        case "Impostor":
            try await handle(.envelope(verdict(of: job.testCaseStartedId)))
        case "Neighbour":
            try await handle(.envelope(verdict(of: "attempt-99-0", mediaType: "text/plain")))
        case "Path":
            try await handle(.file(EvidenceFile(name: "../../messages.ndjson", mediaType: "text/plain")))
        case "Crowded":
            if load.most == 3 { crowd.open() }
            await crowd.wait()
        default: break
        }
        await began(job.pickle.name)
        let attempt = Int(job.testCaseStartedId.split(separator: "-").last ?? "") ?? 0
        let events = AsyncStream.makeStream(of: WorkerEvent.self)
        let turn = Mutex(true)
        let executor = ScenarioExecutor(
            library: shopSteps(),
            provider: provider(job.pickle.name, attempt),
            stepDeadline: .seconds(60),
            clock: ManualClock(),
            begin: {
                let begins = (try? await mayBegin()) ?? false
                turn.withLock { $0 = begins }
                return begins
            },
            emit: { events.continuation.yield($0) }
        )
        let verdict = await executor.run(job)
        events.continuation.finish()
        guard turn.withLock({ $0 }) else {
            gaveUp(job.pickle.name)
            throw WorkerError.notBegun
        }
        for await event in events.stream { try await handle(event) }
        return verdict
    }

    private func verdict(of attempt: String, mediaType: String = Verdict.mediaType) -> Envelope {
        .attachment(
            Attachment(
                body: #"{"outcome":"passed","conditions":[]}"#,
                contentEncoding: .identity,
                mediaType: mediaType,
                testCaseStartedId: attempt
            )
        )
    }
}
