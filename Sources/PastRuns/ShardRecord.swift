import CucumberMessages
import Forecasts
import Foundation
package import Reports
package import ScenarioRunner

/// The record of one shard, taken apart as it is read: what comes before the first attempt, the attempts, the end.
struct ShardRecord {
    /// What stands before the run's begin: sources, trees, pickles, definitions.
    private(set) var preamble: [Envelope] = []
    /// The scenarios that the shard was to run.
    private(set) var cases: [TestCase] = []
    /// When the run began.
    private(set) var began: TestRunStarted
    /// The end, if it was reached.
    private(set) var ended: TestRunFinished?
    /// What the workers did, if the run's end was reached.
    var times: WorkerTimes? { stretches.times }
    /// What belongs to the run as a whole.
    private(set) var common: [Envelope] = []

    private var stretches = RunStretches()
    private var lines: MessageLines
    private let member: ShardSet.Member
    private let path: String
    private let shard: Int
    private var held: Envelope?
    /// What the hooks before all scenarios said, not handed out yet.
    private var opening: [Envelope] = []
    /// The test cases that make checkpoints.
    private var checkpointCases: Set<String> = []
    private var renamed: [String: String] = [:]
    private var time = Timestamp(seconds: 0, nanos: 0)

    /// Opens the record, and reads up to the first attempt.
    init(of member: ShardSet.Member, shard: Int) throws {
        self.member = member
        path = "\(member.directory)/messages.ndjson"
        self.shard = shard
        lines = try MessageLines(path: path)
        began = TestRunStarted(timestamp: time)
        var hasBegun = false
        while let envelope = try read() {
            switch envelope {
            case .testRunStarted(let started):
                began = started
                stretches.begin(at: started.timestamp, after: nil)
                hasBegun = true
            case .testCase(let testCase) where hasBegun && !isMaking(testCase): cases.append(testCase)
            // Hooks before all scenarios run before the record tells which scenarios there are.
            case _ where hasBegun && envelope.belongsToRunHook: opening.append(envelope)
            case _ where hasBegun: held = envelope
            default: preamble.append(envelope)
            }
            if held != nil { break }
        }
        guard hasBegun else { throw MergeError.notBegun(member.directory) }
        guard began.id.map({ $0 == "run-\(member.plan.digest.prefix(12))" }) ?? true else { throw isForeign }
    }

    /// The record is another run's than the plan beside it.
    private var isForeign: MergeError {
        .foreign("\(member.directory)/messages.ndjson", "the plan", "\(member.directory)/plan.json")
    }

    /// The next message that belongs to one scenario or to all of them, with the time at which it was written.
    mutating func next() throws -> (Envelope, at: Timestamp)? {
        while let envelope = try nextRead() {
            switch envelope {
            case .testRunStarted(let started):
                stretches.begin(at: started.timestamp, after: ended?.timestamp ?? time)
                time = max(time, started.timestamp)
            case .testRunFinished(let finished): ended = finished
            case .testRunHookStarted(var message):
                time = max(time, message.timestamp)
                message.id = own(message.id)
                return (.testRunHookStarted(message), time)
            case .testRunHookFinished(var message):
                time = max(time, message.timestamp)
                message.testRunHookStartedId = own(message.testRunHookStartedId)
                return (.testRunHookFinished(message), time)
            case .attachment(var message) where message.testRunHookStartedId != nil:
                message.testRunHookStartedId = message.testRunHookStartedId.map(own)
                return (.attachment(message), time)
            case .attachment(let attachment)
            where attachment.testCaseStartedId == nil && attachment.mediaType == WorkerTimes.mediaType:
                guard let times = WorkerTimes(reading: attachment.body) else { continue }
                stretches.take(times.renaming { renamed[$0] ?? $0 }, at: attachment.timestamp ?? time)
            case .attachment(let attachment) where attachment.testCaseStartedId == nil:
                try check(attachment)
                common.append(envelope)
            case .testCase(let testCase) where isMaking(testCase): return (.testCase(rename(testCase)), time)
            case .pickle, .source, .gherkinDocument, .testCase: return (envelope, time)
            case .testCaseStarted(var message):
                time = max(time, message.timestamp)
                if checkpointCases.contains(message.testCaseId) {
                    message.testCaseId = own(message.testCaseId)
                    renamed[message.id] = own(message.id)
                    message.id = own(message.id)
                }
                return (.testCaseStarted(message), time)
            case .testStepStarted(var message):
                time = max(time, message.timestamp)
                name(&message.testCaseStartedId, &message.testStepId)
                return (.testStepStarted(message), time)
            case .testStepFinished(var message):
                time = max(time, message.timestamp)
                name(&message.testCaseStartedId, &message.testStepId)
                return (.testStepFinished(message), time)
            case .attachment(var message):
                name(&message.testCaseStartedId, &message.testStepId)
                return (.attachment(message), time)
            case .externalAttachment(var message):
                name(&message.testCaseStartedId, &message.testStepId)
                return (.externalAttachment(message), time)
            case .testCaseFinished(var message):
                time = max(time, message.timestamp)
                message.testCaseStartedId = renamed[message.testCaseStartedId] ?? message.testCaseStartedId
                return (.testCaseFinished(message), time)
            default: return (envelope, time)
            }
        }
        return nil
    }

