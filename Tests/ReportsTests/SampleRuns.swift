import CucumberMessages
import Diagnostics
import Foundation
import Reports
import Verdicts

/// A PNG of one grey pixel.
let pixel =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="

/// Runs as a live system would leave them.
enum SampleRuns {
    private static let torFeature = "features/tor_enforcement.feature"
    private static let harness = "features/harness/leak_detection.feature"

    private static let policy = """
        version: 1
        paths:
          - purpose: Tor guard relay
            transport: tcp
            destinations: [198.18.3.10:9001, 198.18.3.11:9001]
          - purpose: DHCP lease
            transport: udp
            destinations: [255.255.255.255:67]
        """

    /// A run in which a scenario of every kind happens.
    static func failing() throws -> RunBuilder {
        var builder = RunBuilder()
        describe(&builder)
        let tor = builder.feature(
            torFeature,
            "Only Tor's user reaches the network",
            [
                .init(
                    name: "A page is fetched through Tor",
                    steps: [
                        "Given the minimal system has booted from CD",
                        "When I fetch \"http://198.51.100.7/\" through Tor",
                        "Then the page says \"hello\"",
                    ],
                    tags: ["@tor"]
                ),
                .init(
                    name: "The firewall drops untorified traffic",
                    steps: [
                        "Given the minimal system has booted from CD", "When user \"amnesia\" sends UDP to 9.9.9.9:53",
                        "Then the firewall has logged the packet",
                    ],
                    rule: "Nothing leaves in the clear",
                    examples: 2,
                    tags: ["@tor", "@firewall"]
                ),
                .init(
                    name: "The clock is set without a leak",
                    steps: ["Given the minimal system has booted from USB", "Then the clock is right within a minute"],
                    rule: "Nothing leaves in the clear"
                ),
                .init(
                    name: "The desktop is reached",
                    steps: ["Given the desktop system has booted from CD", "Then I see \"Applications\""]
                ),
                .init(name: "A bridge is used", steps: ["Given a bridge is configured"]),
            ]
        )
        try builder.run(tor[0]) { builder, attempt, step in log(&builder, attempt, step) }
        try builder.run(tor[1])
        try builder.run(
            tor[2],
            verdict: .leaked,
            failing: (2, .failed, Verdict.leaked.reason ?? "")
        ) { builder, attempt, step in
            log(&builder, attempt, step)
            guard builder.stepIDs(of: tor[2]).firstIndex(of: step) == 2 else { return }
            builder.attachFile("attachments/console.png", "image/png", attempt: attempt, step: step)
        }
        builder.attachFile("attachments/leak.pcapng", "application/x-pcapng", attempt: "attempt-\(builder.lastID)")
        builder.attachFile(
            "attachments/serial.txt",
            "text/plain; name=\"serial console\"",
            attempt: "attempt-\(builder.lastID)"
        )
        try builder.run(tor[3], verdict: .unproven)
        let missed = Verdict(
            outcome: .failed,
            blame: .testAuthor,
            reason: """
                "Applications" was expected on the screen within 60 s, but the closest text was "Activities" (score 0.41).
                  region: 0,0 1280x28
                  the screen was still for 41 s
                Hint: Look at the screenshot, and renew the needle if the desktop has changed on purpose.
                """,
            conditions: Verdict.clean.conditions
        )
        let message = missed.reason ?? ""
        try builder.run(tor[4], verdict: missed, failing: (2, .failed, message), willBeRetried: true)
        try builder.run(tor[4], attempt: 1) { builder, attempt, step in
            guard builder.stepIDs(of: tor[4]).firstIndex(of: step) == 2 else { return }
            builder.attachFile("attachments/desktop.png", "image/png", attempt: attempt, step: step)
        }
        let antiTests = builder.feature(
            harness,
            "The detector fires",
            ["TCP", "DNS over UDP", "ICMP"].map {
                .init(
                    name: "With the firewall off, \($0) is reported as a leak",
                    steps: ["Given the firewall is off", "When the guest sends \($0)", "Then the traffic has leaked"]
                )
            }
        )
        let broken = ConditionReport(
            name: "traffic",
            state: .brokenAsExpected,
            word: "leaked",
            summary: "1 frame left the allowed paths, as it must.",
            details: ["rule: udp.not-allowed", "frame: 88"]
        )
        for testCase in antiTests {
            try builder.run(testCase, verdict: Verdict(outcome: .passed, conditions: [broken]))
        }
        builder.wait(.seconds(372))
        builder.endRun(success: false)
        return builder
    }

    /// A run in which everything is as it should be.
    static func passing() throws -> RunBuilder {
        var builder = RunBuilder()
        describe(&builder)
        let names = ["A page is fetched through Tor", "DNS goes through Tor", "IPv6 is blocked", "The MAC is spoofed"]
        let cases = builder.feature(
            torFeature,
            "Only Tor's user reaches the network",
            names.map { .init(name: $0, steps: ["Given the minimal system has booted from CD", "Then it is so"]) }
        )
        for testCase in cases {
            try builder.run(testCase) { builder, attempt, step in
                log(&builder, attempt, step)
                builder.attach(pixel, "image/png", encoding: .base64, attempt: attempt, step: step)
            }
        }
        builder.endRun(success: true)
        return builder
    }

    private static func log(_ builder: inout RunBuilder, _ attempt: String, _ step: String) {
        for line in ["booting: 12 s", "sandbox: ready in 0.4 s"] {
            builder.attach(line, KeptAttachment.logMediaType, attempt: attempt, step: step)
        }
    }

    private static func describe(_ builder: inout RunBuilder) {
        let facts = [
            RunFact(name: "Image", value: "reference-minimal.iso, 412 MiB"),
            RunFact(name: "SHA-256", value: "5f0c1f5a2be5c3a9c9b6f7e6d1a0b8a4c3d2e1f00112233445566778899aabbc"),
            RunFact(name: "Suite", value: "commit 7da07f5, plan 91c2…04"),
            RunFact(name: "Accelerator", value: "tcg, because /dev/kvm does not run a guest here"),
        ]
        let body = (try? JSONEncoder().encode(facts)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        builder.attach(body, RunFact.mediaType)
        builder.attach(policy, "application/yaml", name: "leak policy: systems/reference.yaml")
    }
}

extension RunBuilder {
    /// The number of the latest identity that was given out for an attempt.
    var lastID: Int {
        envelopes.reversed().lazy.compactMap { envelope -> Int? in
            guard case .testCaseStarted(let started) = envelope else { return nil }
            return Int(started.id.dropFirst("attempt-".count))
        }.first ?? 0
    }
}
