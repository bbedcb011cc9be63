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
        /// The identity of the attempt in the record.
        let id: String
        var start: StartingPoint?
        var stateFolder: String?
    }

    let directory: RunDirectory
    let worker: Worker
    let settings: Worker.Settings
    let memory: MemoryBook
    /// Takes every message of the run, in order.
    let record: @Sendable (Envelope) async throws -> Void

    /// Runs a scenario when its gate opens; what can be prepared before is.
    ///
    /// - Returns: The verdict, or `nil` when the gate was closed for good.
    /// - Throws: A ``RecordError``, or a ``RunDirectoryError`` when there is no room for evidence.
    func run(_ order: Order, gate: StartGate) async throws -> Verdict? {
        let folder = try directory.makeEvidenceFolder(for: order.id)
        var job = WorkerJob(
            pickle: order.entry.pickle,
            testCase: order.entry.testCase,
            testCaseStartedId: order.id,
            evidenceFolder: folder.string,
            settings: settings
        )
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
            try await write(
                .testCaseStarted(
                    TestCaseStarted(attempt: 0, id: order.id, testCaseId: order.entry.testCase.id, timestamp: .now)
                )
            )
            return true
        }
        if !job.waitsToBegin { _ = try await mayBegin() }

        let verdict: Verdict
        do {
            verdict = try await worker.run(job, mayBegin: mayBegin) { event in
                try await handle(event, of: order.id, folder, isBegun: hasBegun.withLock { $0 })
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
        for name in directory.unnamedEvidence(in: folder) {
            try await keep(EvidenceFile(name: name, mediaType: "application/octet-stream"), of: order.id, folder)
        }
        directory.removeEvidenceFolder(folder)
        try await conclude(verdict, of: order.id)
        return verdict
    }

    /// Gives a scenario a verdict without running it.
    func settle(_ order: Order, _ verdict: Verdict) async throws -> Verdict {
        try await write(
            .testCaseStarted(
                TestCaseStarted(attempt: 0, id: order.id, testCaseId: order.entry.testCase.id, timestamp: .now)
            )
        )
        try await conclude(verdict, of: order.id)
        return verdict
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
        case .ready, .finished: break
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
        try await write(
            .testCaseFinished(TestCaseFinished(testCaseStartedId: id, timestamp: .now, willBeRetried: false))
        )
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
