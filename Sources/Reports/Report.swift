package import CucumberMessages

/// A reader of the record of a run, live or from a file.
package protocol Report: Sendable {
    /// Reads one message, which `run` has taken in already.
    mutating func receive(_ envelope: Envelope, run: RunRecord) throws
    /// Brings what is shown up to date while no message comes.
    mutating func refresh(now: Timestamp, run: RunRecord) throws
    /// Completes the report; `run` is closed and no message follows.
    mutating func finish(run: RunRecord) throws
}

extension Report {
    package mutating func receive(_ envelope: Envelope, run: RunRecord) throws {}
    package mutating func refresh(now: Timestamp, run: RunRecord) throws {}
    package mutating func finish(run: RunRecord) throws {}
}

/// Several reports on one run, fed with the same messages.
///
/// A report that fails is dropped, so that a full disk costs one report and not all of them.
package struct ReportGroup: Sendable {
    /// The run as told so far.
    package private(set) var run: RunRecord
    private var reports: [(format: String, report: any Report)]

    /// Groups reports; each is named for errors.
    package init(_ reports: [(format: String, report: any Report)], run: RunRecord = RunRecord()) {
        self.reports = reports
        self.run = run
    }

    /// Adds a report that is served before the others from now on.
    mutating func prepend(_ format: String, _ report: any Report) { reports.insert((format, report), at: 0) }

    /// Hands one message to every report.
    ///
    /// - Throws: ``ReportError/failed(format:reason:)`` of the first report that fails, after the others were served.
    package mutating func receive(_ envelope: Envelope) throws(ReportError) {
        run.apply(envelope)
        let run = run
        try serve { try $0.receive(envelope, run: run) }
    }

    /// Lets reports show that time passes.
    ///
    /// To be called a few times a second where somebody watches.
    package mutating func refresh(now: Timestamp) throws(ReportError) {
        let run = run
        try serve { try $0.refresh(now: now, run: run) }
    }

    /// Notes that something in the record can't be used.
    package mutating func note(problem: String) { run.note(problem: problem) }

    /// Completes every report.
    ///
    /// - Returns: The run in a few numbers and words.
    /// - Throws: ``ReportError/failed(format:reason:)`` of the first report that fails, after the others were completed.
    @discardableResult
    package mutating func finish() throws(ReportError) -> RunSummary {
        run.close()
        let run = run
        try serve { try $0.finish(run: run) }
        return RunSummary(run)
    }

    private mutating func serve(_ body: (inout any Report) throws -> Void) throws(ReportError) {
        var firstError: ReportError?
        var failed: [Int] = []
        // In place: a report may hold pictures, which must not be copied for each message.
        for index in reports.indices {
            do {
                try body(&reports[index].report)
            } catch {
                failed.append(index)
                let wrapped = ReportError.failed(format: reports[index].format, reason: "\(error)")
                firstError = firstError ?? (error as? ReportError) ?? wrapped
            }
        }
        for index in failed.reversed() { reports.remove(at: index) }
        if let firstError { throw firstError }
    }
}
