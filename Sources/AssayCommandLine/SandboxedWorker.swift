import CucumberMessages
import Dispatch
import Foundation
import LiveSystem
import Sandbox
import ScenarioRunner
import Synchronization
import SystemPackage
import Verdicts

/// Runs each scenario in a new sandbox: this program again, with the command `worker`, told what to do by one JSON line.
struct SandboxedWorker: ScenarioWorker {
    typealias Settings = LiveSystemSettings

    /// What people watch screens by, if they do.
    var view: LiveView?
    /// Where a person is asked when a scenario stands still.
    var prompt: PromptTerminal?

    /// How long an interrupted worker may take to tear down in order.
    private static let patience: Duration = .seconds(20)

    func run(
        _ job: WorkerJob<Settings>,
        mayBegin: @escaping @Sendable () async throws -> Bool,
        handle: @escaping @Sendable (WorkerEvent) async throws -> Void
    ) async throws -> Verdict {
        let process = Mutex<Int32?>(nil)
        // Shielded from cancellation, which reaches the worker as a signal instead: it then tears down in order and
        // still gives a verdict, while cancelled reads would tear the pipe to it.
        let talk = Task {
            try await self.talk(
                job,
                started: { id in process.withLock { $0 = id } },
                mayBegin: mayBegin,
                handle: handle
            )
        }
        return try await withTaskCancellationHandler {
            try await talk.value
        } onCancel: {
            // Under the lock, so that the process can't end, and its number go to another one, in between.
            process.withLock { id in if let id { kill(id, SIGTERM) } else { talk.cancel() } }
            Task {
                try await Task.sleep(for: Self.patience)
                talk.cancel()
            }
        }
    }

    private func talk(
        _ job: WorkerJob<Settings>,
        started: @Sendable (Int32?) -> Void,
        mayBegin: @escaping @Sendable () async throws -> Bool,
        handle: @escaping @Sendable (WorkerEvent) async throws -> Void
    ) async throws -> Verdict {
        let program = try SandboxExecutable.running()
        var options = SandboxOptions()
        // Relative to where this program was started, while sandboxes want to know the whole path.
        let evidence = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(job.evidenceFolder))
        options.keptPaths = [evidence, program] + job.settings.paths.map { FilePath($0) }
        return try await withSandboxedProcess(program, arguments: ["worker"], options: options) { process in
            started(process.processIdentifier)
            defer { started(nil) }
            try await process.write(line: String(decoding: try JSONEncoder().encode(job), as: UTF8.self))
            let begun = Latch()
            if !job.waitsToBegin { begun.open() }
            return try await withThrowingTaskGroup(of: Verdict?.self) { group in
                defer { group.cancelAll() }
                // Beside the turn that a prepared worker waits for, so that one that breaks meanwhile is noticed.
                let (talk, say) = AsyncStream.makeStream(of: PromptEvent.self)
                group.addTask {
                    for await event in talk {
                        guard let answer = await prompt?.receive(event) else { continue }
                        try await process.write(line: answer.line)
                    }
                    return nil
                }
                group.addTask {
                    defer { say.finish() }
                    return try await Self.listen(to: process, job.settings.longestSilence, begun: begun) { event in
                        if case .screen(let socket) = event { view?.announce(socket, of: job.pickle.name) }
                        if case .prompt(let event) = event { say.yield(event) }
                        try await handle(event)
                    }
                }
                group.addTask {
                    guard job.waitsToBegin else { return nil }
                    guard try await mayBegin() else { throw WorkerError.notBegun }
                    try await process.write(line: WorkerSignal.begin.line)
                    begun.open()
                    return nil
                }
                while let ended = try await group.next() {
                    if let verdict = ended { return verdict }
                }
                throw CancellationError()
            }
        }
    }

    private static func listen(
        to process: SandboxedProcess,
        _ longestSilence: Duration,
        begun: Latch,
        handle: @Sendable (WorkerEvent) async throws -> Void
    ) async throws -> Verdict {
        let decoder = JSONDecoder()
        while true {
            let line = try await nextLine(of: process, within: longestSilence, begun: begun)
            guard let event = try? decoder.decode(WorkerEvent.self, from: Data(line.utf8)) else {
                throw WorkerError.badLine(line)
            }
            try await handle(event)
            if case .finished(let verdict) = event { return verdict }
        }
    }

    /// Waits for the worker's next line; a worker that says nothing for too long is given up, with its sandbox.
    ///
    /// One that waits for its turn has nothing to say.
    private static func nextLine(
        of process: SandboxedProcess,
        within limit: Duration,
        begun: Latch
    ) async throws -> String {
        try await withThrowingTaskGroup(of: String.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await process.expectLine() }
            group.addTask {
                await begun.wait()
                try await ContinuousClock().sleep(for: limit)
                throw WorkerError.silent(limit)
            }
            guard let line = try await group.next() else { throw CancellationError() }
            return line
        }
    }
}
