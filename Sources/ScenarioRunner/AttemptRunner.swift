import CucumberMessages
package import Diagnostics
import Foundation
import ScenarioWorlds
import Synchronization
import SystemPackage
import Verdicts

/// Hands one scenario after the other to a worker, and writes down what the worker says.
struct AttemptRunner<Worker: ScenarioWorker>: Sendable {
    /// What is to be run, and from where.
    struct Order: Sendable {
        let entry: Plan.Entry
        let attempt: AttemptIdentity
        /// Whether it is tried again when it comes to nothing that is final.
        let mayBeRetried: Bool
        var start: StartingPoint?
        var stateFolder: String?
    }

    /// What an attempt came to.
    struct Result: Sendable {
        let verdict: Verdict
        /// Whether the record promises another one.
        let willBeRetried: Bool
    }

    let directory: RunDirectory
    let worker: Worker
    let settings: Worker.Settings
    let memory: MemoryBook
    /// Takes every message of the run, in order.
    let record: @Sendable (Envelope) async throws -> Void

    /// Runs a scenario when its gate opens; what can be prepared before is.
    ///
    /// - Returns: The result, or `nil` when the gate was closed for good.
    /// - Throws: A ``RecordError``, or a ``RunDirectoryError`` when there is no room for evidence.
    func run(_ order: Order, gate: StartGate) async throws -> Result? {
        let id = order.attempt.id
        let folder = try directory.makeEvidenceFolder(for: id)
        var job = WorkerJob(
            pickle: order.entry.pickle,
            testCase: order.entry.testCase,
            testCaseStartedId: id,
            evidenceFolder: folder.string,
            settings: settings
        )
        job.deadline = order.entry.terms.deadline
        job.start = order.start
        job.stateFolder = order.stateFolder
        job.waitsToBegin = !gate.isOpen
        let hasBegun = Mutex(false)
        let mayBegin: @Sendable () async throws -> Bool = {
            guard await gate.wait() else { return false }
            guard
                hasBegun.withLock({ begun in
                    defer { begun = true }
                    return !begun
                })
            else { return true }
            try await begin(order)
            return true
        }
        if !job.waitsToBegin { _ = try await mayBegin() }

        let verdict: Verdict
        do {
            verdict = try await worker.run(job, mayBegin: mayBegin) { event in
                try await handle(event, of: id, folder, isBegun: hasBegun.withLock { $0 })
            }
        } catch let error as RecordError {
            throw error
        } catch {
            if !hasBegun.withLock({ $0 }) {
                // What broke while it was prepared is no result of the scenario: it gets its turn without preparation.
                directory.removeEvidenceFolder(folder)
                guard await gate.wait() else { return nil }
                return try await run(order, gate: gate)
            }
            verdict = Verdict(stepFailure: nil, interruption: nil, worldFailure: error, conditions: [])
        }
        guard hasBegun.withLock({ $0 }) else {
            directory.removeEvidenceFolder(folder)
            return nil
        }
        // What a crashed worker left is evidence of the crash.
        try await keepRemains(of: id)
        return try await conclude(verdict, of: order)
    }

    /// Gives a scenario a verdict without running it.
    func settle(_ order: Order, _ verdict: Verdict) async throws -> Result {
        try await begin(order)
        return try await conclude(verdict, of: order)
    }

    /// Keeps what an attempt left that was cut off without an end.
    func keepRemains(of attempt: String) async throws {
        let folder = directory.evidenceFolder(for: attempt)
        for name in directory.unnamedEvidence(in: folder) {
            try await keep(EvidenceFile(name: name, mediaType: "application/octet-stream"), of: attempt, folder)
        }
        directory.removeEvidenceFolder(folder)
    }

    /// Tells errors of the record from errors of the worker: the first end the run, the second only the attempt.
    func write(_ envelope: Envelope) async throws(RecordError) {
        do { try await record(envelope) } catch { throw RecordError(cause: error) }
    }

    // MARK: - Events

    private func handle(_ event: WorkerEvent, of id: String, _ folder: FilePath, isBegun: Bool) async throws {
        switch event {
        // Nothing of a scenario can be in the record before its beginning.
        case .envelope where !isBegun, .file where !isBegun: throw WorkerError.foreignMessage
        case .envelope(let envelope):
            guard envelope.isEvent(of: id) else { throw WorkerError.foreignMessage }
            try await write(envelope)
        case .file(let file): try await keep(file, of: id, folder)
        case .memory(let bytes): memory.note(bytes, of: id)
        case .ready, .finished, .screen, .prompt: break
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

    private func begin(_ order: Order) async throws {
        try await write(
            .testCaseStarted(
                TestCaseStarted(
                    attempt: order.attempt.number,
                    id: order.attempt.id,
                    testCaseId: order.entry.testCase.id,
                    timestamp: .now
                )
            )
        )
    }

    private func conclude(_ worked: Verdict, of order: Order) async throws -> Result {
        let id = order.attempt.id
        var verdict = worked
        verdict.quarantine = order.entry.terms.quarantine
        // A step that failed before the run was stopped has failed; what was stopped has not.
        if Task.isCancelled, verdict.outcome == .inconclusive { verdict.isCutOff = true }
        let willBeRetried = order.mayBeRetried && verdict.isWorthRetrying && !Task.isCancelled
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
        try await write(
            .testCaseFinished(TestCaseFinished(testCaseStartedId: id, timestamp: .now, willBeRetried: willBeRetried))
        )
        return Result(verdict: verdict, willBeRetried: willBeRetried)
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
