import Foundation
import Testing

@Suite("Mistakes of the person who runs it")
struct MistakeTests {
    /// Nothing may have been begun: no run directory is there, and no accelerator was looked for.
    private func expectNothingBegan(_ outcome: TestSuite.Outcome, in suite: TestSuite) {
        #expect(outcome.status == 2)
        #expect(suite.names(in: "runs").isEmpty)
        #expect(!outcome.text.contains("Guests are"))
    }

    @Test("a typo in a step ends the run before any machine starts, with the place and the step that was meant")
    func typo() async throws {
        try await TestSuite.with(feature: TestSuite.feature("Given the computer is bootd")) { suite in
            let outcome = try await suite.runImage()
            expectNothingBegan(outcome, in: suite)
            #expect(outcome.errors.contains("features/test.feature:3"))
            #expect(outcome.errors.contains("did you mean \"the computer is booted\"?"))
            #expect(outcome.errors.contains("Hint: Run `assay steps`"))
            #expect(outcome.errors.contains("Blame: test-author"))
        }
    }

    @Test(
        "what can't be typed, pressed or found is told with its place before any machine starts",
        arguments: ["run", "plan"]
    )
    func impossible(_ command: String) async throws {
        let feature = TestSuite.feature(
            "Given the computer is booted",
            "When I type \"naïve ж\"",
            "And the keyboard layout is \"ru\"",
            "And I type \"ж\" and press \"ctrl+Retrun\"",
            "Then the screen shows the picture \"desktop/nothing\""
        )
        try await TestSuite.with(feature: feature) { suite in
            let outcome =
                command == "run" ? try await suite.runImage("--dry-run") : try await suite.assay("plan")
            expectNothingBegan(outcome, in: suite)
            #expect(outcome.errors.contains("features/test.feature:4: "), "\(outcome.text)")
            #expect(outcome.errors.contains("layout \"us\" has no key for \"ï\" (U+EF), character 3 of the text"))
            #expect(outcome.errors.contains("tell it by the step “the keyboard layout is …”"))
            #expect(outcome.errors.contains("features/test.feature:6: "))
            #expect(outcome.errors.contains("Did you mean \"return\"?"))
            #expect(outcome.errors.contains("features/test.feature:7: "))
            #expect(!outcome.errors.contains("ж"), "\(outcome.text)")
        }
    }

    @Test("a feature that does not parse is named with its line")
    func parseError() async throws {
        try await TestSuite.with(feature: "Feature: Trial\n  Scenario: Trial\n    Given x\n    Nonsense\n") { suite in
            let outcome = try await suite.runImage()
            expectNothingBegan(outcome, in: suite)
            #expect(outcome.errors.contains("features/test.feature:"))
            #expect(outcome.errors.contains("4:5"))
        }
    }

    @Test(
        "what can't be meant is refused, with what was expected",
        arguments: [
            (["run", "--tags", "@none", "--image", "test.img"], "No scenario matches"),
            (["run", "features/none.feature", "--image", "test.img"], "no such file or folder"),
            (["run", "--nonsense"], "Unknown option '--nonsense'"),
            (["run", "--format", "pdf", "--image", "test.img"], "one of pretty, progress, messages, junit"),
            (["run", "--system", "refernce", "--image", "test.img"], "Did you mean reference?"),
            (["run", "--tags", "@a and", "--image", "test.img"], "@a and"),
            (["run", "--timeout-scale", "0", "--image", "test.img"], "above 0"),
            (["run", "--image", "missing.img"], "missing.img is neither a file nor a name"),
            (["run", "--image", "tny"], "Did you mean tiny?"),
            (["run", "--retry", "-1"], "--retry"),
            (["run", "--retry-tag-filter", "@a"], "--retry-tag-filter needs --retry"),
            (["run", "--retry", "1", "--retry-tag-filter", "@a and"], "@a and"),
            (["run", "--order", "reverse"], "--order needs defined, random or random:SEED"),
            (["run", "--shard", "3/2"], "such as 2/5"),
            (["run", "--shard", "1/2", "--durations", "none.json"], "none.json can't be read"),
            (["run", "--durations", "none.json"], "--durations needs --shard"),
            (["run", "--quarantine", "none.yaml"], "none.yaml can't be read"),
            (["run", "--max-failures", "0"], "--max-failures needs a number above 0"),
            (["run", "--fail-fast", "--max-failures", "2"], "give one of them"),
            (["run", "--last-failed"], "--last-failed needs an earlier run"),
            (["run", "--resume", "features"], "needs its plan"),
            (["run", "--resume", "features", "--tags", "@a"], "--resume goes on with what the run was asked for"),
            (["run", "--exclude", "features", "--image", "test.img"], "No scenario matches"),
            (["merge", "features", "--output", "joined"], "features has none"),
            (["report", "runs/none", "--format", "junit"], "runs/none"),
            (["nonsense"], "nonsense"),
        ]
    )
    func refused(_ arguments: [String], _ words: String) async throws {
        try await TestSuite.with(feature: TestSuite.feature("Given the computer is booted")) { suite in
            let outcome = try await suite.shell(
                "exec \"$ASSAY\" " + arguments.map { "'\($0)'" }.joined(separator: " ")
            )
            expectNothingBegan(outcome, in: suite)
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
        }
    }

