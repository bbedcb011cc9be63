import Foundation
import Subprocess
import SystemPackage
import Testing

/// Tests that start machines: one after the other, since deadlines pass while the processor is busy with others.
@Suite("End to end", .serialized, .enabled("QEMU, /dev/net/tun or sandboxes are missing here") { await machinesWork() })
struct EndToEnd {}

extension EndToEnd {
    @Suite("Interruptions")
    struct InterruptionTests {
        private static let feature = TestSuite.feature(
            "Given the computer is started from USB by BIOS",
            "Then the screen shows \"Never shown\" within 5 minutes"
        )

        @Test(
            "a signal in the middle of a scenario ends everything in order",
            .timeLimit(.minutes(5)),
            arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)]
        )
        func signalled(_ signal: Int32, _ status: Int32) async throws {
            try await TestSuite.with(feature: Self.feature) { suite in
                let before = Surroundings()
                let clock = ContinuousClock()
                var sent = clock.now
                var inside: [Int32] = []
                let outcome = try await suite.interrupted { process in
                    inside = process.sandboxedProcesses
                    sent = clock.now
                    kill(process.identifier, signal)
                }
                #expect(clock.now - sent < .seconds(15))
                #expect(outcome.status == status, "\(outcome.text)")
                #expect(inside.count >= 3)
                #expect(processes(in: suite, or: inside).isEmpty)
                #expect(Surroundings() == before)
                #expect(outcome.text.contains("stopping in order"))
                #expect(outcome.text.contains("stopped"), "\(outcome.text)")
                suite.expectCompleteRun()
            }
        }

        @Test("SIGKILL in the middle of a scenario leaves nothing but the evidence", .timeLimit(.minutes(5)))
        func killed() async throws {
            try await TestSuite.with(feature: Self.feature) { suite in
                let before = Surroundings()
                let clock = ContinuousClock()
                var left: [Int32] = []
                let outcome = try await suite.interrupted { process in
                    let inside = process.sandboxedProcesses
                    #expect(inside.count >= 3)
                    kill(process.identifier, SIGKILL)
                    let deadline = clock.now + .seconds(2)
                    // There is no event for the end of somebody else's processes.
                    repeat {
                        left = processes(in: suite, or: inside)
                        try await clock.sleep(for: .milliseconds(10))
                    } while !left.isEmpty && clock.now < deadline
                }
                #expect(outcome.status == 128 + SIGKILL)
                #expect(left == [])
                // Namespaces live as long as their processes, and with them mounts, interfaces and sockets.
                #expect(Surroundings() == before)
                #expect(suite.names(in: "tmp") == [])
                #expect(try suite.record().contains("testStepFinished"))
                let attempt = try #require(suite.names(in: "runs/latest/partial").first)
                #expect(suite.names(in: "runs/latest/partial/\(attempt)").contains("traffic.pcapng"))
                let report = try await suite.assay("report", "runs/latest", "--format", "pretty")
                #expect(report.status == 0, "\(report.text)")
                #expect(report.output.contains("The run ended here, before the scenario did."))
            }
        }

        @Test("a terminal that goes away in the middle of a run loses nothing of the record", .timeLimit(.minutes(5)))
        func closedOutput() async throws {
            let feature = TestSuite.feature(
                "Given the computer is started from USB by BIOS",
                "Then the screen shows \"Press Return\""
            )
            try await TestSuite.with(feature: feature) { suite in
                let run = TestSuite.runImage.joined(separator: " ")
                let outcome = try await suite.shell("\"$ASSAY\" \(run) | true; echo \"${PIPESTATUS[0]}\"")
                #expect(outcome.output == "0\n", "\(outcome.text)")
                suite.expectCompleteRun()
            }
        }
    }
}

// MARK: - A program that runs

extension TestSuite {
    /// The program in the middle of a scenario.
    struct Running: Sendable {
        /// The process that was started.
        let identifier: Int32

        /// The processes in its sandbox, as seen from outside.
        var sandboxedProcesses: [Int32] {
            let own = namespace("pid", of: identifier)
            return descendants(of: identifier).filter { namespace("pid", of: $0) != own }
        }
    }

    /// Runs the image, calls `body` when a machine has passed the boot menu, and waits for the end.
    ///
    /// - Parameters:
    ///   - boot: Which of its machines that is, counted from 1.
    ///   - body: What is done then.
    /// - Returns: What its user saw.
    /// - Throws: What `body` throws, or why the program could not be run.
    func interrupted(atBoot boot: Int = 1, _ body: (Running) async throws -> Void) async throws -> Outcome {
        var text = ""
        var boots = 0
        let result = try await Subprocess.run(
            try configuration(Self.program, Self.runImage + ["--format", "messages"]),
            input: .none,
            output: .sequence,
            error: .string(limit: 1 << 20)
        ) { execution in
            var isRunning = false
            for try await line in execution.standardOutput.strings() {
                text += line
                guard !isRunning, line.contains("\"booting\"") else { continue }
                boots += 1
                guard boots == boot else { continue }
                isRunning = true
                try await body(Running(identifier: execution.processIdentifier.value))
            }
            #expect(isRunning, "\(text)")
        }
        return Outcome(status: result.terminationStatus.shellStatus, output: text, errors: result.standardError)
    }
}

/// What is outside of every sandbox, and has to be as it was.
///
/// Other programs of the host may change it too, but hardly in a second.
struct Surroundings: Equatable {
    let mounts = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)
    let interfaces = try? FileManager.default.contentsOfDirectory(atPath: "/sys/class/net").sorted()
}

// MARK: - Processes

private func namespace(_ kind: String, of process: Int32) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/\(kind)")
}

private func everyProcess() -> [Int32] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
}

/// The state and parent of a process (proc(5), /proc/pid/stat; the name before them may hold anything).
private func status(of process: Int32) -> (state: Substring, parent: Int32)? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let name = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[name...].split(separator: " ")
    guard fields.count > 2, let parent = Int32(fields[2]) else { return nil }
    return (fields[1], parent)
}

private func descendants(of process: Int32) -> [Int32] {
    let children = Dictionary(grouping: everyProcess()) { status(of: $0)?.parent ?? 0 }
    var found: [Int32] = []
    var ahead = [process]
    while let next = ahead.popLast() {
        found += children[next] ?? []
        ahead += children[next] ?? []
    }
    return found
}

/// The processes that a run left: of those given, and those that know the folder of the suite.
func processes(in suite: TestSuite, or given: [Int32]) -> [Int32] {
    let folder = Data(suite.folder.utf8)
    return everyProcess().filter { process in
        guard let status = status(of: process), status.state != "Z" else { return false }
        let knows = ["environ", "cmdline"].contains {
            FileManager.default.contents(atPath: "/proc/\(process)/\($0)")?.range(of: folder) != nil
        }
        return knows || given.contains(process)
    }
}
