package import CucumberMessages
package import Diagnostics
import Foundation
import SystemPackage
package import Verdicts

/// A place where scenarios run, one at a time, apart from everything else.
package protocol ScenarioWorker<Settings>: Sendable {
    /// What the worker's world is made of.
    associatedtype Settings: Codable & Sendable

    /// Runs one scenario.
    ///
    /// - Parameters:
    ///   - job: The scenario, and where its evidence goes.
    ///   - handle: Takes the worker's events, in order, one after the other.
    /// - Returns: What the scenario proves.
    /// - Throws: Why there is no verdict: the worker could not start, crashed, or broke its protocol.
    func run(
        _ job: WorkerJob<Settings>,
        handle: @escaping @Sendable (WorkerEvent) async throws -> Void
    ) async throws -> Verdict
}

/// Runs a plan: hands scenarios to workers, and writes down what they say.
package struct Coordinator<Worker: ScenarioWorker>: Sendable {
    /// How a plan is run.
    package struct Options: Sendable {
        /// How many scenarios run side by side.
        package var parallel = 1
        /// After how many scenarios that did not pass no further one starts.
        package var maximumFailures = Int.max

        /// Creates options with the defaults.
        package init() {}
    }

    private let plan: Plan
    private let directory: RunDirectory
    private let worker: Worker
    private let settings: Worker.Settings
    private let options: Options
    private let record: @Sendable (Envelope) async throws -> Void

    /// Creates a coordinator.
    ///
    /// - Parameters:
    ///   - plan: What is to run.
    ///   - directory: Where evidence is kept.
    ///   - worker: Runs the scenarios.
    ///   - settings: What the worker's worlds are made of.
    ///   - options: How the plan is run.
    ///   - record: Takes every message of the run, in order.
    package init(
        plan: Plan,
        directory: RunDirectory,
        worker: Worker,
        settings: Worker.Settings,
        options: Options = Options(),
        record: @escaping @Sendable (Envelope) async throws -> Void
    ) {
        self.plan = plan
        self.directory = directory
        self.worker = worker
        self.settings = settings
        self.options = options
        self.record = record
    }

    /// Runs every scenario of the plan.
    ///
    /// - Returns: The verdicts, in the order of the plan; `nil` for scenarios that never started.
    /// - Throws: A ``RecordError``, or a ``RunDirectoryError`` when there is no room for evidence.
    package func run(_ meta: Meta) async throws -> [Verdict?] {
        let run = "run-\(plan.digest.prefix(12))"
        try await write(.meta(meta))
        for envelope in plan.preamble { try await write(envelope) }
        try await write(.testRunStarted(TestRunStarted(timestamp: .now, id: run)))
        for entry in plan.entries { try await write(.testCase(entry.testCase)) }

        var verdicts = [Verdict?](repeating: nil, count: plan.entries.count)
        try await withThrowingTaskGroup(of: (Int, Verdict).self) { group in
            var ahead = plan.entries.indices[...]
            var failures = 0
            func startNext() {
                guard failures < options.maximumFailures, !Task.isCancelled, let index = ahead.popFirst() else {
                    return
                }
                group.addTask { (index, try await attempt(plan.entries[index], number: index)) }
            }
            for _ in 0..<max(1, options.parallel) { startNext() }
            for try await (index, verdict) in group {
                verdicts[index] = verdict
                if ![.passed, .skipped, .flaky].contains(verdict.outcome) { failures += 1 }
                startNext()
            }
        }

        let passed = !verdicts.contains { $0 == nil } && ExitCode(verdicts: verdicts.compactMap(\.self)) == .passed
        let message = Task.isCancelled ? "The run was stopped before its end." : nil
        try await write(
            .testRunFinished(
                TestRunFinished(message: message, success: passed, timestamp: .now, testRunStartedId: run)
            )
        )
        directory.finish()
        return verdicts
    }

    private func attempt(_ entry: Plan.Entry, number: Int) async throws -> Verdict {
        let id = "attempt-\(number)-0"
        let folder = try directory.makeEvidenceFolder(for: id)
        try await write(
            .testCaseStarted(TestCaseStarted(attempt: 0, id: id, testCaseId: entry.testCase.id, timestamp: .now))
        )
        let job = WorkerJob(
            pickle: entry.pickle,
            testCase: entry.testCase,
            testCaseStartedId: id,
            evidenceFolder: folder.string,
            settings: settings
        )
        let verdict: Verdict
        do {
            verdict = try await worker.run(job) { event in try await handle(event, of: id, folder) }
        } catch let error as RecordError {
            throw error
        } catch {
            verdict = Verdict(stepFailure: nil, interruption: nil, worldFailure: error, conditions: [])
        }
        // What a crashed worker left is evidence of the crash.
        for name in directory.unnamedEvidence(in: folder) {
            try await keep(EvidenceFile(name: name, mediaType: "application/octet-stream"), of: id, folder)
        }
        directory.removeEvidenceFolder(folder)
        try await conclude(verdict, of: id)
        try await write(
            .testCaseFinished(TestCaseFinished(testCaseStartedId: id, timestamp: .now, willBeRetried: false))
        )
        return verdict
    }

    private func handle(_ event: WorkerEvent, of id: String, _ folder: FilePath) async throws {
        switch event {
        case .envelope(let envelope):
            guard envelope.isEvent(of: id) else { throw WorkerError.foreignMessage }
            try await write(envelope)
        case .file(let file): try await keep(file, of: id, folder)
        case .finished: break
        }
    }

    private func keep(_ file: EvidenceFile, of id: String, _ folder: FilePath) async throws {
        let url: String
        do throws(RunDirectoryError) { url = try directory.keep(file.name, from: folder) } catch {
            // A file that is not there is the worker's fault, a disk that is full is not.
            if case .unwritable = error { throw RecordError(cause: error) }
            throw error
        }
        try await write(
            .externalAttachment(
                ExternalAttachment(
                    url: url,
                    mediaType: file.mediaType,
                    testCaseStartedId: id,
                    testStepId: file.testStepId,
                    timestamp: .now
                )
            )
        )
    }

    private func conclude(_ verdict: Verdict, of id: String) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try await write(
            .attachment(
                Attachment(
                    body: String(decoding: try encoder.encode(verdict), as: UTF8.self),
                    contentEncoding: .identity,
                    mediaType: Verdict.mediaType,
                    testCaseStartedId: id,
                    timestamp: .now
                )
            )
        )
    }

    /// Tells errors of the record from errors of the worker: the first end the run, the second only the attempt.
    private func write(_ envelope: Envelope) async throws(RecordError) {
        do { try await record(envelope) } catch { throw RecordError(cause: error) }
    }
}

