import CucumberMessages
import Diagnostics
import Foundation
import Reports
import Testing
import Verdicts

private let place = RunPlace(directory: "runs/latest")

@Suite("The HTML report")
struct HTMLReportTests {
    @Test("it says what was tested, the verdict, and of each failure the error, the blame, the hint and the leak")
    func content() throws {
        let html = try SampleRuns.failing().written { HTMLReport(to: $0, place: place) }
        for expected in [
            "<h1>Failed</h1>", "6 passed, 2 failed, 1 skipped", "reference-minimal.iso", "5f0c1f5a2be5",
            "leak policy: systems/reference.yaml", "purpose: Tor guard relay", "Rule: Nothing leaves in the clear",
            "The guest sent udp traffic to 9.9.9.9:53, which no allowed path covers.", "system under test",
            "Open the capture attached to this scenario", "<dt>rule</dt><dd>udp.not-allowed</dd>",
            "<dt>frame</dt><dd>1310</dd>", "href=\"attachments/leak.pcapng\"", "broken-as-expected",
            "Attempt 1: failed",
            "1 scenario proved nothing", "<p class=\"lead\">1 leaked, 1 inconclusive.</p>",
        ] {
            #expect(html.contains(expected), "\(expected)")
        }
    }

    @Test("a passing run says that it may be trusted, a doubtful one does not")
    func trust() throws {
        let trusted = "This may be trusted"
        #expect(try SampleRuns.passing().written { HTMLReport(to: $0, place: place) }.contains(trusted))
        #expect(try !SampleRuns.failing().written { HTMLReport(to: $0, place: place) }.contains(trusted))
    }

    @Test("nothing is loaded, nothing runs")
    func selfContained() throws {
        let html = try SampleRuns.failing().written { HTMLReport(to: $0, place: place) }
        #expect(html.contains("default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'"))
        for forbidden in [
            "<script", "<link", "<iframe", "<object", "url(", "http-equiv=\"refresh\"", "@import", "src=\"http",
        ] {
            #expect(!html.contains(forbidden), "\(forbidden)")
        }
    }

