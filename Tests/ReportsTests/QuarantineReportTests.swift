import Foundation
import FoundationXML
import Reports
import Testing
import Verdicts

private let place = RunPlace(directory: "runs/a")
private let sentence = "The till sticks. (kim, last day 2026-03-31, https://bugs.test/7)"

/// Of two scenarios that fail the same way one is quarantined.
@Suite("What is quarantined, in every report")
struct QuarantineReportTests {
    private func values(_ builder: RunBuilder, _ path: String) throws -> [String] {
        let text = try builder.written { JUnitReport(to: $0, place: place) }
        return try XMLDocument(xmlString: text, options: []).nodes(forXPath: path).compactMap(\.stringValue)
    }

    @Test("the summary counts it apart, and says that it holds nothing up")
    func summary() throws {
        let failing = try RunSummary(SampleRuns.excused().record)
        #expect(failing.closingLine == "1 passed, 1 failed, 1 quarantined")
        #expect(failing.outcome == .failed)
        let passing = try RunSummary(SampleRuns.excused(counting: .clean).record)
        #expect(passing.closingLine == "2 passed, 0 failed, 1 quarantined")
        #expect(passing.outcome == .passed)
        #expect(passing.doubts == ["1 scenario in the quarantine did not pass, which holds nothing up."])
    }

    @Test("the terminal shows it beside the outcome, with owner, last day and reason")
    func terminal() throws {
        let progress = try SampleRuns.excused().written { ProgressReport(to: $0, style: .plain, place: place) }
        #expect(progress.contains("a.feature:3  Known  (quarantined)\n"))
        #expect(progress.contains("a.feature:13  Mended\n"))
        #expect(progress.contains("a.feature:23  Counting\n"))
        #expect(
            progress.contains(
                """
                failed, quarantined  a.feature:3  Known
                  step      Given a  (a.feature:4)
                  error     The till was expected to open, and stayed shut.
                  blame     system under test
                  owner     kim, last day 2026-03-31
                  known     The till sticks.
                  bug       https://bugs.test/7

                failed  a.feature:23  Counting
                """
            )
        )
        let pretty = try SampleRuns.excused().written { PrettyReport(to: $0, style: .plain, place: place) }
        #expect(pretty.contains("    failed, quarantined  4.5 s\n"))
        #expect(pretty.contains("    failed  4.5 s\n"))
    }

    @Test("JUnit skips it with a message and names it among the properties of its suite")
    func junit() throws {
        let builder = try SampleRuns.excused()
        #expect(
            try values(builder, "//testcase[@name='Known']/skipped/@message") == [
                "Quarantined: \(sentence) The till was expected to open, and stayed shut."
            ]
        )
        #expect(try values(builder, "//testcase[failure or error]/@name") == ["Counting"])
        #expect(try values(builder, "/testsuites/@failures") == ["1"])
        #expect(try values(builder, "//testsuite/@skipped") == ["1"])
        #expect(
            try values(builder, "//property[@name='quarantine']/@value") == [
                "a.feature:3 Known: \(sentence)", "a.feature:13 Mended: \(sentence)",
            ]
        )
    }

    @Test("TAP has it to do")
    func tap() throws {
        let lines = try SampleRuns.excused().written { TAPReport(to: $0) }.split(separator: "\n")
        #expect(lines.contains("not ok 1 - a.feature:3 Known # TODO quarantined: \(sentence)"))
        #expect(lines.contains("not ok 3 - a.feature:23 Counting"))
    }

    @Test("GitHub warns of it, and has an error for what counts")
    func gitHub() throws {
        let summary = WrittenText()
        let commands = try SampleRuns.excused().written { GitHubReport(to: $0, summary: summary.sink) }
            .split(separator: "\n")
        #expect(commands.count == 2)
        #expect(
            commands.first == """
                ::warning file=a.feature,line=4,title=failed%2C quarantined%3A Known::Known: \(sentence)%0AThe till was \
                expected to open, and stayed shut.
                """
        )
        #expect(commands.last?.hasPrefix("::error file=a.feature,line=24,title=failed%3A Counting::") == true)
        let rows = summary.value.split(separator: "\n").filter { $0.hasPrefix("| failed") }
        #expect(rows.count == 2)
        #expect(rows.first?.contains("Counting") == true && rows.first?.contains("quarantined") == false)
        #expect(rows.last?.hasPrefix("| failed, quarantined | Known") == true)
    }

    @Test("it is not run again")
    func rerun() throws {
        #expect(try SampleRuns.excused().written { RerunReport(to: $0) } == "a.feature:23\n")
    }

    @Test("the page has a badge and a filter for it, and lists it apart from what did not pass")
    func html() throws {
        let page = try SampleRuns.excused().written { HTMLReport(to: $0, place: place, folder: "runs/a") }
        #expect(page.contains(#"class="scenario failed excused quarantined" id="s1">"#))
        #expect(page.contains(#"class="scenario passed  quarantined" id="s2">"#))
        #expect(page.contains(#"class="scenario failed problem " id="s3" open>"#))
        #expect(page.components(separatedBy: #"<span class="traffic badge">quarantined</span>"#).count == 3)
        #expect(page.contains(#"<label for="show-quarantined">Quarantined <small>2</small>"#))
        #expect(page.contains(#"<label for="show-problem">Not passed <small>1</small>"#))
        let index = try #require(page.range(of: "Did not pass, and is quarantined"))
        #expect(page[..<index.lowerBound].contains(##"<a href="#s3">"##))
        #expect(!page[..<index.lowerBound].contains(##"<a href="#s1">"##))
        #expect(page.contains("1 failed."))
        let passing = try SampleRuns.excused(counting: .clean).written {
            HTMLReport(to: $0, place: place, folder: "runs/a")
        }
        #expect(passing.contains("Every scenario outside the quarantine passed."))
    }

    @Test("a leak in the quarantine counts in every report as any other leak does")
    func leak() throws {
        let builder = try SampleRuns.excused(counting: Verdict.leaked.quarantined())
        let summary = RunSummary(builder.record)
        #expect(summary.outcome == .failed)
        #expect(summary.closingLine == "1 passed, 1 failed, 1 quarantined")
        #expect(try values(builder, "//testcase[failure]/@name") == ["Counting"])
        #expect(try builder.written { RerunReport(to: $0) } == "a.feature:23\n")
        #expect(try builder.written { TAPReport(to: $0) }.contains("not ok 3 - a.feature:23 Counting\n"))
        let commands = try builder.written { GitHubReport(to: $0, summary: nil) }
        #expect(commands.contains("::error file=a.feature,line=24,title=failed%3A Counting::"))
        let text = try builder.written { ProgressReport(to: $0, style: .plain, place: place) }
        #expect(text.contains("\nfailed  a.feature:23  Counting\n"))
        #expect(text.contains("  counts    a quarantine excuses no leak\n"))
        let page = try builder.written { HTMLReport(to: $0, place: place, folder: "runs/a") }
        #expect(page.contains(#"class="scenario failed problem quarantined" id="s3" open>"#))
        #expect(page.contains("It leaked, and a quarantine excuses no leak."))
    }
}

