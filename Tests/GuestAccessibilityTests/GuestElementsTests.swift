import Accessibility
import GuestAccessibility
import GuestChannel
import Synchronization
import Testing

/// A guest without a machine, which gives one answer to every command.
private final class ScriptedGuest: GuestChannel {
    private let answer: Result<CommandResult, GuestChannelError>
    private let asked = Mutex<[(command: String, user: String?, input: String?)]>([])

    init(_ answer: Result<CommandResult, GuestChannelError>) { self.answer = answer }

    convenience init(_ output: String, status: Int = 0, errors: String = "", isTruncated: Bool = false) {
        self.init(
            .success(
                CommandResult(
                    exitStatus: status,
                    standardOutput: output,
                    standardError: errors,
                    isTruncated: isTruncated
                )
            )
        )
    }

    var commands: [(command: String, user: String?, input: String?)] { asked.withLock { $0 } }

    func run(
        _ commandLine: String,
        as user: String?,
        input: String?,
        within limit: Duration
    ) async throws(GuestChannelError) -> CommandResult {
        asked.withLock { $0.append((commandLine, user, input)) }
        return try answer.get()
    }

    func ping(within limit: Duration) async throws(GuestChannelError) {}
    func readFile(_ path: String, limit: Int) async throws(GuestChannelError) -> [UInt8] { [] }
    func writeFile(_ path: String, _ content: [UInt8]) async throws(GuestChannelError) {}
    func setTime() async throws(GuestChannelError) {}
    func waitUntilReachable(within limit: Duration) async throws(GuestChannelError) {}
}

@Suite("Reading a guest's elements")
struct GuestElementsTests {
    private func look(_ guest: ScriptedGuest) async throws -> ElementTree {
        try await GuestElements(guest).look(within: .seconds(7))
    }

    @Test("one command hands the whole reader to the guest, with its limits")
    func command() async throws {
        let guest = ScriptedGuest("program\t0\teditor\nend\t1\n")
        #expect(try await look(guest).programs == ["editor"])
        let command = try #require(guest.commands.first)
        #expect(guest.commands.count == 1)
        #expect(command.command == "exec perl -w - 7 5000 2000 60 8388608")
        #expect(command.user == nil)
        #expect(command.input?.hasSuffix("print \"end\\t\", scalar @elements, \"\\n\";\n") == true)
    }

    @Test("a guest that can't tell anything now says why, so that it can be waited for")
    func unavailable() async throws {
        let reasons: [(ScriptedGuest, String)] = [
            (ScriptedGuest("", status: 127), "it has no perl, by which they are read"),
            (
                ScriptedGuest("", status: 2, errors: "a\nb\nc"),
                "the program that reads them ended with status 2: b / c"
            ),
            (ScriptedGuest("failed\tnobody is logged in\n"), "nobody is logged in"),
            (ScriptedGuest(.failure(.unreachable(waited: .seconds(1), lastReason: "not connected"))), "not connected"),
            (ScriptedGuest(.failure(.refused(action: "run", reason: "disabled"))), "disabled"),
            (ScriptedGuest(.failure(.timedOut(action: "run", limit: .seconds(7)))), "its answer took more than 7 s"),
        ]
        for (guest, reason) in reasons {
            await #expect(throws: ElementError.unavailable(reason)) { try await look(guest) }
        }
    }

    @Test("an answer that was cut, or is none, is refused; a machine that is off is not waited for")
    func refused() async throws {
        await #expect(throws: ElementError.self) { try await look(ScriptedGuest("end\t0\n", isTruncated: true)) }
        await #expect(throws: ElementError.malformed(line: 1, expected: "a kind that is known")) {
            try await look(ScriptedGuest("hello\n"))
        }
        await #expect(throws: GuestChannelError.machineIsOff(action: "run")) {
            try await look(ScriptedGuest(.failure(.machineIsOff(action: "run"))))
        }
        await #expect(throws: CancellationError.self) {
            try await look(ScriptedGuest(.failure(.cancelled(action: "run"))))
        }
    }
}