    @Test("a video is played from where it lies, with captions that are embedded and nothing else let in")
    func film() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/attachments", withIntermediateDirectories: true)
            let captions = Data("WEBVTT\n\n00:00.000 --> 00:01.000\n&lt;/video>\n".utf8)
            try captions.write(to: URL(filePath: "\(folder)/attachments/c.vtt"))
            var builder = RunBuilder()
            let cases = builder.feature(
                "features/film.feature",
                "Film",
                [.init(name: "Film", steps: ["Given a screen"])]
            )
            let attempt = builder.begin(try #require(cases.first))
            builder.attachFile("attachments/c.vtt", "text/vtt; name=\"captions\"", attempt: attempt)
            builder.attachFile("attachments/v.webm", "video/webm", attempt: attempt)
            builder.end(attempt)
            builder.endRun(success: false)
            let html = try builder.written { HTMLReport(to: $0, place: RunPlace(directory: folder)) }
            #expect(html.contains("<video class=\"film\" controls preload=\"metadata\" src=\"attachments/v.webm\">"))
            #expect(html.contains("src=\"data:text/vtt;base64,\(captions.base64EncodedString())\""))
            #expect(html.contains("form-action 'none'; media-src 'self' file: data:\""))
            #expect(html.contains("<a href=\"attachments/v.webm\">video</a>"))
        }
    }

    @Test("a video that lies elsewhere is neither played nor linked")
    func foreignFilm() throws {
        var builder = RunBuilder()
        let cases = builder.feature("features/film.feature", "Film", [.init(name: "Film", steps: ["Given a screen"])])
        let attempt = builder.begin(try #require(cases.first))
        builder.attachFile("https://example.org/v.webm", "video/webm", attempt: attempt)
        builder.end(attempt)
        builder.endRun(success: false)
        let html = try builder.written { HTMLReport(to: $0, place: place) }
        #expect(!html.contains("<video"))
        #expect(!html.contains("media-src"))
    }

    @Test(
        "markup of guests is shown, never obeyed",
        arguments: [
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onfocus='alert(1)", "</pre><b>",
            // To a parser of HTML a quote with a combining mark is a quote.
            "\"\u{301} onfocus=alert(1) x=\"\u{301}", "<\u{338}script>", "{{{closingLine}}}",
        ]
    )
    func hostile(_ text: String) throws {
        let html = try run(saying: text).written { HTMLReport(to: $0, place: place) }
        let plain = try run(saying: "harmless").written { HTMLReport(to: $0, place: place) }

        // By scalars, as a browser reads.
        func count(_ scalar: Unicode.Scalar, _ text: String) -> Int { text.unicodeScalars.count { $0 == scalar } }
        for scalar in ["<", ">", "\"", "'"] as [Unicode.Scalar] {
            #expect(count(scalar, html) == count(scalar, plain), "\(scalar)")
        }
        #expect(!html.unicodeScalars.elementsEqual(plain.unicodeScalars))
    }

    /// A failed run that has one text in every place that a guest or an author can write to.
    private func run(saying text: String) throws -> RunBuilder {
        var builder = RunBuilder()
        builder.attach("[{\"name\":\"Image\",\"value\":\"plain\"}]", RunFact.mediaType)
        builder.attach(text, "text/plain", name: text)
        let plan = RunBuilder.Planned(name: text, steps: ["Given \(text)"], rule: text, tags: ["@\(text)"])
        let cases = builder.feature("features/\(text).feature", text, [plan])
        let details = [text, "a: \(text)"]
        let condition = ConditionReport(name: text, state: .broken, word: text, summary: text, details: details)
        let reason = "\(text)\n  \(text)\nHint: \(text)"
        let verdict = Verdict(outcome: .failed, blame: .host, reason: reason, conditions: [condition])
        try builder.run(cases[0], verdict: verdict, failing: (1, .failed, "other \(text)")) { builder, attempt, step in
            builder.attach(text, KeptAttachment.logMediaType, attempt: attempt, step: step)
            builder.attach(text, "text/plain", name: text, attempt: attempt, step: step)
            builder.attach(pixel, "image/png", encoding: .base64, name: text, attempt: attempt, step: step)
            builder.attach(text, text, name: text, attempt: attempt, step: step)
        }
        builder.endRun(success: false, message: text)
        return builder
    }

    @Test(
        "only what is a PNG and says so becomes a picture",
        arguments: [
            (pixel, "image/png", true), (pixel, "image/svg+xml", false), (pixel, "text/html", false),
            ("PHN2Zz48L3N2Zz4=", "image/png", false), ("iVBORw0KGgo\" onerror=\"x", "image/png", false),
        ]
    )
    func pictures(_ body: String, _ mediaType: String, _ isShown: Bool) throws {
        var builder = RunBuilder()
        let cases = builder.feature("features/a.feature", "A", [.init(name: "one", steps: ["Given a"])])
        try builder.run(cases[0]) { builder, attempt, step in
            builder.attach(body, mediaType, encoding: .base64, attempt: attempt, step: step)
        }
        let html = try builder.written { HTMLReport(to: $0, place: place) }
        #expect(html.contains("data:image/png;base64,") == isShown)
        #expect(html.components(separatedBy: "src=\"").count == (isShown ? 4 : 1))
    }

    @Test("when there is no room for all pictures, those of what passed go first")
    func pictureLimit() throws {
        var builder = RunBuilder()
        let plans = ["good", "bad"].map { RunBuilder.Planned(name: $0, steps: ["Given a"]) }
        let cases = builder.feature("features/a.feature", "A", plans)
        for (testCase, verdict) in zip(cases, [Verdict.clean, .leaked]) {
            try builder.run(testCase, verdict: verdict) { builder, attempt, step in
                builder.attach(pixel, "image/png", encoding: .base64, attempt: attempt, step: step)
            }
        }
        var limits = HTMLReport.Limits()
        limits.pictures = pixel.utf8.count * 4
        let html = try builder.written { HTMLReport(to: $0, place: place, limits: limits) }
        let scenarios = html.components(separatedBy: "<details class=\"scenario")
        #expect(scenarios.dropFirst().map { $0.components(separatedBy: "<img").count - 1 } == [1, 3])
    }

    @Test(
        "pictures of files are embedded, the end of the serial console is shown, captures are linked from where the report is"
    )
    func files() throws {
        try withTemporaryFolder { folder in
            let run = "\(folder)/runs/1"
            try FileManager.default.createDirectory(atPath: "\(run)/attachments", withIntermediateDirectories: true)
            try #require(Data(base64Encoded: pixel)).write(to: URL(filePath: "\(run)/attachments/a.png"))
            try Data("not a picture".utf8).write(to: URL(filePath: "\(run)/attachments/b.png"))
            try Data("early\nKernel panic\n".utf8).write(to: URL(filePath: "\(run)/attachments/c.txt"))
            var builder = RunBuilder()
            let cases = builder.feature("features/a.feature", "A", [.init(name: "one", steps: ["Given a"])])
            let attempt = builder.begin(cases[0])
            for (file, type) in [("a.png", "image/png"), ("b.png", "image/png"), ("c.txt", "text/plain")] {
                builder.attachFile("attachments/\(file)", type, attempt: attempt)
            }
            let place = RunPlace(directory: run)
            let html = try builder.written { HTMLReport(to: $0, place: place, folder: "\(folder)/out") }
            #expect(html.components(separatedBy: "<img").count == 2)
            #expect(html.contains("href=\"../runs/1/attachments/b.png\""))
            #expect(html.contains("Kernel panic"))
        }
    }

    @Test("the samples can be looked at", .enabled(if: ProcessInfo.processInfo.environment["REPORT_SAMPLES"] != nil))
    func samples() throws {
        let folder = ProcessInfo.processInfo.environment["REPORT_SAMPLES"] ?? "."
        var interrupted = try SampleRuns.failing()
        let source = SourceReference(uri: "features/bad.feature", location: Location(line: 3))
        interrupted.add(.parseError(ParseError(source: source, message: "(3:1): expected: #EOF, got 'Scenaro:'")))
        interrupted.add(.testRunStarted(TestRunStarted(timestamp: Timestamp(seconds: 1_790_000_500, nanos: 0))))
        let runs = [("failing", try SampleRuns.failing()), ("passing", try SampleRuns.passing()), ("cut", interrupted)]
        for (name, builder) in runs {
            let place = RunPlace(directory: folder)
            let html = try builder.written { HTMLReport(to: $0, place: place) }
            try html.write(toFile: "\(folder)/\(name).html", atomically: true, encoding: .utf8)
            let record = try builder.envelopes.map(MessagesReport.line).joined()
            try record.write(toFile: "\(folder)/\(name).ndjson", atomically: true, encoding: .utf8)
            let terminal = TerminalStyle(usesColour: true, isLive: false)
            let pretty = try builder.written { PrettyReport(to: $0, style: terminal, place: place) }
            try pretty.write(toFile: "\(folder)/\(name).txt", atomically: true, encoding: .utf8)
            let junit = try builder.written { JUnitReport(to: $0, place: place) }
            try junit.write(toFile: "\(folder)/\(name).xml", atomically: true, encoding: .utf8)
        }
    }
}
