import CucumberMessages
import Diagnostics
import Foundation
import Reports
import Synchronization
import Verdicts

/// Builds records of runs, message by message, with a clock of its own.
struct RunBuilder {
    /// One scenario or one outline, whose rows are given by the number of examples.
    struct Planned {
        var name: String
        var steps: [String]
        var rule: String?
        var examples = 0
        var tags: [String] = []
        /// Whether others start from its end; steps that have the title of such a scenario start from it.
        var isCheckpoint = false
    }

    private(set) var envelopes: [Envelope] = []
    private var clock = Timestamp(seconds: 1_790_000_000, nanos: 0)
    private var ids = 0
    private var testCases: [String: TestCase] = [:]
    private var checkpoints: Set<String> = []

    init(started: Bool = true) {
        let nothing = Product(name: "assay", version: "1.0")
        add(
            .meta(
                Meta(
                    protocolVersion: "34.2.1",
                    implementation: nothing,
                    runtime: Product(name: "Swift", version: "6.3"),
                    os: Product(name: "Debian", version: "12"),
                    cpu: Product(name: "x86_64")
                )
            )
        )
        let here = SourceReference(uri: "Sources/Hooks.swift", location: Location(line: 3))
        add(.hook(Hook(id: "before", name: "start the machine", sourceReference: here, type: .beforeTestCase)))
        add(.hook(Hook(id: "after", name: "judge the traffic", sourceReference: here, type: .afterTestCase)))
        if started { beginRun() }
    }

    /// Begins the run, or lets it go on.
    mutating func beginRun() { add(.testRunStarted(TestRunStarted(timestamp: clock, id: "run"))) }

    mutating func add(_ envelope: Envelope) { envelopes.append(envelope) }

    mutating func wait(_ duration: Duration) {
        let nanos = clock.nanos + Int(duration.components.attoseconds / 1_000_000_000)
        clock.seconds += Int(duration.components.seconds) + nanos / 1_000_000_000
        clock.nanos = nanos % 1_000_000_000
    }

    private mutating func newID(_ prefix: String) -> String {
        ids += 1
        return "\(prefix)-\(ids)"
    }

    /// Adds a feature whose scenarios begin on lines 3, 13, 23, and so on; returns its test cases.
    mutating func feature(_ uri: String, _ name: String, _ planned: [Planned]) -> [String] {
        var children: [FeatureChild] = []
        var pickles: [Pickle] = []
        for (number, plan) in planned.enumerated() {
            let line = 3 + number * 10
            let steps = plan.steps.enumerated().map { index, text in
                let words = text.split(separator: " ", maxSplits: 1)
                return Step(
                    location: Location(line: line + 1 + index, column: 5),
                    keyword: "\(words[0]) ",
                    keywordType: .context,
                    text: String(words[1]),
                    id: newID("node")
                )
            }
            let rows = (0..<plan.examples).map { row in
                TableRow(location: Location(line: line + 6 + row, column: 7), cells: [], id: newID("row"))
            }
            let scenario = Scenario(
                location: Location(line: line, column: 3),
                keyword: "Scenario",
                name: plan.name,
                description: "",
                steps: steps,
                examples: plan.examples == 0
                    ? []
                    : [
                        Examples(
                            location: Location(line: line + 5),
                            keyword: "Examples",
                            name: "",
                            description: "",
                            tableBody: rows,
                            id: newID("examples")
                        )
                    ],
                id: newID("scenario")
            )
            if let rule = plan.rule {
                children.append(
                    FeatureChild(
                        rule: Rule(
                            location: Location(line: line - 1),
                            keyword: "Rule",
                            name: rule,
                            description: "",
                            children: [RuleChild(scenario: scenario)],
                            id: newID("rule")
                        )
                    )
                )
            } else {
                children.append(FeatureChild(scenario: scenario))
            }
            for row in 0..<max(1, plan.examples) {
                let source = rows.isEmpty ? [scenario.id] : [scenario.id, rows[row].id]
                pickles.append(
                    Pickle(
                        id: newID("pickle"),
                        uri: uri,
                        location: rows.isEmpty ? scenario.location : rows[row].location,
                        name: plan.name,
                        language: "en",
                        steps: steps.map {
                            PickleStep(astNodeIds: [$0.id], id: newID("step"), type: .context, text: $0.text)
                        },
                        tags: plan.tags.map { PickleTag(name: $0, astNodeId: scenario.id) },
                        astNodeIds: source
                    )
                )
            }
        }
        add(.source(Source(uri: uri, data: "Feature: \(name)", mediaType: "text/x.cucumber.gherkin+plain")))
        let feature = Feature(
            location: Location(line: 1, column: 1),
            language: "en",
            keyword: "Feature",
            name: name,
            description: "",
            children: children
        )
        add(.gherkinDocument(GherkinDocument(uri: uri, feature: feature)))
        for pickle in pickles { add(.pickle(pickle)) }
        checkpoints.formUnion(planned.filter(\.isCheckpoint).map(\.name))
        return pickles.map { plan($0) }
    }

