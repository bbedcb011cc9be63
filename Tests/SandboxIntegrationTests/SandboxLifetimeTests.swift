import Foundation
import Sandbox
import Subprocess
import SystemPackage
import Testing

/// A command that can be found again among all processes of the host.
struct Marker: Sendable {
    private let seconds = "86400.\(UInt32.random(in: 100_000_000...999_999_999))"

    var sleep: String { "sleep \(seconds)" }

    /// Returns how many processes run it, or are to start it.
    ///
    /// Zombies have no command line and do not count.
    func processes() -> Int {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return folders.count { folder in
            guard Int32(folder) != nil, let line = FileManager.default.contents(atPath: "/proc/\(folder)/cmdline")
            else {
                return false
            }
            return line.range(of: Data(seconds.utf8)) != nil
        }
    }

    /// Waits until nothing runs it any more, and returns whether that came true in time.
    func vanishes(within limit: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        // There is no event for the end of somebody else's processes.
        while processes() > 0 {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(10))
        }
        return true
    }
}

@Suite("The end of a sandbox", .enabled("no sandbox can be made on this host") { await canMakeSandbox() })
struct SandboxLifetimeTests {
    /// Which process is killed.
    enum Victim: CaseIterable, Sendable {
        /// The one that started the sandbox.
        case starter
        /// The one that it started.
        case sandbox
    }

    @Test("SIGKILL leaves nothing behind within 2 seconds", .timeLimit(.minutes(5)), arguments: Victim.allCases)
    func killed(_ victim: Victim) async throws {
        let marker = Marker()
        let before = Surroundings()
        // Daemons in sessions of their own, whose parents are gone, with a bridge, a mount and a socket.
        let script = """
            ip link add br0 type bridge; ip link set br0 up; mkdir /run/x; mount -t tmpfs x /run/x
            for i in 1 2 3; do (setsid sh -c '(setsid \(marker.sleep) & setsid \(marker.sleep) &)' &) ; done
            trap '' TERM HUP INT; echo ready; while :; do \(marker.sleep); done
            """
        let starter = try SandboxExecutable.beside("sandbox-starter")
        _ = try await run(
            Configuration(executable: .path(starter), arguments: [script]),
            input: .inputWriter,
            output: .sequence,
            error: .discarded
        ) { execution in
            var output = execution.standardOutput.strings().makeAsyncIterator()
            let sandbox = try #require(Int32(try await output.next() ?? ""))
            // Seven of them sleep; the others are starter, sandbox (two processes), and shell.
            while marker.processes() < 11 { try await Task.sleep(for: .milliseconds(10)) }
            kill(victim == .starter ? execution.processIdentifier.value : sandbox, SIGKILL)
            #expect(try await marker.vanishes(within: .seconds(2)))
            kill(execution.processIdentifier.value, SIGKILL)
        }
        #expect(Surroundings() == before)
    }
}

/// What a sandbox might leave on the host.
///
/// Other programs of the host may change it too, but hardly in a second.
private struct Surroundings: Equatable {
    let mounts = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)
    let interfaces = try? FileManager.default.contentsOfDirectory(atPath: "/sys/class/net").sorted()
}

private func canMakeSandbox() async -> Bool {
    (try? await withSandboxedProcess("/bin/true") { _ in }) != nil
}
