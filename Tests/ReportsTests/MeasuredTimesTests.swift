import CucumberMessages
import Foundation
import Reports
import Testing
import Verdicts

@Suite("What earlier runs measured")
struct MeasuredTimesTests {
    /// A run of one scenario, and perhaps others, whose step takes so many seconds.
    private func run(
        _ seconds: Int,
        names: [String] = ["good"],
        verdict: Verdict = .clean,
        ends: Bool = true
    ) throws -> RunBuilder {
        var builder = RunBuilder()
        let cases = builder.feature("features/a.feature", "A", names.map { .init(name: $0, steps: ["Given a"]) })
        for testCase in cases {
            let attempt = builder.begin(testCase)
            for (number, step) in builder.stepIDs(of: testCase).enumerated() {
                builder.beginStep(step, of: attempt)
                builder.endStep(step, of: attempt, after: .seconds(number == 1 ? seconds : 1))
            }
            try builder.judge(verdict, attempt: attempt)
            builder.end(attempt)
        }
        if ends { builder.endRun(success: true) }
        return builder
    }

    private func write(_ run: RunBuilder, _ name: String, in folder: String) throws {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        var report = MessagesReport(to: try .appending(to: "\(folder)/\(name)/messages.ndjson"))
        for envelope in run.envelopes { try report.receive(envelope, run: RunRecord()) }
    }

    @Test("the newest runs count, by their medians; what failed or was cut off does not")
    func medians() throws {
        try withTemporaryFolder { folder in
            for (number, seconds) in [10, 30, 20].enumerated() {
                try write(run(seconds), "2026010\(number + 1)T000000Z-a", in: folder)
            }
            try write(run(500, verdict: .leaked), "20260105T000000Z-a", in: folder)
            try write(run(600, ends: false), "20260106T000000Z-a", in: folder)
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/latest",
                withDestinationPath: "20260101T000000Z-a"
            )
            let measured = MeasuredTimes(ofRunsIn: folder)
            #expect(measured.runs == 3)
            let estimate = measured.estimate(for: try #require(try run(1).record.scenarios.first))
            #expect(estimate.steps == .seconds(20))
            #expect(estimate.restore == .seconds(1))
            #expect(estimate.isMeasured)

            var limits = MeasuredTimes.Limits()
            limits.runs = 1
            let newest = MeasuredTimes(ofRunsIn: folder, limits: limits)
            #expect(newest.runs == 1)
            #expect(newest.estimate(for: try run(1).record.scenarios[0]).steps == .seconds(20))
            limits.bytes = 1
            #expect(MeasuredTimes(ofRunsIn: folder, limits: limits).runs == 0)
        }
    }

    @Test("a scenario that no run has measured is guessed by the others, and the first ones by nothing")
    func guesses() throws {
        let scenarios = try run(1, names: ["good", "new"]).record.scenarios
        var measured = MeasuredTimes()
        #expect(!measured.estimate(for: scenarios[1]).isMeasured)
        measured.learn(try run(7).record)
        #expect(measured.estimate(for: scenarios[0]).isMeasured)
        let guess = measured.estimate(for: scenarios[1])
        #expect(!guess.isMeasured)
        #expect(guess.steps == .seconds(7))
    }

    @Test("where a scenario starts says more of an unknown one than what it is for")
    func guessByStart() throws {
        var builder = RunBuilder()
        let cases = builder.feature(
            "f",
            "F",
            [
                .init(name: "up", steps: ["Given a", "And b", "And c"], isCheckpoint: true),
                .init(name: "restored", steps: ["Given up", "Then a"]), .init(name: "new", steps: ["Given a"]),
            ]
        )
        for testCase in cases.dropLast() { try builder.run(testCase) }
        builder.endRun(success: true)
        var measured = MeasuredTimes()
        measured.learn(builder.record)
        #expect(measured.estimate(for: builder.record.scenarios[2]).steps == .milliseconds(4_500))
    }

    @Test("folders with damaged records, or none, teach nothing")
    func damaged() throws {
        try withTemporaryFolder { folder in
            for (number, text) in ["", "{", "not JSON\n{}\n"].enumerated() {
                let run = "\(folder)/2026010\(number)T000000Z-a"
                try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
                try Data(text.utf8).write(to: URL(filePath: "\(run)/messages.ndjson"))
            }
            try FileManager.default.createDirectory(
                atPath: "\(folder)/20260109T000000Z-a/messages.ndjson",
                withIntermediateDirectories: true
            )
            #expect(MeasuredTimes(ofRunsIn: folder).runs == 0)
            #expect(MeasuredTimes(ofRunsIn: "\(folder)/nowhere").runs == 0)
        }
    }
}