    private mutating func plan(_ pickle: Pickle) -> String {
        var steps = [TestStep(hookId: "before", id: newID("test-step"))]
        steps += pickle.steps.map {
            let definitions = checkpoints.contains($0.text) ? ["checkpoint \($0.text)"] : []
            return TestStep(
                id: newID("test-step"),
                pickleStepId: $0.id,
                stepDefinitionIds: definitions,
                stepMatchArgumentsLists: []
            )
        }
        if checkpoints.contains(pickle.name) { steps.append(TestStep(hookId: "hook-keep", id: newID("test-step"))) }
        steps.append(TestStep(hookId: "after", id: newID("test-step")))
        let testCase = TestCase(id: newID("case"), pickleId: pickle.id, testSteps: steps, testRunStartedId: "run")
        testCases[testCase.id] = testCase
        add(.testCase(testCase))
        return testCase.id
    }

    /// Begins an attempt and returns its identity.
    mutating func begin(_ testCase: String, attempt: Int = 0) -> String {
        let id = newID("attempt")
        add(
            .testCaseStarted(
                TestCaseStarted(attempt: attempt, id: id, testCaseId: testCase, workerId: "worker-1", timestamp: clock)
            )
        )
        return id
    }

    func stepIDs(of testCase: String) -> [String] { testCases[testCase]?.testSteps.map(\.id) ?? [] }

    mutating func beginStep(_ step: String, of attempt: String) {
        add(.testStepStarted(TestStepStarted(testCaseStartedId: attempt, testStepId: step, timestamp: clock)))
    }

    mutating func endStep(
        _ step: String,
        of attempt: String,
        _ status: TestStepStatus = .passed,
        message: String? = nil,
        after duration: Duration = .milliseconds(1_500)
    ) {
        wait(duration)
        add(
            .testStepFinished(
                TestStepFinished(
                    testCaseStartedId: attempt,
                    testStepId: step,
                    testStepResult: TestStepResult(
                        duration: MessageDuration(duration),
                        message: message,
                        status: status
                    ),
                    timestamp: clock
                )
            )
        )
    }

    mutating func attach(
        _ body: String,
        _ mediaType: String,
        encoding: ContentEncoding = .identity,
        name: String? = nil,
        attempt: String? = nil,
        step: String? = nil
    ) {
        add(
            .attachment(
                Attachment(
                    body: body,
                    contentEncoding: encoding,
                    fileName: name,
                    mediaType: mediaType,
                    testCaseStartedId: attempt,
                    testStepId: step,
                    timestamp: clock
                )
            )
        )
    }

    mutating func attachFile(_ url: String, _ mediaType: String, attempt: String, step: String? = nil) {
        add(
            .externalAttachment(
                ExternalAttachment(url: url, mediaType: mediaType, testCaseStartedId: attempt, testStepId: step)
            )
        )
    }

    mutating func judge(_ verdict: Verdict, attempt: String) throws {
        let body = String(decoding: try JSONEncoder().encode(verdict), as: UTF8.self)
        attach(body, Verdict.mediaType, attempt: attempt)
    }

    mutating func end(_ attempt: String, willBeRetried: Bool = false) {
        add(
            .testCaseFinished(
                TestCaseFinished(testCaseStartedId: attempt, timestamp: clock, willBeRetried: willBeRetried)
            )
        )
    }