@Suite("Attempts, in every report")
struct AttemptReportTests {
    @Test("every report tells how often a scenario was tried, and what is flaky")
    func reports() throws {
        let builder = try SampleRuns.triedAgain()
        #expect(builder.record.scenarios.map(\.outcome) == [.failed, .flaky, .passed])
        let progress = try builder.written { ProgressReport(to: $0, style: .plain, place: place) }
        #expect(progress.contains("attempts  failed, failed\n"))
        #expect(progress.contains("attempts  failed, failed, passed\n"))
        // The evidence of the attempt that failed, and not of the one that passed.
        #expect(progress.contains("evidence  runs/a/attachments/1.png\n"))
        #expect(progress.contains("Of these: 1 passed only when tried again (flaky)\n"))
        let pretty = try builder.written { PrettyReport(to: $0, style: .plain, place: place) }
        #expect(pretty.contains("    failed  4.5 s  (will be tried again)\n"))
        #expect(pretty.contains("    flaky  4.5 s\n"))
        let tap = try builder.written { TAPReport(to: $0) }
        #expect(tap.contains("  outcome: \"flaky\"\n  attempts: \"failed, failed, passed\"\n"))
        let junit = try builder.written { JUnitReport(to: $0, place: place) }
        #expect(junit.components(separatedBy: "<flakyFailure").count == 3)
        #expect(junit.components(separatedBy: "<rerunFailure").count == 2)
        #expect(junit.components(separatedBy: "<failure").count == 2)
        #expect(junit.contains("Attempt 1: cut off"))
        let gitHub = try builder.written { GitHubReport(to: $0, summary: nil) }
        #expect(gitHub.contains("::warning file=a.feature,line=14,title=flaky%3A Third::"))
        let page = try builder.written { HTMLReport(to: $0, place: place, folder: "runs/a") }
        #expect(page.contains("Attempt 2: failed, 4.5 s") && page.contains("Attempt 1: cut off"))
        #expect(try builder.written { RerunReport(to: $0) } == "a.feature:3\n")
    }

    @Test("what is flaky fails the run where that was asked for, and else is a warning", arguments: [false, true])
    func failOnFlaky(_ isAsked: Bool) throws {
        var builder = RunBuilder()
        let cases = builder.feature("a.feature", "A", [.init(name: "One", steps: ["Given a"])])
        try builder.run(cases[0], verdict: .missed, failing: (1, .failed, "why"), willBeRetried: true)
        try builder.run(cases[0], attempt: 1)
        if isAsked { try builder.failOnFlaky() }
        builder.endRun(success: !isAsked)
        let summary = RunSummary(builder.record)
        #expect(summary.outcome == (isAsked ? .failed : .flaky))
        #expect(summary.doubts.contains { $0.contains("--fail-on-flaky") } == isAsked)
        let junit = try builder.written { JUnitReport(to: $0, place: place) }
        #expect(junit.contains("<failure") == isAsked && junit.contains("<flakyFailure") != isAsked)
        let gitHub = try builder.written { GitHubReport(to: $0, summary: nil) }
        #expect(gitHub.hasPrefix(isAsked ? "::error" : "::warning"))
        let page = try builder.written { HTMLReport(to: $0, place: place, folder: "runs/a") }
        #expect(page.contains(isAsked ? "1 flaky." : "Passed, with flaky scenarios"))
    }
}
