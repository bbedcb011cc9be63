import Accelerators
import Sandbox
import Subprocess
import SystemPackage
import Testing

/// Whether this host lets anybody make a sandbox; the tests below are skipped where it does not.
private func sandboxesWork() async -> Bool {
    (try? await withSandboxedProcess("/bin/true") { _ in }) != nil
}

@Suite("Sandboxes", .enabled("no sandbox can be made on this host") { await sandboxesWork() })
struct SandboxTests {
    private func lines(of script: String, options: SandboxOptions = SandboxOptions()) async throws -> [String] {
        try await withSandboxedProcess("/bin/sh", arguments: ["-c", script], options: options) { process in
            var lines: [String] = []
            for try await line in process.lines { lines.append(line) }
            return lines
        }
    }

    @Test("a sandbox has its own network, processes, name and user, and all capabilities in them")
    func world() async throws {
        let script = """
            ls /sys/class/net; echo $$; hostname; id -u; sed -n 's/^CapAmb:\\t0*//p' /proc/self/status
            ip link add br0 type bridge && mount -t tmpfs none /mnt && touch /run/mine /dev/shm/mine && echo able
            """
        let seen = try await lines(of: script)
        #expect(seen.first == "lo")
        #expect(seen.dropFirst().prefix(3) == ["2", "assay.invalid", "1000"])
        #expect(seen.last == "able")
        #expect((try? FileDescriptor.open("/dev/shm/mine", .readOnly).close()) == nil)
    }

    @Test("a kept path stays visible below a folder that is covered")
    func keptPath() async throws {
        var options = SandboxOptions()
        let name = "/dev/shm/assay-kept-\(UInt32.random(in: 0...UInt32.max))"
        let file = try FileDescriptor.open(FilePath(name), .writeOnly, options: [.create], permissions: .ownerReadWrite)
        try file.writeAll("kept".utf8)
        try file.close()
        options.keptPaths = [FilePath(name)]
        #expect(try await lines(of: "cat \(name)", options: options) == ["kept"])
        #expect(try await lines(of: "ls \(name) 2>&1 | wc -l; rm -f \(name)") == ["1"])
        _ = try await run(.path("/bin/rm"), arguments: ["-f", name], output: .discarded)
    }

    @Test("lines go both ways, and a process that reads to its end ends by itself")
    func conversation() async throws {
        let answer = try await withSandboxedProcess("/bin/cat") { process in
            try await process.write(line: "häuser \u{2028} and \u{85}")
            return try await process.expectLine()
        }
        #expect(answer == "häuser \u{2028} and \u{85}")
    }

    @Test("a process that ends while more is expected of it is reported with its status and last words")
    func endsEarly() async {
        await #expect(throws: SandboxError.endedEarly(.exited(3), standardError: "oh\n")) {
            try await withSandboxedProcess("/bin/sh", arguments: ["-c", "echo oh >&2; exit 3"]) {
                _ = try await $0.expectLine()
            }
        }
        await #expect(throws: SandboxError.endedEarly(.signalled(9), standardError: "")) {
            try await withSandboxedProcess("/bin/sh", arguments: ["-c", "kill -9 $$"]) { _ = try await $0.expectLine() }
        }
    }

    @Test("a program that does not exist is a refusal, and names it")
    func noSuchProgram() async {
        await #expect {
            try await withSandboxedProcess("/no/such/program") { _ = try await $0.expectLine() }
        } throws: { error in
            guard case SandboxError.refused(let refusal) = error else { return false }
            return refusal.call == "exec" && refusal.object == "/no/such/program"
        }
    }

    @Test("where the kernel allows no namespaces, the refusal names the setting and the command that changes it")
    func forbidden() async throws {
        let sandbox = try SandboxExecutable.beside()
        // The limit holds for the namespaces below the one in which it is set.
        let script = "echo 0 > /proc/sys/user/max_user_namespaces; exec \(sandbox) -- true"
        await #expect {
            try await withSandboxedProcess("/bin/sh", arguments: ["-c", script]) { _ = try await $0.expectLine() }
        } throws: { error in
            guard case SandboxError.refused(let refusal) = error else { return false }
            return refusal.call == "unshare" && refusal.setting == "user.max_user_namespaces"
                && refusal.remedy.hasPrefix("sysctl -w user.max_user_namespaces=")
        }
    }

    @Test("the home folder in a sandbox is its own, and what is written there goes with it")
    func home() async throws {
        #expect(try await lines(of: "echo $HOME; touch ~/x; echo ${XDG_RUNTIME_DIR-none}") == ["/run/assay", "none"])
        #expect(try await lines(of: "ls -A ~") == [])
    }

    @Test("a line that is too long is refused rather than gathered")
    func longLine() async {
        var options = SandboxOptions()
        options.lineLimit = 1000
        await #expect(throws: SandboxError.lineTooLong(limit: 1000)) {
            try await withSandboxedProcess(
                "/bin/sh",
                arguments: ["-c", "head -c 5000 /dev/zero | tr '\\0' x; echo"],
                options: options
            ) { _ = try await $0.expectLine() }
        }
    }

    @Test("a process that ignores the end of its input and SIGTERM is killed", .timeLimit(.minutes(5)))
    func stubborn() async throws {
        var options = SandboxOptions()
        options.stopPatience = .milliseconds(200)
        let clock = ContinuousClock()
        let start = clock.now
        try await withSandboxedProcess(
            "/bin/sh",
            arguments: ["-c", "trap '' TERM; echo ready; while :; do sleep 1; done"],
            options: options
        ) { process in
            let line = try await process.expectLine()
            #expect(line == "ready")
        }
        #expect(clock.now - start < .seconds(5))
    }

    @Test("a cancelled scope ends its sandbox at once", .timeLimit(.minutes(5)))
    func cancelled() async throws {
        let marker = Marker()
        let running = Task {
            try await withSandboxedProcess("/bin/sh", arguments: ["-c", "echo ready; exec \(marker.sleep)"]) {
                process in
                _ = try await process.expectLine()
                try await Task.sleep(for: .seconds(600))
            }
        }
        while marker.processes() == 0 { try await Task.sleep(for: .milliseconds(10)) }
        running.cancel()
        await #expect(throws: (any Error).self) { try await running.value }
        #expect(marker.processes() == 0)
    }

    @Test("the accelerator is probed and explained in one line")
    func accelerator() async {
        let explanation = await Accelerator.choose(.auto).explanation
        #expect(!explanation.contains("\n"))
        #expect(!explanation.contains("could not run"))
    }
}
