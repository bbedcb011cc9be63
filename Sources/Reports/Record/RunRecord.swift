package import CucumberMessages
package import Forecasts
import Foundation
import Verdicts

/// A run as its messages tell it, at any moment from the first message to long after the last.
///
/// Envelopes are applied one by one in the order of the record, live or from a file. Memory is bounded: bodies of
/// attachments are not kept, except short texts within ``Limits``.
///
/// ```
/// scenario:  waiting ── testCaseStarted ──> running ── testCaseFinished ──> ended
///               └───────────── close() ────────┴──────── close() ────────────┘
/// ```
package struct RunRecord: Sendable {
    /// How much text a record keeps; what goes beyond is counted, not kept.
    package struct Limits: Sendable {
        /// The bytes of all texts together.
        package var allText = 16 << 20
        /// The bytes of one text.
        package var oneText = 256 << 10
        /// The bytes of one line of a log.
        package var oneLine = 4 << 10
        /// The attachments of one step, or of one attempt outside its steps.
        package var attachments = 1_000

        /// The limits that fit a run of thousands of scenarios.
        package init() {}
    }

    /// What made the record, and on what.
    package private(set) var meta: Meta?
    /// When the run began.
    package var startedAt: Timestamp? { stretches.startedAt }
    /// When the run ended; absent while it goes on, and when it was interrupted.
    package private(set) var finishedAt: Timestamp?
    /// For how long the run stood still between an end and the time it went on.
    package var pause: Duration { stretches.pause }
    /// The time of the latest message that has one.
    package private(set) var lastSeenAt: Timestamp?
    /// What the run says of itself at its end.
    package private(set) var claimsSuccess: Bool?
    /// Why the run did not succeed, in its own words.
    package private(set) var message: String?
    /// Whether scenarios that passed only when they were tried again fail the run.
    package private(set) var failsOnFlaky = false
    /// What was tested, as rows for a report.
    package private(set) var facts: [RunFact] = []
    /// What belongs to the run as a whole, such as the leak policy.
    package private(set) var attachments: [KeptAttachment] = []
    /// What the workers did and waited for; absent until the run has ended.
    package private(set) var workerTimes: WorkerTimes?
    /// Feature files that could not be parsed.
    package private(set) var parseErrors: [ParseError] = []
    /// The hooks around all scenarios that failed.
    package private(set) var brokenHooks: [BrokenHook] = []
    /// What is wrong with the record itself.
    package private(set) var problems: [String] = []
    /// The scenarios that were to be run, in the order of the plan.
    package private(set) var scenarios: [ScenarioResult] = []
    /// The attempts that are going on, oldest first.
    package private(set) var runningAttempts: [String] = []
    /// How many scenarios have ended for good.
    package var endedScenarios: Int { ended.count }
    /// Whether ``close()`` was called: no scenario is waiting or running any more.
    package private(set) var isClosed = false

    private let limits: Limits
    private var textLeft: Int
    private var outline = SuiteOutline()
    private var pickles: [String: Pickle] = [:]
    private var hooks: [String: Hook] = [:]
    /// The hooks around all scenarios, by their executions.
    private var runHooks: [String: String] = [:]
    private var scenarioIndex: [String: Int] = [:]
    private var attemptPlaces: [String: (scenario: Int, attempt: Int)] = [:]
    private var ended: Set<Int> = []
    private var stretches = RunStretches()
    private var nextOrdinal = 0

    /// Creates the record of a run that has not begun.
    package init(limits: Limits = Limits()) {
        self.limits = limits
        textLeft = limits.allText
    }

    /// The scenarios below their features and rules.
    package var features: [FeatureResult] { outline.group(scenarios) }

    /// The scenario that an attempt belongs to.
    package func scenario(ofAttempt id: String) -> ScenarioResult? {
        attemptPlaces[id].map { scenarios[$0.scenario] }
    }

    /// An attempt.
    package func attempt(_ id: String) -> AttemptResult? {
        attemptPlaces[id].map { scenarios[$0.scenario].attempts[$0.attempt] }
    }
}

// MARK: - Applying messages

