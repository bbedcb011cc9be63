import Diagnostics
import Foundation
import SystemPackage
import Testing
import VirtualMachines

@Suite("The serial console", .timeLimit(.minutes(5)))
struct SerialConsoleTests {
    /// Runs `body` with a console and a function that writes to its log as QEMU does.
    private func withConsole(
        _ body: (SerialConsole, @escaping @Sendable (String) throws -> Void) async throws -> Void
    ) async throws {
        let path = FilePath("\(FileManager.default.temporaryDirectory.path)/\(UUID().uuidString).serial")
        defer { try? FileManager.default.removeItem(atPath: path.string) }
        try await withSerialConsole(path) { console in
            try await body(console) { text in
                let file = try FileDescriptor.open(path, .writeOnly, options: .append)
                try file.closeAfter { _ = try file.writeAll(text.utf8) }
            }
        }
    }

    @Test("a prompt is seen though its line has no end, and in two pieces, among colours")
    func prompt() async throws {
        try await withConsole { console, write in
            async let seen = console.wait(for: "host login:", within: .seconds(20))
            try write("\u{1B}[32mwelcome\u{1B}[0m\r\nhost lo")
            try write("gin: ")
            #expect(try await seen == "welcome\nhost login: ")
        }
    }

    @Test("what was written before is seen at once")
    func earlier() async throws {
        try await withConsole { console, write in
            try write("ready\n")
            _ = try await console.wait(for: "ready", within: .seconds(20))
            _ = try await console.wait(for: "ready", within: .zero + .seconds(5))
        }
    }

    @Test("what is not written is missed in time, with the last lines in the message")
    func missed() async throws {
        try await withConsole { console, write in
            try write("one\ntwo\n")
            _ = try await console.wait(for: "two", within: .seconds(20))
            let expected = SerialConsoleError.notSeen("'three'", limit: .milliseconds(50), lastLines: ["one", "two"])
            await #expect(throws: expected) { try await console.wait(for: "three", within: .milliseconds(50)) }
        }
    }

    @Test("a panic of the kernel ends the wait and is named")
    func panic() async throws {
        try await withConsole { console, write in
            async let panic = console.nextPanic()
            try write("[    1.0] Kernel panic - not syncing: VFS: Unable to mount root fs\r\n")
            await #expect(throws: KernelPanic.self) { try await console.wait(for: "login", within: .seconds(20)) }
            let found = try #require(await panic)
            #expect(found.reason == "VFS: Unable to mount root fs")
            #expect(found.blame == .systemUnderTest)
        }
    }

    @Test("megabytes from a hostile guest are read and not kept")
    func flood() async throws {
        try await withConsole { console, write in
            for _ in 0..<40 { try write(String(repeating: "x", count: 50_000)) }
            try write("\nend")
            let text = try await console.wait(for: "end", within: .seconds(20))
            #expect(text.utf8.count <= 600_000)
        }
    }
}

@Suite("Kernel panics")
struct KernelPanicTests {
    @Test("the panic that a busy host causes is the host's fault, and the hint says what helps")
    func timer() throws {
        let line = "[    0.5] Kernel panic - not syncing: IO-APIC + timer doesn't work!  Boot with apic=debug"
        let panic = try #require(KernelPanic(line: line))
        #expect(panic.blame == .host)
        #expect(panic.hint?.contains("no_timer_check") == true)
    }

    @Test(
        "lines that only resemble a panic are none",
        arguments: ["Kernel panic", "kernel.panic = 10", "Kernel panic - syncing: x", "end Kernel panic"]
    )
    func innocent(_ line: String) {
        #expect(KernelPanic(line: line) == nil)
    }
}
