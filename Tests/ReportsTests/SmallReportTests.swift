import Diagnostics
import Foundation
import Reports
import Testing
import Verdicts

private let place = RunPlace(directory: "runs/latest")

@Suite("Small reports")
struct SmallReportTests {
    @Test("what did not pass can be run again by path and line")
    func rerun() throws {
        #expect(
            try SampleRuns.failing().written { RerunReport(to: $0) } == """
                features/tor_enforcement.feature:20
                features/tor_enforcement.feature:23
                features/tor_enforcement.feature:43

                """
        )
        #expect(try SampleRuns.passing().written { RerunReport(to: $0) } == "")
    }

    @Test("TAP counts every scenario, and a number sign in a name is no directive")
    func tap() throws {
        var builder = RunBuilder()
        let plans = ["fine # SKIP", "bad", "closed"].map { RunBuilder.Planned(name: $0, steps: ["Given a"]) }
        let cases = builder.feature("a.feature", "A", plans)
        try builder.run(cases[0])
        try builder.run(cases[1], verdict: Verdict(outcome: .failed, blame: .host, reason: "x\n  y: \"z\""))
        try builder.run(cases[2], verdict: Verdict(outcome: .skipped, reason: "It is Sunday."))
        builder.breakHook("start the server", before: true, message: "port 80 is \"taken\"")
        builder.endRun(success: false)
        #expect(
            try builder.written { TAPReport(to: $0) } == """
                TAP version 14
                1..4
                ok 1 - a.feature:3 fine \\# SKIP
                not ok 2 - a.feature:13 bad
                  ---
                  outcome: "failed"
                  blame: "host"
                  message: |2
                    x
                      y: "z"
                  ...
                ok 3 - a.feature:23 closed # SKIP It is Sunday.
                not ok 4 - start the server
                  ---
                  message: "port 80 is \\"taken\\""
                  ...

                """
        )
    }

    @Test("a hook around all scenarios that fails is told by every report, and counts as a failure")
    func brokenHook() throws {
        var builder = RunBuilder()
        _ = builder.feature("a.feature", "A", [.init(name: "one", steps: ["Given a"])])
        builder.breakHook("start the server", before: true, message: "The port is taken.")
        builder.endRun(success: false)
        let place = RunPlace(directory: "runs/a")
        let sentence =
            "The hook “start the server” before all scenarios failed, so that none was run: The port is taken."
        let texts = try [
            builder.written { JUnitReport(to: $0, place: place) },
            builder.written { GitHubReport(to: $0, summary: nil) },
            builder.written { ProgressReport(to: $0, style: .plain, place: place) },
            builder.written { HTMLReport(to: $0, place: place, folder: "runs/a") },
        ]
        for text in texts { #expect(text.contains(sentence)) }
        #expect(texts[2].hasSuffix("0 passed, 1 failed, 1 skipped\n"))
        #expect(try builder.written { RerunReport(to: $0) } == "a.feature:3\n")
    }

    @Test("GitHub gets one command a line, whatever a guest says, and a summary without markup of guests")
    func gitHub() throws {
        var builder = RunBuilder()
        let cases = builder.feature("a,b.feature", "A", [.init(name: "one: two", steps: ["Given a"])])
        let reason = "50%\n::set-output name=x::y <script> | `a`"
        let verdict = Verdict(outcome: .failed, blame: .systemUnderTest, reason: reason)
        try builder.run(cases[0], verdict: verdict, failing: (1, .failed, "m"))
        let summary = WrittenText()
        let commands = try builder.written { GitHubReport(to: $0, summary: summary.sink) }
        #expect(
            commands == "::error file=a%2Cb.feature,line=4,title=failed%3A one%3A two"
                + "::50%25%0A::set-output name=x::y <script> | `a`\n"
        )
        #expect(summary.value.hasPrefix("### Assay: 0 passed, 1 failed\n"))
        #expect(!summary.value.contains("<") && !summary.value.contains("`"))
    }

    @Test("the pretty report shows the feature, its steps and the verdict")
    func pretty() throws {
        var builder = RunBuilder()
        let cases = builder.feature(
            "a.feature",
            "A",
            [.init(name: "one", steps: ["Given a", "Then b"], rule: "r", tags: ["@t"])]
        )
        try builder.run(cases[0], verdict: .leaked, failing: (1, .failed, "no\u{1B}[31m"))
        builder.endRun(success: false)
        let text = try builder.written { PrettyReport(to: $0, style: .plain, place: place) }
        #expect(
            text.hasPrefix(
                """

                Feature: A  # a.feature

                  Rule: r

                  @t
                  Scenario: one  # a.feature:3
                    passed     (start the machine)  1.5 s
                    failed     Given a  1.5 s
                               no\\u{1B}[31m
                    skipped    Then b  0.0 s
                    passed     (judge the traffic)  1.5 s
                    traffic: leaked, 1 frame left the allowed paths.
                    failed  4.5 s

                """
            )
        )
        #expect(text.hasSuffix("\n0 passed, 1 failed\n"))
    }
}

