import Foundation
import Testing

extension EndToEnd {
    @Suite("Retries, shards and runs that go on")
    struct RetryTests {
        private static let good = """
              Scenario: Good
                Given the computer is started from USB by BIOS
                Then the screen shows "Press Return"

            """
        private static let bad = """
              Scenario: Bad
                Given the computer is started from USB by BIOS
                Then the screen shows "Never shown" within 1 minutes

            """

        /// The attempts in a record: whether each is followed by another one.
        private func promises(in suite: TestSuite, _ run: String = "runs/latest") throws -> [Bool] {
            try suite.text(of: "\(run)/messages.ndjson").split(separator: "\n").compactMap { line in
                let message = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return (message?["testCaseFinished"] as? [String: Any])?["willBeRetried"] as? Bool
            }
        }

        @Test("a failure is tried again on a new machine, and stays a failure", .timeLimit(.minutes(4)))
        func retry() async throws {
            try await TestSuite.with(feature: "Feature: Trial\n" + Self.bad) { suite in
                let outcome = try await suite.runImage("--retry", "1")
                #expect(outcome.status == 1, "\(outcome.text)")
                #expect(try promises(in: suite) == [true, false])
                // Each attempt has a capture of its own.
                let captures = suite.names(in: "runs/latest/attachments").filter { $0.hasSuffix(".pcapng") }
                #expect(captures.count == 2)
                #expect(try suite.text(of: "runs/latest/rerun.txt") == "features/test.feature:2\n")
                suite.expectCompleteRun()
            }
        }

        @Test("a scenario in the quarantine fails, and holds nothing up", .timeLimit(.minutes(4)))
        func quarantine() async throws {
            try await TestSuite.with(feature: "Feature: Trial\n" + Self.bad) { suite in
                let list = """
                    version: 1
                    scenarios:
                      - feature: features/test.feature
                        scenario: Bad
                        owner: kim
                        reason: It is never shown.
                        expires: 2999-12-31
                    """
                try suite.write(list, to: "ci/quarantine.yaml")
                let excused = try await suite.runImage()
                #expect(excused.status == 0, "\(excused.text)")
                #expect(excused.output.contains("owner     kim, last day 2999-12-31"), "\(excused.text)")
                #expect(excused.output.hasSuffix("\n0 passed, 0 failed, 1 quarantined\n"), "\(excused.text)")
                try suite.write(list.replacing("2999", with: "2001"), to: "ci/quarantine.yaml")
                let expired = try await suite.runImage()
                #expect(expired.status == 2)
                #expect(
                    expired.errors.contains("ci/quarantine.yaml:3:5: the quarantine of \"Bad\" ended on 2001-12-31")
                )
            }
        }

        @Test("a run that was killed goes on: what had ended is kept, the rest runs", .timeLimit(.minutes(5)))
        func resume() async throws {
            try await TestSuite.with(feature: "Feature: Trial\n" + Self.good + Self.bad) { suite in
                let killed = try await suite.interrupted(atBoot: 2) { process in kill(process.identifier, SIGKILL) }
                #expect(killed.status == 128 + SIGKILL)
                #expect(try promises(in: suite) == [false])
                let outcome = try await suite.assay(
                    "run",
                    "--resume",
                    "runs/latest",
                    "--accelerator",
                    "tcg",
                    "--timeout-scale",
                    "0.05"
                )
                #expect(outcome.status == 1, "\(outcome.text)")
                #expect(outcome.output.contains("1 passed, 1 failed"), "\(outcome.text)")
                let kinds = try suite.record()
                #expect(kinds.count { $0 == "testRunStarted" } == 1)
                // Good once, Bad twice: once cut off.
                #expect(kinds.count { $0 == "testCaseStarted" } == 3)
                #expect(kinds.count { $0 == "testCaseFinished" } == 2)
                suite.expectCompleteRun()

                try suite.write("Feature: Other\n" + Self.good + Self.bad, to: "features/test.feature")
                let changed = try await suite.assay("run", "--resume", "runs/latest")
                #expect(changed.status == 2)
                #expect(changed.errors.contains("has changed: features/test.feature"), "\(changed.text)")
            }
        }

        @Test("the shards of a run become one", .timeLimit(.minutes(5)))
        func shards() async throws {
            try await TestSuite.with(feature: "Feature: Trial\n" + Self.good + Self.bad) { suite in
                let first = try await suite.runImage("--shard", "1/2", "--output", "first")
                let second = try await suite.runImage("--shard", "2/2", "--output", "second")
                #expect([first.status, second.status].sorted() == [0, 1])
                let alone = try await suite.assay("merge", "first", "--output", "joined")
                #expect(alone.status == 2)
                #expect(alone.errors.contains("Every one of 2 shards is expected, and missing: 2."))
                let joined = try await suite.assay("merge", "second", "first", "--output", "joined")
                #expect(joined.status == 1, "\(joined.text)")
                #expect(joined.output.contains("1 passed, 1 failed"))
                #expect(suite.names(in: "joined").contains("report.html"))
            }
        }
    }
}
