import CheckpointStore
import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage
import TestSupport
import Testing
import store_probe

/// Starts `store-probe`, which lies beside the tests.
private enum Program {
    static func path() throws -> FilePath {
        let running = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return FilePath(running).removingLastComponent().appending("store-probe")
    }

    /// Runs a command that begins with `"$0"`, the program, and has the store's folder as `"$1"`.
    static func run(_ script: String, _ folder: FilePath) async throws -> (isSuccess: Bool, output: String) {
        let result = try await Subprocess.run(
            .name("sh"),
            arguments: ["-c", script, try path().string, folder.string],
            output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16)
        )
        return (result.terminationStatus.isSuccess, "\(result.standardOutput)\(result.standardError)")
    }

    /// Kills the program at a random moment after its start, and returns what it said if it ended before.
    static func kill(after delay: Duration, _ folder: FilePath) async throws -> String? {
        let result = try await Subprocess.run(
            .path(try path()),
            arguments: ["churn", folder.string],
            input: .none,
            output: .sequence,
            error: .discarded
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            var last = try await lines.next() ?? "nothing"
            try? await Task.sleep(for: delay)
            Glibc.kill(execution.processIdentifier.value, SIGKILL)
            while let line = try await lines.next() { last = line }
            return last
        }
        if case .signaled(let signal) = result.terminationStatus, signal == SIGKILL { return nil }
        return result.closureResult
    }

    /// Whether namespaces can be made, for a small disk in them.
    static func canMount() async -> Bool { (try? await run("unshare -rm true", "/"))?.isSuccess == true }

    static let isRoot = getuid() == 0
}

@Suite("Checkpoint store under faults", .timeLimit(.minutes(5)))
struct CheckpointStoreFaultTests {
    /// Checks all checkpoints that are given, and returns how many there are.
    private func check(_ store: CheckpointStore) async throws -> Int {
        var count = 0
        for state in ProbeState.all {
            try await store.withCheckpoint(state.key, notice: { Issue.record("\($0)") }) { kept in
                guard let kept else { return }
                count += 1
                let fault = state.fault(of: kept)
                #expect(fault == nil)
            }
        }
        return count
    }

    @Test("killed at 200 random moments, processes leave nothing wrong, and nothing that isn't cleared away")
    func killed() async throws {
        try await withTemporaryFolder { path in
            let folder = FilePath(path).appending("store")
            let store = CheckpointStore(folder: folder, limit: 1 << 30)
            let (kills, seen) = (Counter(), Counter())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        while kills.add() <= 200 {
                            let words = try await Program.kill(after: .milliseconds(.random(in: 0..<120)), folder)
                            #expect(words == nil, "The program found something wrong.")
                            seen.add(try await check(store))
                        }
                    }
                }
                for try await _ in group {}
            }
            // Else the kills have hit nothing.
            #expect(seen.value > 100)
            try await store.prune(to: 0)
            for (name, contents) in [("", ["locks", "making"]), ("locks", []), ("making", [])] {
                let left = try FileManager.default.contentsOfDirectory(atPath: folder.appending(name).string)
                #expect(left.sorted() == contents)
            }
        }
    }

    @Test(
        "on a full disk there's an error that says so, and nothing is left",
        .enabled("needs unshare and the right to make namespaces") { await Program.canMount() }
    )
    func fullDisk() async throws {
        try await withTemporaryFolder { folder in
            let script = """
                exec unshare -rm sh -c 'mount -t tmpfs -o size=2m tmpfs "$1" && "$0" full "$1/store" && \
                    find "$1/store" | sort | sed "s|$1/||"' "$0" "$1"
                """
            let (isSuccess, output) = try await Program.run(script, FilePath(folder))
            #expect(isSuccess, "\(output)")
            #expect(output == "store\nstore/locks\nstore/making\n")
        }
    }

    @Test(
        "another user may use what is there, and is told why nothing can be made",
        .enabled(if: Program.isRoot, "only root can be somebody else"),
        .enabled("needs setpriv") { (try? await Program.run("setpriv --help", "/"))?.isSuccess == true }
    )
    func otherUser() async throws {
        try await withTemporaryFolder { path in
            let folder = FilePath(path).appending("store")
            // One in eight isn't kept.
            while try await check(CheckpointStore(folder: folder, limit: 1 << 30)) == 0 {
                _ = try await Program.run(#""$0" make "$1""#, folder)
            }
            let asNobody = "setpriv --reuid=65534 --regid=65534 --clear-groups \"$0\""
            #expect(try await Program.run("\(asNobody) use \"$1\"", folder) == (true, "1\n"))
            // There is one, so another one is to be made.
            let (isSuccess, output) = try await Program.run("\(asNobody) full \"$1\"", folder)
            #expect(!isSuccess)
            #expect(output.contains("Checkpoints can't be kept in \(folder): Permission denied"))
        }
    }
}
