import CucumberMessages
import Foundation
import ScenarioRunner
import ScenarioWorlds
import StepDefinitions
import Synchronization
import SystemPackage
import Verdicts

/// A world in which there is nothing to set up: what steps do is all that happens.
package final class PlainWorld: Sendable {
    /// What steps of one scenario hand to each other.
    private let notes = Mutex<[String: String]>([:])

    package func note(_ key: String, _ text: String) { notes.withLock { $0[key] = text } }
    package subscript(key: String) -> String { notes.withLock { $0[key] ?? "" } }
}

extension PlainWorld: ScenarioWorld {
    package func stepBegins(_ text: String) async {}
    package func stepEnded(_ text: String, error: (any Error)?) async {}
    package func restore() async throws {}
    package func keepState() async throws {}
}

/// Makes a plain world for each scenario.
struct PlainProvider: WorldProvider {
    func withWorld(
        for scenario: ScenarioContext,
        _ body: @escaping @Sendable (PlainWorld) async -> Void
    ) async throws -> [ConditionReport] {
        await body(PlainWorld())
        return []
    }
}

/// Runs scenarios in this process, by the executor that workers use.
struct PlainWorker: ScenarioWorker {
    typealias Settings = [String]

    let library: StepLibrary<PlainWorld>

    func run(
        _ job: WorkerJob<[String]>,
        mayBegin: @escaping @Sendable () async throws -> Bool,
        handle: @escaping @Sendable (WorkerEvent) async throws -> Void
    ) async throws -> Verdict {
        let events = AsyncStream.makeStream(of: WorkerEvent.self)
        let executor = ScenarioExecutor(
            library: library,
            provider: PlainProvider(),
            stepDeadline: .seconds(60),
            emit: { events.continuation.yield($0) }
        )
        var job = job
        job.waitsToBegin = false
        guard try await mayBegin() else { throw WorkerError.notBegun }
        let verdict = await executor.run(job)
        events.continuation.finish()
        for await event in events.stream { try await handle(event) }
        return verdict
    }
}
