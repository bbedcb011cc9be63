import CucumberMessages
import Foundation

/// What the record of a run says about times.
struct RunRecord: Sendable {
    /// A scenario that was run once.
    struct Attempt: Sendable {
        let name: String
        let started: Double
        var ended = Double.nan
        /// From when its world was made, which a scenario on standby has behind it.
        var setUp: Span?
        /// Its steps, without what comes before and after them.
        var steps: [Span] = []
        /// What its world and its steps said, in order.
        var notes: [(text: String, time: Double)] = []

        /// When its world said that it was at something.
        ///
        /// - Throws: ``BenchError``.
        func time(of phase: String) throws -> Double {
            guard let note = notes.first(where: { $0.text.hasPrefix(phase) }) else {
                throw BenchError("the record of “\(name)” doesn't say when this happened: \(phase)")
            }
            return note.time
        }
    }

    /// When something began and ended.
    struct Span: Sendable {
        let began: Double
        let ended: Double
        var seconds: Double { ended - began }
    }

    /// In the order in which they began.
    let attempts: [Attempt]

    /// Reads `messages.ndjson`.
    init(_ file: URL) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        let decoder = JSONDecoder()
        var reader = Reader()
        for line in text.split(separator: "\n") {
            reader.read(try decoder.decode(Envelope.self, from: Data(line.utf8)))
        }
        attempts = reader.order.compactMap { reader.attempts[$0] }
    }

    /// The attempts at scenarios whose names begin so.
    func attempts(at prefix: String) -> [Attempt] { attempts.filter { $0.name.hasPrefix(prefix) } }
}

/// Puts messages together that belong to each other.
private struct Reader {
    var order: [String] = []
    var attempts: [String: RunRecord.Attempt] = [:]
    private var names: [String: String] = [:]
    private var cases: [String: TestCase] = [:]
    private var caseOfAttempt: [String: TestCase] = [:]
    private var began: [String: Double] = [:]

    mutating func read(_ envelope: Envelope) {
        switch envelope {
        case .pickle(let message): names[message.id] = message.name
        case .testCase(let message): cases[message.id] = message
        case .testCaseStarted(let message):
            let testCase = cases[message.testCaseId]
            caseOfAttempt[message.id] = testCase
            order.append(message.id)
            attempts[message.id] = RunRecord.Attempt(
                name: testCase.flatMap { names[$0.pickleId] } ?? "",
                started: message.timestamp.wallClock
            )
        case .testStepStarted(let message):
            began[message.testCaseStartedId + message.testStepId] = message.timestamp.wallClock
        case .testStepFinished(let message):
            guard let start = began[message.testCaseStartedId + message.testStepId],
                let steps = caseOfAttempt[message.testCaseStartedId]?.testSteps
            else { return }
            let span = RunRecord.Span(began: start, ended: message.timestamp.wallClock)
            if message.testStepId == steps.first?.id { attempts[message.testCaseStartedId]?.setUp = span }
            if steps.contains(where: { $0.id == message.testStepId && $0.pickleStepId != nil }) {
                attempts[message.testCaseStartedId]?.steps.append(span)
            }
        case .attachment(let message):
            guard let id = message.testCaseStartedId, let time = message.timestamp?.wallClock else { return }
            attempts[id]?.notes.append((message.body, time))
        case .testCaseFinished(let message):
            attempts[message.testCaseStartedId]?.ended = message.timestamp.wallClock
        default: break
        }
    }
}

extension Timestamp {
    fileprivate var wallClock: Double { Double(seconds) + Double(nanos) / 1e9 }
}