    // MARK: - Private

    private mutating func nextRead() throws -> Envelope? {
        if !opening.isEmpty { return opening.removeFirst() }
        if let held {
            self.held = nil
            return held
        }
        return try read()
    }

    /// What the record says of itself has to be what stands in the plan beside it.
    private func check(_ attachment: Attachment) throws(MergeError) {
        guard attachment.mediaType == RunFact.mediaType,
            let facts = try? JSONDecoder().decode([RunFact].self, from: Data(attachment.body.utf8))
        else { return }
        for fact in facts {
            switch fact.name {
            case "plan" where fact.value != member.plan.digest: throw isForeign
            case RunFact.shard where fact.value != member.plan.shard?.fact: throw isForeign
            default: break
            }
        }
    }

    private var suffix: String { "-of-shard-\(shard)" }

    private func own(_ id: String) -> String { id + suffix }

    /// Several shards may make one checkpoint; each of these makings is a scenario of its own in the joined record.
    private func isMaking(_ testCase: TestCase) -> Bool {
        testCase.testSteps.contains { $0.hookId == CheckpointMarks.keepHook }
    }

    private mutating func rename(_ testCase: TestCase) -> TestCase {
        checkpointCases.insert(testCase.id)
        var testCase = testCase
        testCase.id = own(testCase.id)
        for index in testCase.testSteps.indices { testCase.testSteps[index].id = own(testCase.testSteps[index].id) }
        return testCase
    }

    private func name(_ attempt: inout String, _ step: inout String) {
        guard let id = renamed[attempt] else { return }
        attempt = id
        step = own(step)
    }

    private func name(_ attempt: inout String?, _ step: inout String?) {
        guard let known = attempt, let id = renamed[known] else { return }
        attempt = id
        step = step.map(own)
    }

    private mutating func read() throws -> Envelope? {
        switch try lines.next() {
        case .envelope(let envelope)?: return envelope
        case .invalid(let line, let reason)?: throw MergeError.damaged(path, line: line, reason: reason)
        case .torn?, nil: return nil
        }
    }
}

extension Envelope {
    fileprivate var belongsToRunHook: Bool {
        switch self {
        case .testRunHookStarted, .testRunHookFinished: true
        case .attachment(let attachment): attachment.testRunHookStartedId != nil
        default: false
        }
    }
}

extension RunFact {
    /// The name of the row that says which part of a plan was run.
    package static let shard = "shard"
}

extension PlanDocument.Part {
    /// What the record says of it.
    package var fact: String { "\(index)/\(count)\npartition \(partition)" }
}
