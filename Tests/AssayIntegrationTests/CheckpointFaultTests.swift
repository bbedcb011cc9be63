import Foundation
import Sandbox
import Subprocess
import Testing

extension EndToEnd {
    /// Checkpoints of a real machine that counts key presses, so that a wrong state shows on its screen.
    @Suite("Checkpoints under faults")
    struct CheckpointFaultTests {
        private static let feature = TestSuite.feature(
            "Given two was seen",
            "When I press \"x\"",
            "Then the screen shows \"Saw three\""
        )
        private static let checkpoints = """
            Feature: States
              Scenario: one was seen
                Given the computer is started from USB by BIOS
                Then the screen shows "Saw one"

              Scenario: two was seen
                Given one was seen
                When I press "x"
                Then the screen shows "Saw two"
            """

        /// How often a run is killed; more by `ASSAY_FAULTS`.
        private static var faults: Int {
            ProcessInfo.processInfo.environment["ASSAY_FAULTS"].flatMap { Int($0) } ?? 8
        }

        private func withSuite(_ body: (TestSuite) async throws -> Void) async throws {
            try await TestSuite.with(feature: Self.feature, image: .counts) { suite in
                try suite.write(Self.checkpoints, to: "snapshots/checkpoints/states.feature")
                try await body(suite)
            }
        }

        private func run(_ suite: TestSuite, _ options: String = "") async throws -> TestSuite.Outcome {
            let arguments = TestSuite.runImage.joined(separator: " ")
            return try await suite.shell("\(Self.cache)\"$ASSAY\" \(arguments) \(options)")
        }

        /// A cache of the suite's own, so that nobody else's checkpoints are in the way.
        private static let cache = "export ASSAY_CACHE=$PWD/cache; "

        private func titles(_ suite: TestSuite) async throws -> [String] {
            struct Line: Decodable { let title: String? }
            let list = try await suite.shell("\(Self.cache)\"$ASSAY\" checkpoints list --format json")
            return try JSONDecoder().decode([Line].self, from: Data(list.output.utf8)).compactMap(\.title)
        }

        @Test("a chain is made once, and the next run starts from it", .timeLimit(.minutes(5)))
        func chain() async throws {
            try await withSuite { suite in
                let first = try await run(suite)
                #expect(first.status == 0, "\(first.text)")
                #expect(try await titles(suite).sorted() == ["one was seen", "two was seen"])
                let made = try suite.record().count { $0 == "testCase" }
                let second = try await run(suite)
                #expect(second.status == 0, "\(second.text)")
                #expect(try suite.record().count { $0 == "testCase" } == 1)
                #expect(made == 3)
            }
        }

        @Test("whenever a run is killed, no wrong state is ever restored and nothing is left", .timeLimit(.minutes(60)))
        func killed() async throws {
            try await withSuite { suite in
                #expect(try await run(suite).status == 0)
                let before = Surroundings()
                for number in 1...Self.faults {
                    // Every other time from nothing, so that making is hit as well as restoring and evicting.
                    if number.isMultiple(of: 2) {
                        _ = try await suite.shell("\(Self.cache)\"$ASSAY\" checkpoints prune --all")
                    }
                    let delay = Double.random(in: 0...4)
                    let arguments = TestSuite.runImage.joined(separator: " ")
                    let limit = number.isMultiple(of: 3) ? "--checkpoint-limit 1K" : ""
                    let outcome = try await suite.shell(
                        "\(Self.cache)timeout --signal KILL \(delay) \"$ASSAY\" \(arguments) \(limit)"
                    )
                    // Either it was killed, or it came to its end, which must be a good one.
                    #expect([0, 137].contains(outcome.status), "\(outcome.text)")
                    try await expectNoProcess(of: suite)
                }
                #expect(Surroundings() == before)
                let last = try await run(suite)
                #expect(last.status == 0, "\(last.text)")
                _ = try await suite.shell("\(Self.cache)\"$ASSAY\" checkpoints prune --all")
                #expect(try suite.files(in: "cache/checkpoints") == [])
            }
        }

        @Test("two runs on one cache make each checkpoint once, and both pass", .timeLimit(.minutes(5)))
        func twoRuns() async throws {
            try await withSuite { suite in
                let arguments = TestSuite.runImage.joined(separator: " ")
                let both = try await suite.shell(
                    """
                    \(Self.cache)"$ASSAY" \(arguments) --output a & first=$!
                    "$ASSAY" \(arguments) --output b; second=$?
                    wait $first; echo "statuses $? $second"
                    """
                )
                #expect(both.output.contains("statuses 0 0"), "\(both.text)")
                let cases = try ["a", "b"].map { try suite.record(of: $0).count { $0 == "testCase" } }
                #expect(cases.reduce(0, +) == 4, "two scenarios and two checkpoints: \(cases)")
            }
        }

        @Test("a checkpoint whose memory was changed is made again, with a message", .timeLimit(.minutes(5)))
        func bitFlip() async throws {
            try await withSuite { suite in
                #expect(try await run(suite).status == 0)
                for file in try suite.files(in: "cache/checkpoints") where file.hasSuffix("/memory") {
                    let handle = try FileHandle(forUpdating: URL(filePath: "\(suite.folder)/cache/checkpoints/\(file)"))
                    try handle.seek(toOffset: 0x7C10)
                    try handle.write(contentsOf: Data([0xF4]))
                    try handle.close()
                }
                let again = try await run(suite)
                #expect(again.status == 0, "\(again.text)")
                #expect(again.errors.contains("memory"), "\(again.errors)")
                #expect(try suite.record().count { $0 == "testCase" } == 3)
            }
        }

        @Test("without room on the disk a run says so and leaves nothing", .timeLimit(.minutes(5)))
        func fullDisk() async throws {
            try await withSuite { suite in
                let arguments = TestSuite.runImage.joined(separator: " ")
                let outcome = try await suite.shell(
                    """
                    unshare --user --map-root-user --mount sh -c '
                        mkdir -p cache/checkpoints && mount -t tmpfs -o size=40m none cache/checkpoints || exit 99
                        export ASSAY_CACHE=$PWD/cache
                        "$ASSAY" \(arguments); echo "status $?"; find cache/checkpoints -type f'
                    """
                )
                #expect(outcome.output.contains("status 75"), "\(outcome.text)")
                #expect(outcome.text.contains("A checkpoint needs about"), "\(outcome.text)")
                #expect(outcome.output.hasSuffix("status 75\n"), "no file is left: \(outcome.output.suffix(300))")
            }
        }

        /// Waits for the kernel to take away what was killed.
        private func expectNoProcess(of suite: TestSuite) async throws {
            let deadline = ContinuousClock.now + .seconds(3)
            var left = processes(in: suite, or: [])
            while !left.isEmpty, ContinuousClock.now < deadline {
                try await ContinuousClock().sleep(for: .milliseconds(20))
                left = processes(in: suite, or: [])
            }
            #expect(left == [])
        }
    }
}

extension TestSuite {
    /// The plain files below a folder, by their paths in it.
    func files(in name: String) throws -> [String] {
        let root = "\(folder)/\(name)"
        return (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []).filter { file in
            let type = try? FileManager.default.attributesOfItem(atPath: "\(root)/\(file)")[.type] as? FileAttributeType
            return type == .typeRegular
        }.sorted()
    }
}
