import CucumberMessages
import Reports
import Testing
import Verdicts

private let place = RunPlace(directory: "runs/latest")

@Suite("Progress")
struct ProgressReportTests {
    private func mixed() throws -> RunBuilder {
        var builder = RunBuilder()
        let plans = ["good", "leaking", "blind", "left out"].map { RunBuilder.Planned(name: $0, steps: ["Given a"]) }
        let cases = builder.feature("features/tor.feature", "Tor", plans)
        try builder.run(cases[0])
        try builder.run(cases[1], verdict: .leaked, failing: (1, .failed, "leak")) { builder, attempt, step in
            builder.attachFile("attachments/abc.png", "image/png", attempt: attempt, step: step)
        }
        try builder.run(cases[2], verdict: .unproven)
        builder.endRun(success: false)
        return builder
    }

    @Test("without a terminal there is one plain line for each scenario that begins or ends, and a summary")
    func plain() throws {
        let text = try mixed().written { ProgressReport(to: $0, style: .plain, place: place) }
        #expect(
            text == """
                running       features/tor.feature:3  good
                passed             4.5 s  clean         features/tor.feature:3  good
                running       features/tor.feature:13  leaking
                failed             4.5 s  leaked        features/tor.feature:13  leaking
                running       features/tor.feature:23  blind
                inconclusive       4.5 s  inconclusive  features/tor.feature:23  blind

                failed  features/tor.feature:13  leaking
                  step      Given a  (features/tor.feature:14)
                  error     The guest sent udp traffic to 9.9.9.9:53, which no allowed path covers.
                              sent by: 10.2.1.5:41000
                              allowed: Tor guard relay
                  hint      Open the capture attached to this scenario and look at the first packet of the flow.
                  blame     system under test
                  traffic   leaked: 1 frame left the allowed paths.
                              rule: udp.not-allowed
                              frame: 1310
                              flow: 10.2.1.5:41000 > 9.9.9.9:53 udp
                  evidence  runs/latest/attachments/abc.png

                inconclusive  features/tor.feature:23  blind
                  error     The capture saw 0 packets and lost 3, so it proves nothing.
                  blame     host
                  traffic   inconclusive: The last canary was not seen.

                warning: 1 scenario proved nothing, because evidence is missing.
                runs/latest, 13.5 s
                Of these: 1 inconclusive
                1 passed, 2 failed, 1 skipped

                """
        )
    }

    @Test("a terminal shows one line that is rewritten in place, never wider than the terminal")
    func live() throws {
        var builder = RunBuilder()
        let cases = builder.feature("features/a.feature", "A", [.init(name: "one", steps: ["Given a"])])
        try builder.run(cases[0]) { builder, attempt, step in
            builder.attach(
                String(repeating: "日本", count: 60),
                "text/x.cucumber.log+plain",
                attempt: attempt,
                step: step
            )
        }
        builder.endRun(success: true)
        let style = TerminalStyle(usesColour: false, isLive: true, columns: 40)
        let text = try builder.written { ProgressReport(to: $0, style: style, place: place) }
        let statuses = text.replacing("\u{1B}[?7l", with: "").replacing("\u{1B}[?7h", with: "")
            .split(separator: "\r\u{1B}[K").dropLast()
        #expect(statuses.contains { $0.hasPrefix("[1/1] 0:00  one › start the machine") })
        #expect(statuses.contains { $0.contains("日本") })
        for status in statuses where status.hasPrefix("[") {
            let columns = status.unicodeScalars.reduce(0) { $0 + ($1.value > 0x2E80 ? 2 : 1) }
            #expect(columns <= 40, "\(status)")
            #expect(!status.contains("\n"))
        }
        #expect(text.hasSuffix("\n1 passed, 0 failed\n"))
    }

    @Test("time passes on the live line while no message comes")
    func refresh() throws {
        var builder = RunBuilder()
        let cases = builder.feature("features/a.feature", "A", [.init(name: "one", steps: ["Given a"])])
        _ = builder.begin(cases[0])
        let text = WrittenText()
        let style = TerminalStyle(usesColour: false, isLive: true, columns: 40)
        var group = ReportGroup([("progress", ProgressReport(to: text.sink, style: style, place: place))])
        for envelope in builder.envelopes { try group.receive(envelope) }
        try group.refresh(now: Timestamp(seconds: 1_790_000_075, nanos: 0))
        #expect(text.value.hasSuffix("[1/1] 1:15  one\u{1B}[?7h"))
    }

    @Test(
        "control characters of guests never reach the terminal",
        arguments: ["\u{1B}[2J", "\u{9B}31m", "\u{7}", "\r", "\u{202E}", "\u{8}"]
    )
    func hostile(_ sequence: String) throws {
        var builder = RunBuilder()
        let cases = builder.feature(
            "f\(sequence).feature",
            "A",
            [.init(name: "n\(sequence)", steps: ["Given s\(sequence)x"])]
        )
        let verdict = Verdict(
            outcome: .failed,
            blame: .host,
            reason: "r\(sequence)x\n  c\(sequence)x\nHint: h\(sequence)x",
            conditions: [
                ConditionReport(
                    name: "traffic",
                    state: .broken,
                    word: "w\(sequence)x",
                    summary: "s\(sequence)x",
                    details: ["d\(sequence)x"]
                )
            ]
        )
        try builder.run(cases[0], verdict: verdict, failing: (1, .failed, "m\(sequence)x")) { builder, attempt, step in
            builder.attach("log \(sequence)x", "text/x.cucumber.log+plain", attempt: attempt, step: step)
        }
        builder.endRun(success: false, message: "e\(sequence)x")
        for style in [TerminalStyle.plain, TerminalStyle(usesColour: true, isLive: true, columns: 200)] {
            var text = try builder.written { ProgressReport(to: $0, style: style, place: place) }
            for own in [
                "\r\u{1B}[K", "\u{1B}[?7l", "\u{1B}[?7h", "\u{1B}[0m", "\u{1B}[1m", "\u{1B}[2m", "\u{1B}[1;31m",
                "\u{1B}[33m",
            ] {
                text = text.replacing(own, with: "")
            }
            #expect(
                !text.unicodeScalars.contains {
                    $0 != "\n" && ($0.properties.generalCategory == .control || $0 == "\u{202E}")
                }
            )
        }
    }

    @Test("a condition whose name has no room in front of it is told by its summary")
    func longConditionName() throws {
        var builder = RunBuilder()
        let cases = builder.feature("a.feature", "A", [.init(name: "one", steps: ["Given a"])])
        let broken = ConditionReport(
            name: "the clock is shown",
            state: .broken,
            word: "broken",
            summary: "It held no more that the clock is shown."
        )
        let verdict = Verdict(outcome: .failed, blame: .systemUnderTest, reason: "r", conditions: [broken])
        try builder.run(cases[0], verdict: verdict)
        builder.endRun(success: false)
        let text = try builder.written { ProgressReport(to: $0, style: .plain, place: place) }
        #expect(text.contains("\n  condition broken: It held no more that the clock is shown.\n"))
    }
}
