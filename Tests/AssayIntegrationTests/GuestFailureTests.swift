import Foundation
import Testing

extension EndToEnd {
    @Suite("Guests that go wrong")
    struct GuestFailureTests {
        /// A system that goes wrong in one way, and how its user is told.
        struct Case: Sendable, CustomTestStringConvertible {
            let image: BootSector
            let words: [String]
            var testDescription: String { "\(image)" }
        }

        private static let cases = [
            Case(image: .powersItselfOff, words: ["has to stay on, and the guest switched it off"]),
            Case(image: .hangs, words: ["had to be up within 15.0 seconds", "screen: \(BootSector.menu)"]),
            Case(image: .panics, words: ["the guest's kernel to run, but it panicked: test"]),
            Case(image: .resetsItself, words: ["had to be up within 15.0 seconds", "screen: \(BootSector.menu)"]),
        ]

        @Test("the system under test is blamed, and the evidence kept", arguments: cases)
        func goesWrong(_ trial: Case) async throws {
            try await TestSuite.with(
                feature: TestSuite.feature("Given the computer is booted from USB by BIOS"),
                image: trial.image
            ) { suite in
                let outcome = try await suite.runImage()
                #expect(outcome.status == 1, "\(outcome.text)")
                for words in trial.words { #expect(outcome.output.contains(words), "\(outcome.output)") }
                #expect(outcome.output.contains("blame     system under test"))
                #expect(outcome.output.contains("hint      Look at "))
                #expect(outcome.output.contains("0 passed, 1 failed"))
                #expect(outcome.output.contains("clean"))
                suite.expectCompleteRun()
                #expect(suite.names(in: "runs/latest/attachments").contains { $0.hasSuffix(".pcapng") })
            }
        }

        @Test("a step that needs a machine that is not on is the author's mistake")
        func off() async throws {
            try await TestSuite.with(feature: TestSuite.feature("When I type \"x\"")) { suite in
                let outcome = try await suite.runImage()
                #expect(outcome.status == 1)
                #expect(outcome.output.contains("The computer has to be on for this step, and is off."))
                #expect(outcome.output.contains("blame     test author"))
                suite.expectCompleteRun()
            }
        }
    }

    @Suite("Evidence that breaks off")
    struct BrokenEvidenceTests {
        private static let feature = TestSuite.feature(
            "Given the computer is started from USB by BIOS",
            "When the capture breaks off",
            "Then the screen shows \"Press Return\""
        )

        @Test("a capture that ends half-way proves nothing, though every step passed")
        func captureEnds() async throws {
            try await TestSuite.with(feature: Self.feature) { suite in
                let outcome = try await suite.runImage()
                #expect(outcome.status == 75, "\(outcome.text)")
                #expect(outcome.output.contains("inconclusive  "))
                #expect(outcome.output.contains("The capture can't prove that it saw everything."))
                #expect(outcome.output.contains("blame     host"))
                suite.expectCompleteRun()
            }
        }

        @Test(
            "a network card of the sandbox that is taken down from outside is noticed",
            .enabled(if: getuid() == 0, "only root may reach into a sandbox")
        )
        func interfaceTakenDown() async throws {
            let feature = TestSuite.feature(
                "Given the computer is started from USB by BIOS",
                "Then the screen shows \"\(BootSector.lateAnswer)\" within 1 minutes"
            )
            try await TestSuite.with(feature: feature, image: .answersLate) { suite in
                let outcome = try await suite.interrupted { process in
                    let inside = try #require(process.sandboxedProcesses.first)
                    let nsenter = "nsenter --target \(inside) --net"
                    let done = try await suite.shell(
                        """
                        for card in $(\(nsenter) ip -oneline link show | grep --only-matching "tap[0-9]*" | uniq); do
                            \(nsenter) ip link set "$card" down && echo "$card"
                        done
                        """
                    )
                    #expect(!done.output.isEmpty, "\(done.text)")
                }
                #expect(outcome.status == 75, "\(outcome.text)")
                #expect(outcome.text.contains("inconclusive"))
                suite.expectCompleteRun()
            }
        }

        @Test("a disk that fills up during a scenario ends the run, and what was written can be read")
        func fullDisk() async throws {
            let feature = TestSuite.feature(
                "Given the computer is started from USB by BIOS",
                "Then the screen shows \"Never shown\" within 1 minutes"
            )
            try await TestSuite.with(feature: feature) { suite in
                try suite.write("", to: "small/empty")
                let run = TestSuite.runImage.joined(separator: " ")
                let outcome = try await suite.shell(
                    """
                    exec unshare --user --map-root-user --mount bash -c '
                        mount -t tmpfs -o size=2m small small || exit 99
                        "$ASSAY" \(run) --output small/run > small.txt 2>&1 & run=$!
                        until grep -q "\\"booting\\"" small/run/messages.ndjson 2>/dev/null; do
                            kill -0 $run || break; sleep 0.05
                        done
                        cat /dev/zero > small/filling 2>/dev/null
                        wait $run; echo "status $?"
                        cat small.txt
                        "$ASSAY" report small/run --format pretty; echo "report $?"
                    '
                    """
                )
                #expect(outcome.output.contains("status 75\n"), "\(outcome.text)")
                #expect(outcome.output.contains("No space left on device"), "\(outcome.text)")
                #expect(outcome.output.contains("Free some space"))
                #expect(outcome.output.contains("report 0\n"), "\(outcome.text)")
                #expect(outcome.output.contains("The run ended here, before the scenario did."))
            }
        }
    }
}

extension TestSuite {
    /// Expects the folder of a run that ended in order: record and reports are whole, nothing is left half done.
    func expectCompleteRun(sourceLocation: SourceLocation = #_sourceLocation) {
        let record = (try? record()) ?? []
        #expect(record.first == "meta", sourceLocation: sourceLocation)
        #expect(record.last == "testRunFinished", sourceLocation: sourceLocation)
        #expect(
            Set(record.filter { $0.hasPrefix("testCase") })
                == ["testCase", "testCaseStarted", "testCaseFinished"],
            sourceLocation: sourceLocation
        )
        let files = names(in: "runs/latest")
        for file in ["attachments", "junit.xml", "messages.ndjson", "plan.json", "report.html", "rerun.txt"] {
            #expect(files.contains(file), sourceLocation: sourceLocation)
        }
        #expect(!files.contains("partial"), sourceLocation: sourceLocation)
        #expect(names(in: "tmp") == [], sourceLocation: sourceLocation)
    }
}