extension RunRecord {
    /// Takes in the next message of the record.
    package mutating func apply(_ envelope: Envelope) {
        switch envelope {
        case .meta(let meta): self.meta = meta
        case .gherkinDocument(let document): outline.add(document)
        case .pickle(let pickle): pickles[pickle.id] = pickle
        case .hook(let hook): hooks[hook.id] = hook
        case .parseError(let error): parseErrors.append(error)
        case .testRunStarted(let started): begin(started)
        case .testRunHookStarted(let started):
            see(started.timestamp)
            runHooks[started.id] = started.hookId
        case .testRunHookFinished(let finished): finish(finished)
        case .testCase(let testCase): plan(testCase)
        case .testCaseStarted(let started): begin(started)
        case .testStepStarted(let started): begin(started)
        case .testStepFinished(let finished): finish(finished)
        case .attachment(let attachment): keep(attachment)
        case .externalAttachment(let attachment): keep(attachment)
        case .testCaseFinished(let finished): finish(finished)
        case .testRunFinished(let finished): finish(finished)
        case .source, .parameterType, .undefinedParameterType, .stepDefinition, .suggestion: break
        }
    }

    /// Notes that something in the record can't be used, so that nobody takes the rest for the whole.
    package mutating func note(problem: String) {
        if problems.count < 100 { problems.append(problem) }
    }

    /// Settles what is still open: no message will follow.
    package mutating func close() {
        guard !isClosed else { return }
        isClosed = true
        for index in scenarios.indices { scenarios[index].settle(runFinished: finishedAt != nil) }
        runningAttempts = []
        ended = Set(scenarios.indices)
    }

    private mutating func begin(_ started: TestRunStarted) {
        // A run that goes on begins again in the same record, and runs its hooks again.
        stretches.begin(at: started.timestamp, after: lastSeenAt)
        brokenHooks = []
        finishedAt = nil
        claimsSuccess = nil
        message = nil
        workerTimes = nil
        failsOnFlaky = false
        see(started.timestamp)
    }