@Suite("Making reports")
struct MakeReportsTests {
    @Test("reports can be made again from a run directory, and are the same")
    func regenerated() throws {
        let builder = try SampleRuns.failing()
        try withTemporaryFolder { folder in
            let place = RunPlace(directory: folder)
            var live = try makeReports(
                place.standingFormats,
                place: place,
                record: .new,
                environment: [:]
            )
            for envelope in builder.envelopes { try live.receive(envelope) }
            try live.finish()
            let again = ["html", "junit", "rerun", "tap", "pretty", "github"].map { "\($0):\(folder)/again/\($0)" }
            let summary = try regenerate(fromRun: folder, formats: try again.map { try ReportFormat(parsing: $0) })
            #expect(summary.closingLine == "6 passed, 2 failed, 1 skipped")
            for (first, second) in [("junit.xml", "junit"), ("rerun.txt", "rerun")] {
                #expect(
                    try String(contentsOfFile: "\(folder)/\(first)", encoding: .utf8)
                        == String(contentsOfFile: "\(folder)/again/\(second)", encoding: .utf8)
                )
            }
            #expect(throws: ReportError.unwritable(path: place.messages, reason: "it is the record itself")) {
                try regenerate(fromRun: folder, formats: [ReportFormat(.messages, path: place.messages)])
            }
        }
    }

    @Test("a run that was killed goes on in the same record, and the reports tell all of it")
    func resumed() throws {
        var builder = RunBuilder()
        let plans = ["one", "two"].map { RunBuilder.Planned(name: $0, steps: ["Given a"]) }
        let cases = builder.feature("a.feature", "A", plans)
        try builder.run(cases[0])
        _ = builder.begin(cases[1])
        try withTemporaryFolder { folder in
            let place = RunPlace(directory: folder)
            let killed = try builder.envelopes.map(MessagesReport.line).joined() + "{\"testStepSta"
            try killed.write(toFile: place.messages, atomically: true, encoding: .utf8)
            let before = builder.envelopes.count
            try builder.run(cases[1], attempt: 1)
            builder.endRun(success: true)
            let formats = [ReportFormat(.junit, path: "\(folder)/junit.xml")]
            var group = try makeReports(formats, place: place, record: .resumed, environment: [:])
            for envelope in builder.envelopes[before...] { try group.receive(envelope) }
            #expect(try group.finish().closingLine == "2 passed, 0 failed")
            let whole = try builder.envelopes.map(MessagesReport.line).joined()
            #expect(try String(contentsOfFile: place.messages, encoding: .utf8) == whole)
            #expect(try String(contentsOfFile: "\(folder)/junit.xml", encoding: .utf8).contains("tests=\"2\""))
        }
    }

    @Test("only one report may go to standard output, beside workflow commands")
    func standardOutput() throws {
        let sink = WrittenText().sink
        let formats = [ReportFormat(.progress), ReportFormat(.github)]
        _ = try makeReports(
            formats,
            place: place,
            record: .readOnly,
            standardOutput: sink,
            style: .plain,
            environment: [:]
        )
        #expect(throws: ReportError.standardOutputTaken(first: "progress", second: "junit")) {
            let formats = [ReportFormat(.progress), ReportFormat(.junit)]
            _ = try makeReports(
                formats,
                place: place,
                record: .readOnly,
                standardOutput: sink,
                style: .plain,
                environment: [:]
            )
        }
    }

    @Test("a path that can't be written is an error before anything runs")
    func unwritable() {
        #expect(throws: ReportError.self) {
            _ = try makeReports(
                [ReportFormat(.html, path: "/dev/null/x/report.html")],
                place: place,
                record: .readOnly,
                environment: [:]
            )
        }
    }

    @Test("the way from a report to the run is relative")
    func relativePaths() {
        #expect(RunPlace(directory: "runs/1").relativePath(from: "runs/1") == "")
        #expect(RunPlace(directory: "runs/1").relativePath(from: ".") == "runs/1/")
        #expect(RunPlace(directory: "/a/runs/1 #").relativePath(from: "/a/out/html") == "../../runs/1%20%23/")
    }
}
