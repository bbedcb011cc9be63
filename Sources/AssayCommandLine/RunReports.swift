import CucumberMessages
import Foundation
import Reports
import ScenarioRunner
import SystemPackage

/// Every reader of a run that is going on: the record itself, the terminal, and the files.
actor RunReports {
    private var group: ReportGroup
    /// What is told of the whole run may be known before the run is in the record, which has to begin with `meta`.
    private var early: [Envelope] = []
    private var hasBegun = false
    /// Whether the terminal belongs to somebody else for the moment.
    private let isHeld: @Sendable () -> Bool

    /// Opens the reports: the record, JUnit and HTML in the run's folder, and those that were asked for.
    ///
    /// - Parameters:
    ///   - formats: What was asked for.
    ///   - directory: The run's folder.
    ///   - record: Whether the run begins or goes on.
    ///   - isSilent: Whether the terminal shows nothing that was not asked for.
    ///   - isHeld: Whether the terminal belongs to somebody else for the moment.
    /// - Throws: A `ReportError` when one can't be written.
    init(
        _ formats: [ReportFormat],
        directory: FilePath,
        record: RecordUse = .new,
        isSilent: Bool = false,
        isHeld: @escaping @Sendable () -> Bool = { false }
    ) throws {
        self.isHeld = isHeld
        let place = RunPlace(directory: directory.string)
        // Somebody has to see something, unless standard output was given to another format.
        let shown =
            isSilent || formats.contains { $0.path == nil && $0.kind != .github } ? [] : [ReportFormat(.progress)]
        if case .resumed = record { hasBegun = true }
        group = try makeReports(
            place.standingFormats + shown + formats,
            place: place,
            record: record,
            standardOutput: .untilNobodyReads
        )
    }

    func receive(_ envelope: Envelope) throws {
        if !hasBegun, case .attachment = envelope { return early.append(envelope) }
        try group.receive(envelope)
        if case .testRunStarted = envelope {
            hasBegun = true
            try receiveEarly()
        }
    }

    /// Completes the reports.
    func finish() throws {
        try receiveEarly()
        try group.finish()
    }

    private func receiveEarly() throws {
        for envelope in early { try group.receive(envelope) }
        early = []
    }

    /// Shows that time passes while `body` runs.
    nonisolated func refreshing<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await body() }
            group.addTask {
                for await _ in Ticks(every: .milliseconds(250)) { try await self.refresh() }
                return nil
            }
            for try await value in group {
                if let value { return value }
            }
            throw CancellationError()
        }
    }

    private func refresh() throws {
        if !isHeld() { try group.refresh(now: .now) }
    }
}

/// A moment every so often, until the task is cancelled.
private struct Ticks: AsyncSequence, AsyncIteratorProtocol {
    let period: Duration

    init(every period: Duration) { self.period = period }

    func makeAsyncIterator() -> Ticks { self }

    func next() async -> Void? { try? await ContinuousClock().sleep(for: period) }
}

extension ReportSink {
    /// Standard output; a reader that goes away, such as `head`, is no reason to lose the rest of the record.
    fileprivate static var untilNobodyReads: ReportSink {
        ReportSink { text in
            do { try FileDescriptor.standardOutput.writeAll(text.utf8) } catch Errno.brokenPipe {}
        }
    }
}