    private mutating func plan(_ testCase: TestCase) {
        guard let pickle = pickles[testCase.pickleId] else {
            note(problem: "Test case \(testCase.id) names pickle \(testCase.pickleId), which the record does not hold.")
            return
        }
        guard scenarioIndex[testCase.id] == nil else { return }
        let pickleSteps = Dictionary(pickle.steps.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let steps = testCase.testSteps.map { step -> StepResult in
            if let pickleStep = step.pickleStepId.flatMap({ pickleSteps[$0] }) {
                return StepResult(step, of: pickleStep, written: outline.step(pickleStep.astNodeIds))
            }
            return StepResult(hook: step, hooks[step.hookId ?? ""])
        }
        scenarioIndex[testCase.id] = scenarios.count
        scenarios.append(ScenarioResult(testCase, pickle, place: outline.place(of: pickle), steps: steps))
    }

    private mutating func begin(_ started: TestCaseStarted) {
        see(started.timestamp)
        guard let index = scenarioIndex[started.testCaseId] else {
            note(
                problem: "Attempt \(started.id) names test case \(started.testCaseId), which the record does not hold."
            )
            return
        }
        guard attemptPlaces[started.id] == nil else { return }
        attemptPlaces[started.id] = (index, scenarios[index].attempts.count)
        scenarios[index].begin(started)
        runningAttempts.removeAll { attemptPlaces[$0]?.scenario == index }
        runningAttempts.append(started.id)
        ended.remove(index)
    }

    private mutating func begin(_ started: TestStepStarted) {
        see(started.timestamp)
        change(started.testCaseStartedId) { $0.begin(started) }
    }

    private mutating func finish(_ finished: TestStepFinished) {
        see(finished.timestamp)
        var finished = finished
        finished.testStepResult.message = finished.testStepResult.message.map { String($0.prefix(limits.oneText)) }
        change(finished.testCaseStartedId) { $0.finish(finished) }
    }

    private mutating func finish(_ finished: TestCaseFinished) {
        see(finished.timestamp)
        change(finished.testCaseStartedId) { $0.finish(finished) }
        runningAttempts.removeAll { $0 == finished.testCaseStartedId }
        if let place = attemptPlaces[finished.testCaseStartedId], !finished.willBeRetried {
            ended.insert(place.scenario)
        }
    }

    private mutating func finish(_ finished: TestRunHookFinished) {
        see(finished.timestamp)
        guard finished.result.status == .failed else { return }
        let id = runHooks[finished.testRunHookStartedId] ?? finished.testRunHookStartedId
        let message = String((finished.result.message ?? "").prefix(limits.oneText))
        guard brokenHooks.count < 100 else { return }
        brokenHooks.append(BrokenHook(hooks[id], id: id, message: message, scenariosHaveRun: !attemptPlaces.isEmpty))
    }

    private mutating func finish(_ finished: TestRunFinished) {
        see(finished.timestamp)
        finishedAt = finished.timestamp
        claimsSuccess = finished.success
        message = finished.message
    }

    private mutating func see(_ timestamp: Timestamp) {
        lastSeenAt = max(lastSeenAt ?? timestamp, timestamp)
    }

    private mutating func change(_ attemptID: String, _ body: (inout AttemptResult) -> Void) {
        guard let place = attemptPlaces[attemptID] else {
            note(problem: "A message names attempt \(attemptID), which the record does not hold.")
            return
        }
        body(&scenarios[place.scenario].attempts[place.attempt])
    }
}

// MARK: - Attachments

extension RunRecord {
    private mutating func keep(_ attachment: Attachment) {
        if let timestamp = attachment.timestamp { see(timestamp) }
        let attemptID = attachment.testCaseStartedId
        switch attachment.mediaType {
        // Only outside a step, where the authors of steps can't attach anything.
        case Verdict.mediaType where attachment.testStepId == nil:
            guard let attemptID else { return }
            let verdict = try? JSONDecoder().decode(Verdict.self, from: Data(attachment.body.utf8))
            if verdict == nil { note(problem: "The verdict of attempt \(attemptID) can't be read.") }
            change(attemptID) { $0.claim(verdict) }
        case RunFact.mediaType where attemptID == nil:
            guard let facts = try? JSONDecoder().decode([RunFact].self, from: Data(attachment.body.utf8)) else {
                return note(problem: "The description of what was tested can't be read.")
            }
            self.facts += facts
        case WorkerTimes.mediaType where attemptID == nil:
            guard let times = WorkerTimes(reading: attachment.body) else {
                return note(problem: "What the workers did and waited for can't be read.")
            }
            stretches.take(times, at: attachment.timestamp ?? lastSeenAt)
            workerTimes = stretches.times
        case ExitRule.mediaType where attemptID == nil:
            guard let rule = try? JSONDecoder().decode(ExitRule.self, from: Data(attachment.body.utf8)) else {
                return note(problem: "What the exit status goes by can't be read.")
            }
            failsOnFlaky = failsOnFlaky || rule.failOnFlaky
        case KeptAttachment.logMediaType where attemptID != nil && attachment.contentEncoding == .identity:
            let line = take(attachment.body, atMost: limits.oneLine)
            change(attemptID ?? "") { $0.log(line, step: attachment.testStepId) }
        default:
            add(
                KeptAttachment(attachment, ordinal: nextOrdinal, text: text(of: attachment)),
                attemptID,
                attachment.testStepId
            )
        }
    }

    private mutating func keep(_ attachment: ExternalAttachment) {
        if let timestamp = attachment.timestamp { see(timestamp) }
        add(KeptAttachment(attachment, ordinal: nextOrdinal), attachment.testCaseStartedId, attachment.testStepId)
    }

    private mutating func add(_ attachment: KeptAttachment, _ attemptID: String?, _ stepID: String?) {
        nextOrdinal += 1
        guard let attemptID else {
            if attachments.count < limits.attachments { attachments.append(attachment) }
            return
        }
        let limit = limits.attachments
        change(attemptID) { $0.add(attachment, step: stepID, limit: limit) }
    }

    /// The number under which the next attachment that is no log line, verdict or fact will be kept.
    package var upcomingOrdinal: Int { nextOrdinal }

    private mutating func text(of attachment: Attachment) -> String? {
        let type = attachment.mediaType
        let isText =
            type.hasPrefix("text/") || type.hasSuffix("json") || type.hasSuffix("yaml") || type.hasSuffix("xml")
        guard isText, attachment.contentEncoding == .identity else { return nil }
        return take(attachment.body, atMost: limits.oneText)
    }

    private mutating func take(_ text: String, atMost limit: Int) -> String? {
        let kept = text.utf8.count <= limit ? text : String(decoding: text.utf8.prefix(limit), as: UTF8.self) + " […]"
        guard kept.utf8.count <= textLeft else { return nil }
        textLeft -= kept.utf8.count
        return kept
    }
}
