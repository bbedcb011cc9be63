import ArgumentParser
import Foundation
import LiveSystem
import LiveSystemSteps
import ScenarioRunner
import Synchronization
import SystemPackage

/// What runs inside a sandbox: reads one job, runs it, and writes events.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Run one scenario inside a sandbox (started by `assay run`).",
        shouldDisplay: false
    )

    func run() async throws {
        // Libraries that print must not disturb the protocol: from here on their output goes to standard error.
        let out = try FileDescriptor.standardOutput.duplicate()
        _ = try FileDescriptor.standardError.duplicate(as: .standardOutput)

        guard let line = readLine(strippingNewline: true) else { return }
        let job = try JSONDecoder().decode(WorkerJob<LiveSystemSettings>.self, from: Data(line.utf8))
        let events = EventWriter(out)
        let (verdict, _) = try await withInterrupts {
            let executor = ScenarioExecutor(
                library: liveSystemSteps,
                provider: LiveSystemProvider(settings: job.settings),
                stepDeadline: job.settings.stepDeadline,
                emit: { events.write($0) }
            )
            return await executor.run(job)
        }
        events.write(.finished(verdict))
    }
}

/// Writes events as JSON lines, whole and in order, from any thread.
private final class EventWriter: Sendable {
    private let out: Mutex<FileDescriptor>

    init(_ out: FileDescriptor) { self.out = Mutex(out) }

    func write(_ event: WorkerEvent) {
        // An event that can't be written has nobody to read it: the coordinator is gone, and the sandbox ends with it.
        guard var line = try? JSONEncoder().encode(event) else { return }
        line.append(UInt8(ascii: "\n"))
        out.withLock { out in _ = try? out.writeAll(line) }
    }
}