    /// Runs a hook around all scenarios that fails.
    mutating func breakHook(_ name: String, before: Bool, message: String) {
        let (hook, execution) = (newID("hook"), newID("execution"))
        let type: HookType = before ? .beforeTestRun : .afterTestRun
        add(.hook(Hook(id: hook, name: name, sourceReference: SourceReference(), type: type)))
        add(
            .testRunHookStarted(
                TestRunHookStarted(id: execution, testRunStartedId: "run", hookId: hook, timestamp: clock)
            )
        )
        let result = TestStepResult(duration: MessageDuration(.zero), message: message, status: .failed)
        add(
            .testRunHookFinished(TestRunHookFinished(testRunHookStartedId: execution, result: result, timestamp: clock))
        )
    }

    mutating func endRun(success: Bool, message: String? = nil) {
        add(
            .testRunFinished(
                TestRunFinished(message: message, success: success, timestamp: clock, testRunStartedId: "run")
            )
        )
    }

    /// Runs all of a test case; the step of that number (0 is the first hook) ends with the status.
    @discardableResult
    mutating func run(
        _ testCase: String,
        attempt: Int = 0,
        verdict: Verdict? = .clean,
        failing: (step: Int, status: TestStepStatus, message: String)? = nil,
        willBeRetried: Bool = false,
        during: (inout RunBuilder, String, String) -> Void = { _, _, _ in }
    ) throws -> String {
        let id = begin(testCase, attempt: attempt)
        let steps = stepIDs(of: testCase)
        for (number, step) in steps.enumerated() {
            let isSkipped = failing.map { number > $0.step && number < steps.count - 1 } ?? false
            beginStep(step, of: id)
            during(&self, id, step)
            if isSkipped {
                endStep(step, of: id, .skipped, after: .zero)
            } else if let failing, failing.step == number {
                endStep(step, of: id, failing.status, message: failing.message)
            } else {
                endStep(step, of: id)
            }
        }
        if let verdict { try judge(verdict, attempt: id) }
        end(id, willBeRetried: willBeRetried)
        return id
    }

    /// The record as far as it goes.
    var record: RunRecord {
        var record = RunRecord()
        for envelope in envelopes { record.apply(envelope) }
        record.close()
        return record
    }

    /// What a report writes about the run.
    func written(by make: (ReportSink) throws -> any Report) throws -> String {
        let text = WrittenText()
        var group = ReportGroup([("test", try make(text.sink))])
        for envelope in envelopes { try group.receive(envelope) }
        try group.finish()
        return text.value
    }
}

/// A sink that keeps what was written.
final class WrittenText: Sendable {
    private let pieces = Mutex<[String]>([])

    var sink: ReportSink { ReportSink { piece in self.pieces.withLock { $0.append(piece) } } }
    var value: String { pieces.withLock { $0.joined() } }
    var writes: [String] { pieces.withLock { $0 } }
}

/// A folder that is gone afterwards.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reports-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path(percentEncoded: false))
}

extension Verdict {
    static var clean: Verdict {
        Verdict(
            outcome: .passed,
            conditions: [
                ConditionReport(
                    name: "traffic",
                    state: .held,
                    word: "clean",
                    summary: "All 1,204 frames stayed on the allowed paths."
                )
            ]
        )
    }

    static var leaked: Verdict {
        Verdict(
            outcome: .failed,
            blame: .systemUnderTest,
            reason: """
                The guest sent udp traffic to 9.9.9.9:53, which no allowed path covers.
                  sent by: 10.2.1.5:41000
                  allowed: Tor guard relay
                Hint: Open the capture attached to this scenario and look at the first packet of the flow.
                """,
            conditions: [
                ConditionReport(
                    name: "traffic",
                    state: .broken,
                    word: "leaked",
                    summary: "1 frame left the allowed paths.",
                    details: ["rule: udp.not-allowed", "frame: 1310", "flow: 10.2.1.5:41000 > 9.9.9.9:53 udp"]
                )
            ]
        )
    }

    static var unproven: Verdict {
        Verdict(
            outcome: .inconclusive,
            blame: .host,
            reason: "The capture saw 0 packets and lost 3, so it proves nothing.",
            conditions: [
                ConditionReport(
                    name: "traffic",
                    state: .unproven,
                    word: "inconclusive",
                    summary: "The last canary was not seen."
                )
            ]
        )
    }
}
