import CucumberMessages
import Foundation
import Gherkin
import PastRuns
import Reports
import ScenarioRunner
import StepDefinitions
import StrictYAML
import TestSupport
import Testing
import Verdicts

/// What the readers make of records that a run has really left.
@Suite("Readers of real records", .timeLimit(.minutes(5)))
struct ReadersTests {
    private static let scenarios = [
        ("", "Good", "the till holds 0"), ("", "Wobbly", "1 bread are sold for 2 each"),
        ("", "Known", "9 bread are sold for 1 each"), ("", "Leaky", "the till holds 0"),
        ("", "Bad", "9 bread are sold for 1 each"),
    ]

    /// A plan in which Known and Leaky are quarantined.
    private func plan(_ scenarios: [(String, String, String)] = scenarios) throws -> Plan {
        let known = scenarios.map(\.1).filter { ["Known", "Leaky"].contains($0) }
        let entries = known.map {
            "  - {feature: shop.feature, scenario: \($0), owner: kim, reason: r, expires: 2026-03-31}\n"
        }
        var rules = PlanRules()
        rules.retry = RetryRule(retries: 1)
        rules.quarantine = try QuarantineList("version: 1\nscenarios:\n" + entries.joined(), file: "q.yaml")
        rules.today = try #require(Day("2026-03-31"))
        return try shopPlan(scenarios, rules: rules)
    }

    /// Wobbly has bread in its second attempt alone, and from Leaky the till is robbed.
    private var worker: ShopWorker {
        var worker = ShopWorker()
        worker.provider = { name, attempt in
            var provider = ShopProvider()
            if name == "Wobbly", attempt > 0 { provider.opened = { $0.stock("bread", 9) } }
            if name == "Leaky" { provider.conditions = [.till(.broken)] }
            return provider
        }
        return worker
    }

    private var hooks: RunHookRunner {
        RunHookRunner(
            StepLibrary<Shop> {
                BeforeRun {}
                AfterRun {}
            },
            deadline: .seconds(60)
        )
    }

    /// What every report says of a record, by the report's name.
    private func texts(_ record: [Envelope], in folder: String) throws -> [String: String] {
        let names = ["pretty", "progress", "junit", "html", "rerun", "tap", "times"]
        let place = RunPlace(directory: "\(folder)/run")
        let formats = try names.map { try ReportFormat(parsing: "\($0):\(folder)/read/\($0)") }
        var group = try makeReports(formats, place: place, record: .readOnly, environment: [:])
        for envelope in record { try group.receive(envelope) }
        try group.finish()
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, try String(contentsOfFile: "\(folder)/read/\($0)", encoding: .utf8))
            }
        )
    }

    private func count(_ part: String, in text: String?) -> Int {
        (text ?? "").components(separatedBy: part).count - 1
    }

    @Test("retries, a quarantine and a leak are told by every reader as the exit status has them")
    func everything() async throws {
        try await withTemporaryFolder { folder in
            let run = try await ShopRun(plan(), in: folder, { $0.hooks = hooks }, worker: worker)
            #expect(run.outcomes == [.passed, .flaky, .failed, .failed, .failed])
            // A leak is not tried again.
            #expect(run.attempts.count == 8)
            #expect(ExitCode(verdicts: run.outcome.verdicts) == .failed)
            let texts = try texts(run.record, in: folder)
            for name in ["pretty", "progress"] {
                #expect(texts[name]?.hasSuffix("\n2 passed, 2 failed, 1 quarantined\n") == true)
                #expect(count("failed, quarantined  shop.feature:9  Known\n", in: texts[name]) == 1)
                #expect(count("attempts  failed, passed\n", in: texts[name]) == 1)
                #expect(count("attempts  failed, failed\n", in: texts[name]) == 2)
                #expect(count("a quarantine excuses no leak\n", in: texts[name]) == 1)
                #expect(count("(will be tried again)\n", in: texts[name]) == 3)
            }
            #expect(texts["rerun"] == "shop.feature:12\nshop.feature:15\n")
            #expect(count("<failure", in: texts["junit"]) == 2)
            #expect(count("<flakyFailure", in: texts["junit"]) == 1)
            #expect(count("<rerunFailure", in: texts["junit"]) == 1)
            #expect(count("<skipped", in: texts["junit"]) == 1)
            #expect(count("not ok", in: texts["tap"]) == 3)
            #expect(count("# TODO quarantined", in: texts["tap"]) == 1)
            #expect(count(#"class="earlier""#, in: texts["html"]) == 3)
            #expect(texts["times"]?.isEmpty == false)
        }
    }

    @Test("a run that is to fail on flaky scenarios alone is told as failed")
    func failOnFlaky() async throws {
        try await withTemporaryFolder { folder in
            for isAsked in [false, true] {
                let run = try await ShopRun(
                    plan(Array(Self.scenarios.prefix(3))),
                    in: folder,
                    { $0.failOnFlaky = isAsked },
                    worker: worker
                )
                let code = ExitCode(verdicts: run.outcome.verdicts, failOnFlaky: isAsked)
                #expect(code == (isAsked ? .failed : .passed))
                #expect(RunSummary(ShopRun.read(run.record)).outcome == (isAsked ? .failed : .flaky))
                let junit = try texts(run.record, in: folder)["junit"]
                #expect(count("<failure", in: junit) == (isAsked ? 1 : 0))
            }
        }
    }

    @Test("a run that went on is one run to every reader")
    func resumed() async throws {
        try await withTemporaryFolder { folder in
            let plan = try plan()
            let first = try await ShopRun(
                plan,
                in: folder,
                {
                    $0.hooks = hooks
                    $0.maximumFailures = 1
                },
                worker: worker
            )
            #expect(first.outcomes == [.passed, .flaky, .failed, .failed, nil])
            let path = "\(folder)/messages.ndjson"
            try Data(first.record.map(MessagesReport.line).joined().utf8).write(to: URL(filePath: path))
            let earlier = try StoppedRun(record: path, plan: plan).earlier
            let again = try await ShopRun(
                plan,
                in: folder,
                {
                    $0.hooks = hooks
                    $0.earlier = earlier
                },
                worker: worker,
                before: first.record
            )
            let read = ShopRun.read(again.record)
            let executions = again.record.compactMap { envelope in
                if case .testRunHookStarted(let started) = envelope { started.id } else { nil }
            }
            #expect(executions.count == 4 && Set(executions).count == 4)
            #expect(RunSummary(read).closingLine == "2 passed, 2 failed, 1 quarantined")
            #expect(read.scenarios.map(\.attempts.count) == [1, 2, 2, 1, 2])
            // The worker's line goes through both stretches, one after the other.
            let spans = try #require(read.workerTimes?.workers.first)
            let attempts = read.scenarios.flatMap(\.attempts).map(\.id)
            #expect(spans.compactMap(\.attempt) == attempts)
            #expect(read.workerTimes?.workers.count == 1)
            #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.to <= $1.from + 0.001 })
            let texts = try texts(again.record, in: folder)
            #expect(count("<testcase", in: texts["junit"]) == 5)
            #expect(texts["tap"]?.hasPrefix("TAP version 14\n1..5\n") == true)
            #expect(texts["progress"]?.hasSuffix("\n2 passed, 2 failed, 1 quarantined\n") == true)
        }
    }
}