    @Test(
        "a mistake in the system's description is named with line and column",
        arguments: [
            ("memory: 64", "memory: much", ":8:15"), ("version: 1", "version: 2", ":1:10"),
            ("name: tiny\npolicy", "name: tiny\nnome: tiny\npolicy", ":3:1"), ("sizes:", "sizes: [", ":"),
        ]
    )
    func badDescription(_ right: String, _ wrong: String, _ place: String) async throws {
        try await TestSuite.with(feature: TestSuite.feature("Given the computer is booted")) { suite in
            try suite.write(
                TestSuite.tinySystem.replacingOccurrences(of: right, with: wrong),
                to: "features/systems/reference.yaml"
            )
            let outcome = try await suite.runImage()
            expectNothingBegan(outcome, in: suite)
            #expect(outcome.errors.contains("features/systems/reference.yaml\(place)"), "\(outcome.errors)")
        }
    }

    /// What can be wrong with the file that is to be tested.
    private static let badImages: [(Data, String)] = [
        (Data(), "it is empty"),
        (Data(count: 1 << 20), "no boot sector"),
        (discImage(declaringSectors: 100, having: 40), "204800"),
        (discImage(declaringSectors: 40, having: 40).prefix(17 * 2048), "81920"),
    ]

    @Test("an image that is empty, cut off, or can't be started from is refused", arguments: badImages.indices)
    func badImage(_ index: Int) async throws {
        try await TestSuite.with(feature: TestSuite.feature("Given the computer is booted"), image: nil) { suite in
            let (bytes, words) = Self.badImages[index]
            try suite.write(bytes, to: "test.img")
            let outcome = try await suite.runImage()
            expectNothingBegan(outcome, in: suite)
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
            #expect(outcome.errors.contains("test.img"))
            #expect(outcome.errors.contains("Hint: "))
            #expect(outcome.errors.contains("Blame: test-author"))
        }
    }

    // Chosen by the person who runs it, and no wait makes it empty: a mistake, which a retry would only repeat.
    @Test("an output folder that holds files is refused, and they stay as they are")
    func fullFolder() async throws {
        try await TestSuite.with(feature: TestSuite.feature("Given the computer is booted")) { suite in
            try suite.write("precious", to: "out/file")
            let outcome = try await suite.runImage("--output", "out")
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("has to be empty or absent, but out holds files"))
            #expect(suite.names(in: "out") == ["file"])
        }
    }

    // The host's fault, as a full disk is: the same command line is right on a host where the folder can be written.
    @Test("an output folder that can't be written is the host's fault", arguments: ["/proc/out", "test.img/out"])
    func unwritable(_ folder: String) async throws {
        try await TestSuite.with(feature: TestSuite.feature("Given the computer is booted")) { suite in
            let outcome = try await suite.runImage("--output", folder)
            #expect(outcome.status == 75)
            #expect(outcome.errors.contains("The run directory needs to be written, but \(folder) can't be"))
            #expect(outcome.errors.contains("Hint: "))
            #expect(outcome.errors.contains("Blame: host"))
        }
    }

    @Test(
        "a reader that goes away does not end the program by a signal",
        arguments: ["steps", "plan", "plan --format json", "plan --explain", "doctor", "--help"]
    )
    func closedPipe(_ command: String) async throws {
        try await TestSuite.with(feature: TestSuite.feature("Given the computer is booted")) { suite in
            let outcome = try await suite.shell("\"$ASSAY\" \(command) | true; echo \"${PIPESTATUS[0]}\"")
            #expect(["0", "75"].contains(outcome.output.split(separator: "\n").last ?? ""))
        }
    }
}
