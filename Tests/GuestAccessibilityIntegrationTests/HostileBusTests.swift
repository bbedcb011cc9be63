import Accessibility
import Foundation
import GuestAccessibility
import GuestChannel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// This host in a guest's place: runs the reader against a bus, with little memory.
private struct LocalGuest: GuestChannel {
    let bus: String

    func run(
        _ commandLine: String,
        as user: String?,
        input: String?,
        within limit: Duration
    ) async throws(GuestChannelError) -> CommandResult {
        do {
            // Memory in kibibytes: twice what an answer may have, in Perl's own terms.
            let result = try await Subprocess.run(
                .path("/bin/sh"),
                arguments: ["-c", "ulimit -v 400000; \(commandLine) \(getuid()) '\(bus)'"],
                input: .string(input ?? ""),
                output: .string(limit: 16 << 20),
                error: .string(limit: 64 << 10)
            )
            var status = -1
            if case .exited(let code) = result.terminationStatus { status = Int(code) }
            return CommandResult(
                exitStatus: status,
                standardOutput: result.standardOutput,
                standardError: result.standardError,
                isTruncated: false
            )
        } catch {
            throw .refused(action: "run", reason: "\(error)")
        }
    }

    func ping(within limit: Duration) async throws(GuestChannelError) {}
    func readFile(_ path: String, limit: Int) async throws(GuestChannelError) -> [UInt8] { [] }
    func writeFile(_ path: String, _ content: [UInt8]) async throws(GuestChannelError) {}
    func setTime() async throws(GuestChannelError) {}
    func waitUntilReachable(within limit: Duration) async throws(GuestChannelError) {}
}

/// Looks at the elements on a bus that does something wrong.
///
/// What the reader can only wait for takes the whole limit; all else has time enough on a host that is busy.
private func look(at deed: String) async throws -> ElementTree {
    let script = try #require(Bundle.module.path(forResource: "hostile-bus", ofType: "pl"))
    return try await withTemporaryFolder { folder in
        try await look(at: deed, script, socket: "\(folder)/bus")
    }
}

private func look(at deed: String, _ script: String, socket: String) async throws -> ElementTree {
    let isEndless = ["silence", "endless signals"].contains(deed)
    // The bus ends with its input, also when this process does.
    let (input, lifeline) = try FileDescriptor.pipe()
    defer { try? lifeline.close() }
    _ = fcntl(lifeline.rawValue, F_SETFD, FD_CLOEXEC)
    let result = try await Subprocess.run(
        Configuration(executable: .path("/usr/bin/perl"), arguments: Arguments([script, socket, deed])),
        input: .fileDescriptor(input, closeAfterSpawningProcess: true),
        output: .sequence,
        error: .discarded
    ) { execution -> Result<ElementTree, any Error> in
        // One line says that it listens.
        for try await _ in execution.standardOutput.strings() { break }
        defer { try? execution.send(signal: .kill, toProcessGroup: true) }
        do {
            return .success(
                try await GuestElements(LocalGuest(bus: socket)).look(within: isEndless ? .seconds(2) : .seconds(40))
            )
        } catch {
            return .failure(error)
        }
    }
    return try result.closureResult.get()
}

@Suite("A bus of elements on which somebody means harm", .serialized, .timeLimit(.minutes(3)))
struct HostileBusTests {
    @Test(
        "whatever is answered, the reader ends by itself, with little memory, and says what is lacking",
        arguments: [
            ("silence", "an answer of the program"), ("one byte at a time", "a message that is not understood"),
            ("endless signals", "an answer of the program"), ("noise", "a message that is not understood"),
            ("another byte order", "a message that is not understood"),
            ("a length that is a lie", "a message that is not understood"), ("nested variants", "too deep"),
            ("open brackets", "an open bracket"), ("an array past the end", "an array that is too long"),
            ("wrong types", "what is below"), ("endless items of nothing", "a struct of nothing"),
            ("a circle", "an element that is in two places"), ("far too many children", "more than 8388608 bytes"),
            ("endless children", "more than 5000 elements"), ("endless depth", "more than 60 levels"),
            ("a long name", "the end of a long name"),
        ]
    )
    func bounded(_ deed: String, _ lacking: String) async throws {
        let tree = try await look(at: deed)
        #expect(tree.lacking.contains { $0.hasPrefix(lacking) }, "\(tree.lacking)")
        #expect(tree.lacking.allSatisfy { $0.utf8.count <= 600 })
        #expect(tree.elements.count <= 5_000)
    }

    @Test("a bus that never lets anybody in is none")
    func noEntry() async throws {
        await #expect(throws: ElementError.unavailable("the session of user \(getuid()) has no D-Bus")) {
            try await look(at: "endless greeting")
        }
    }

    @Test("a tree without a fault is read whole, so that the bus does what it should besides")
    func harmless() async throws {
        let tree = try await look(at: "nothing")
        #expect(tree.lacking.isEmpty)
        #expect(tree.elements.map(\.name) == ["name\t\n\u{FFFD}"])
    }
}
