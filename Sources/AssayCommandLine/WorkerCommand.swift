import ArgumentParser
import Foundation
import LiveSystem
import ScenarioRunner
import Synchronization
import SystemPackage
import Verdicts
import VirtualMachines

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
        let turn = Latch()
        let (answers, answer) = AsyncStream.makeStream(of: String.self)
        Self.read { signal in
            switch signal {
            case .begin: turn.open()
            case .answer(let line): answer.yield(line)
            case nil: answer.finish()
            }
        }
        let clock = StandingClock(ContinuousClock())
        let prompt = job.settings.pauseOn.map { rule in
            WorkerPrompt(
                rule,
                needleFolder: "\(job.settings.snapshots)/needles",
                steps: AssaySuite.current.steps,
                clock: clock,
                answers: answers,
                emit: { events.write($0) }
            )
        }
        let (verdict, _) = try await withInterrupts {
            let executor = ScenarioExecutor(
                library: AssaySuite.current.steps,
                provider: TimedProvider(
                    LiveSystemProvider(settings: job.settings),
                    deadline: ScenarioDeadline(stated: job.deadline, scale: job.settings.timeoutScale),
                    clock: clock,
                    begun: { if job.waitsToBegin { await turn.wait() } }
                ),
                stepDeadline: job.settings.stepDeadline,
                clock: clock,
                pauser: prompt.map { prompt in { @Sendable pause in await prompt.decide(pause) } },
                begin: {
                    await turn.wait()
                    return turn.isOpen
                },
                emit: { events.write($0) }
            )
            return await withTaskGroup(of: Verdict?.self) { group in
                defer { group.cancelAll() }
                group.addTask { await executor.run(job) }
                group.addTask {
                    await Self.tellMemory(events)
                    return nil
                }
                while let ended = await group.next() {
                    if let verdict = ended { return verdict }
                }
                preconditionFailure("the scenario has a verdict when its task has ended")
            }
        }
        events.write(.finished(verdict))
    }

    /// Says from time to time how much memory this sandbox uses, until the task is cancelled.
    private static func tellMemory(_ events: EventWriter) async {
        while (try? await ContinuousClock().sleep(for: .seconds(1.5))) != nil {
            events.write(.memory(Int64(clamping: MemoryUse.measure().bytes)))
        }
    }

    /// Takes the lines of standard input, and `nil` at its end; reading blocks, so that it has a thread of its own.
    private static func read(_ take: @escaping @Sendable (WorkerSignal?) -> Void) {
        let thread = Thread {
            while let line = readLine(strippingNewline: true) {
                if let signal = WorkerSignal(line: line) { take(signal) }
            }
            take(nil)
        }
        thread.name = "standard input"
        thread.start()
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
