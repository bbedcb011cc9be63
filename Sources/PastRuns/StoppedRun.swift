import CucumberMessages
package import Diagnostics
import Foundation
import Reports
package import ScenarioRunner
import Verdicts

/// A run that was stopped, by its record: what it had come to, and whether it can go on.
package struct StoppedRun: Sendable {
    /// What it had come to.
    package private(set) var earlier = EarlierAttempts()

    /// Reads the record of a run; a last line that was cut off is no part of it.
    ///
    /// - Parameters:
    ///   - path: The record.
    ///   - plan: The plan of the run, made again from the present files.
    /// - Throws: ``ResumeError``, or a `ReportError` when the file can't be read.
    package init(record path: String, plan: Plan) throws {
        var reader = Reader(plan)
        var lines = try MessageLines(path: path)
        while let line = try lines.next() {
            switch line {
            case .envelope(let envelope): try reader.take(envelope)
            case .invalid(let number, let reason): throw ResumeError.damaged(path, line: number, reason: reason)
            case .torn: break
            }
        }
        earlier = try reader.result(path)
    }
}

/// Goes through a record.
private struct Reader {
    private let planned: [String: TestCase]
    private let wanted: Set<String>
    private let sources: [String: String]
    private var result = EarlierAttempts()
    private var hasBegun = false
    private var attempts: [String: (testCase: String, verdict: Verdict?)] = [:]
    private var open: [String] = []

    init(_ plan: Plan) {
        let entries = plan.entries + plan.checkpoints.map(\.entry)
        planned = Dictionary(entries.map { ($0.testCase.id, $0.testCase) }) { first, _ in first }
        wanted = Set(plan.entries.map(\.testCase.id))
        let all = plan.preamble + plan.checkpoints.flatMap(\.preamble)
        sources = Dictionary(
            all.compactMap { if case .source(let source) = $0 { (source.uri, source.data) } else { nil } }
        ) { first, _ in first }
    }

    mutating func take(_ envelope: Envelope) throws(ResumeError) {
        switch envelope {
        case .source(let source):
            guard sources[source.uri] == source.data else { throw .changed(source.uri) }
        case .testRunStarted:
            hasBegun = true
            result.hasEnded = false
        case .testCase(let testCase):
            // The identities have to be the same as well: what follows is told by them. To which run it belongs the plan
            // does not know.
            var plain = testCase
            plain.testRunStartedId = nil
            guard planned[testCase.id] == plain else { throw .changed("the plan or the step definitions") }
            result.recorded.insert(testCase.id)
        case .testCaseStarted(let started):
            result.begun[started.testCaseId, default: 0] += 1
            result.settled.remove(started.testCaseId)
            attempts[started.id] = (started.testCaseId, nil)
            open.append(started.id)
        case .attachment(let attachment):
            guard attachment.mediaType == Verdict.mediaType, attachment.testStepId == nil,
                let attempt = attachment.testCaseStartedId
            else { return }
            attempts[attempt]?.verdict = try? JSONDecoder().decode(Verdict.self, from: Data(attachment.body.utf8))
        case .testCaseFinished(let finished): finish(finished)
        case .testRunFinished: result.hasEnded = true
        default: break
        }
    }

    private mutating func finish(_ finished: TestCaseFinished) {
        guard let attempt = attempts[finished.testCaseStartedId] else { return }
        open.removeAll { $0 == finished.testCaseStartedId }
        let unreadable = Verdict(outcome: .inconclusive, blame: .harness, reason: "The verdict can't be read.")
        let verdict = attempt.verdict ?? unreadable
        result.verdicts[attempt.testCase, default: []].append(verdict)
        if !finished.willBeRetried, verdict.isCutOff != true { result.settled.insert(attempt.testCase) }
    }

    func result(_ path: String) throws(ResumeError) -> EarlierAttempts {
        guard hasBegun, wanted.isSubset(of: result.recorded) else { throw .notBegun(path) }
        var result = result
        result.open = open
        for attempt in open {
            // The verdict is in the record, and only the end of the attempt is missing: a leak stays a leak.
            guard let known = attempts[attempt], let verdict = known.verdict, verdict.hasLeaked else { continue }
            result.verdicts[known.testCase, default: []].append(verdict)
            result.settled.insert(known.testCase)
        }
        return result
    }
}

/// A reason why a run can't go on.
package enum ResumeError: ExplainedError, Equatable {
    case notBegun(String)
    case noPlan(String)
    case damaged(String, line: Int, reason: String)
    /// Something is not as it was when the run began.
    case changed(String)
    /// Somebody else writes to the run.
    case running(String)

    package var blame: Blame {
        switch self {
        case .notBegun, .noPlan, .changed, .running: .testAuthor
        case .damaged: .host
        }
    }

    package var summary: String {
        switch self {
        case .notBegun(let path): "A run that goes on has to have begun, and \(path) ends before its first scenario."
        case .noPlan(let path): "A run that goes on needs its plan and the digests of its images, and \(path) has none."
        case .damaged(let path, let line, let reason):
            "The record can't be continued: line \(line) of \(path): \(reason)"
        case .changed(let what): "A run goes on only with what it began with, and has changed: \(what)."
        case .running(let path): "Only one program can write to a run, and another one writes to \(path) now."
        }
    }

    package var hint: String? {
        switch self {
        case .notBegun, .noPlan, .damaged, .changed: "Start a new run; --last-failed runs what did not pass."
        case .running: "Wait for its end."
        }
    }
}