/// The record can't be written, so that going on would prove nothing.
package struct RecordError: ExplainedError {
    /// What went wrong.
    package let cause: any Error

    package var blame: Blame { .host }
    package var summary: String {
        "The record of the run can't be written: \((cause as? any ExplainedError)?.summary ?? "\(cause)")"
    }
    package var hint: String? { "Free some space on the disk that holds the run directory, and run again." }
}

/// A reason why a worker gave no verdict.
package enum WorkerError: ExplainedError, Equatable {
    case foreignMessage
    case badLine(String)
    case silent(Duration)

    package var blame: Blame { .harness }

    package var summary: String {
        switch self {
        case .foreignMessage: "A worker sent a message that does not belong to its own scenario."
        case .badLine(let line): "A worker sent a line that is no event: \(line.prefix(200).debugDescription)"
        case .silent(let limit): "A worker said nothing for \(limit), longer than any step may take."
        }
    }
}

extension Envelope {
    /// Whether a worker may send this message about its attempt.
    fileprivate func isEvent(of id: String) -> Bool {
        switch self {
        case .testStepStarted(let message): message.testCaseStartedId == id
        case .testStepFinished(let message): message.testCaseStartedId == id
        // A verdict is the coordinator's to record, after it has heard of everything else.
        case .attachment(let message): message.testCaseStartedId == id && message.mediaType != Verdict.mediaType
        default: false
        }
    }
}
