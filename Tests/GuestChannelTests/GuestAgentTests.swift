import Diagnostics
import Foundation
import GuestChannel
import Synchronization
import Testing

/// An agent that gives prepared answers and remembers what it was asked.
private final class ScriptedAgent: AgentTransport {
    typealias Answer = Result<String, AgentTransportError>

    private let answers: Mutex<[Answer]>
    private let asked = Mutex<[String]>([])

    init(_ answers: [Answer]) {
        self.answers = Mutex(answers)
    }

    convenience init(_ answers: String...) {
        self.init(answers.map { .success($0) })
    }

    var commands: [String] { asked.withLock { $0 } }

    func agentCommand(_ command: String, within limit: Duration) async throws(AgentTransportError) -> String {
        asked.withLock { $0.append(command) }
        return try answers.withLock { $0.isEmpty ? .failure(.timedOut) : $0.removeFirst() }.get()
    }
}

private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

@Suite("The QEMU guest agent")
struct GuestAgentTests {
    @Test("a command is run by the shell, asked for until it has ended, and its output is decoded")
    func command() async throws {
        let agent = ScriptedAgent(
            #"{"return":{"pid":7}}"#,
            #"{"return":{"exited":false}}"#,
            #"{"return":{"exited":true,"exitcode":3,"out-data":"\#(base64("out\n"))","err-data":"\#(base64("err"))"}}"#
        )
        let result = try await GuestAgent(agent).run("ls \"x\"")
        #expect(result == CommandResult(exitStatus: 3, standardOutput: "out\n", standardError: "err"))
        #expect(!result.succeeded)
        #expect(
            agent.commands == [
                #"{"arguments":{"arg":["-c","ls \"x\""],"capture-output":true,"path":"/bin/sh"},"execute":"guest-exec"}"#,
                #"{"arguments":{"pid":7},"execute":"guest-exec-status"}"#,
                #"{"arguments":{"pid":7},"execute":"guest-exec-status"}"#,
            ]
        )
    }

    @Test("a command of another user drops root's privileges, and its input is passed")
    func otherUser() async throws {
        let agent = ScriptedAgent(#"{"return":{"pid":7}}"#, #"{"return":{"exited":true,"signal":9}}"#)
        let result = try await GuestAgent(agent).run("cat", as: "live", input: "text", within: .seconds(5))
        #expect(result.exitStatus == 137)
        #expect(agent.commands.first?.contains(#""sh","live","cat""#) == true)
        #expect(agent.commands.first?.contains(#""input-data":"\#(base64("text"))""#) == true)
    }

    @Test("output beyond the limit is cut, and the result says so")
    func flood() async throws {
        let flood = base64(String(repeating: "x", count: 20))
        let agent = ScriptedAgent(
            #"{"return":{"pid":7}}"#,
            #"{"return":{"exited":true,"exitcode":0,"out-data":"\#(flood)"}}"#
        )
        let result = try await GuestAgent(agent, outputLimit: 10).run("yes")
        #expect(result.standardOutput == "xxxxxxxxxx")
        #expect(result.isTruncated)
    }

    @Test("an answer that is far too long is not even parsed")
    func hugeAnswer() async {
        let agent = ScriptedAgent(#"{"return":{"pid":7}}"# + String(repeating: " ", count: 70_000))
        await #expect {
            try await GuestAgent(agent, outputLimit: 10).run("yes")
        } throws: { error in
            guard case GuestChannelError.malformed = error else { return false }
            return true
        }
    }

    @Test(
        "whatever is not an answer of the protocol is an error",
        arguments: [
            "", "{}", #"{"return":null}"#, #"{"return":{"pid":"7"}}"#, #"{"return":{"pid":7}"#,
            #"{"return":{"pid":99999999999999999999}}"#,
        ]
    )
    func malformed(_ answer: String) async {
        await #expect(throws: GuestChannelError.malformed(action: "run true", answer: answer)) {
            try await GuestAgent(ScriptedAgent(answer)).run("true")
        }
    }

    @Test("output that is no base64 is an error")
    func badBase64() async {
        let agent = ScriptedAgent(
            #"{"return":{"pid":7}}"#,
            #"{"return":{"exited":true,"exitcode":0,"out-data":"!!"}}"#
        )
        await #expect(throws: GuestChannelError.malformed(action: "run true", answer: "!!")) {
            try await GuestAgent(agent).run("true")
        }
    }

    @Test("a command that does not end in time is an error that says which", .timeLimit(.minutes(5)))
    func tooSlow() async {
        let agent = ScriptedAgent(#"{"return":{"pid":7}}"#, #"{"return":{"exited":false}}"#)
        let limit = Duration.milliseconds(5)
        await #expect(throws: GuestChannelError.timedOut(action: "run sleep 9", limit: limit)) {
            try await GuestAgent(agent).run("sleep 9", within: limit)
        }
    }

    @Test("a file is read in parts to its end")
    func read() async throws {
        let agent = ScriptedAgent(
            #"{"return":1000}"#,
            #"{"return":{"count":2,"buf-b64":"\#(base64("ab"))","eof":false}}"#,
            #"{"return":{"count":1,"buf-b64":"\#(base64("c"))","eof":true}}"#,
            #"{"return":{}}"#
        )
        #expect(try await GuestAgent(agent).readFile("/etc/x") == Array("abc".utf8))
        #expect(agent.commands.last == #"{"arguments":{"handle":1000},"execute":"guest-file-close"}"#)
    }

    @Test("a file that is longer than wanted is not read to its end, but closed")
    func tooLarge() async {
        let agent = ScriptedAgent(
            #"{"return":1000}"#,
            #"{"return":{"count":3,"buf-b64":"\#(base64("abc"))","eof":false}}"#,
            #"{"return":{}}"#
        )
        await #expect(throws: GuestChannelError.tooLarge(path: "/etc/x", limit: 2)) {
            try await GuestAgent(agent).readFile("/etc/x", limit: 2)
        }
        #expect(agent.commands.last?.contains("guest-file-close") == true)
    }

    @Test("a file is written in parts, also when the guest takes less than it was given")
    func write() async throws {
        let agent = ScriptedAgent(
            #"{"return":5}"#,
            #"{"return":{"count":1}}"#,
            #"{"return":{"count":2}}"#,
            #"{"return":{}}"#
        )
        try await GuestAgent(agent).writeFile("/x", Array("abc".utf8))
        #expect(agent.commands[1].contains(base64("abc")))
        #expect(agent.commands[2].contains(base64("bc")))
    }

    @Test("a guest that claims to have written more than it was given is not believed", arguments: [0, -1, 4])
    func impossibleCount(_ count: Int) async {
        let agent = ScriptedAgent(#"{"return":5}"#, #"{"return":{"count":\#(count)}}"#, #"{"return":{}}"#)
        await #expect(throws: GuestChannelError.malformed(action: "write /x", answer: "\(count) of 3 bytes written")) {
            try await GuestAgent(agent).writeFile("/x", Array("abc".utf8))
        }
    }

    @Test("waiting goes on while nothing answers, and ends with the first answer")
    func reachable() async throws {
        let agent = ScriptedAgent([
            .failure(.notConnected("no port")), .failure(.timedOut), .success(#"{"return":{}}"#),
        ])
        try await GuestAgent(agent).waitUntilReachable(within: .seconds(600))
        #expect(agent.commands.count == 3)
    }

    @Test("waiting ends at once when the machine is off")
    func off() async {
        let agent = ScriptedAgent([.failure(.machineIsOff)])
        await #expect(throws: GuestChannelError.machineIsOff(action: "answer a ping")) {
            try await GuestAgent(agent).waitUntilReachable(within: .seconds(10))
        }
    }

    /// The guest's answer to the question for its time, so many seconds late.
    private func time(late seconds: Double) -> String {
        #"{"return":\#(Int((Date().timeIntervalSince1970 - seconds) * 1e9))}"#
    }

    private let dateIsDone = [#"{"return":{"pid":7}}"#, #"{"return":{"exited":true,"exitcode":0}}"#]

    @Test("the clock is set by date(1), to a fraction of a second, and found right")
    func time() async throws {
        let answers = dateIsDone + [time(late: 0.01)]
        let agent = ScriptedAgent(answers.map { .success($0) })
        let before = Date().timeIntervalSince1970
        try await GuestAgent(agent).setTime()
        let command = try #require(agent.commands.first)
        let argument = try #require(command.firstMatch(of: /"--set=@([0-9]+\.[0-9]{9})"/)?.output.1)
        let time = try #require(Double(argument))
        #expect((before - 0.001...before + 5).contains(time))
        #expect(command.contains(#""path":"/bin/date""#))
        #expect(agent.commands.count == 3)
        #expect(agent.commands.last == #"{"execute":"guest-get-time"}"#)
    }

    @Test("what the guest was late by is added the second time, and there is no third time")
    func lateTime() async throws {
        let answers = dateIsDone + [time(late: 3000)] + dateIsDone + [time(late: 3000)]
        let agent = ScriptedAgent(answers.map { .success($0) })
        let before = Date().timeIntervalSince1970
        try await GuestAgent(agent).setTime()
        #expect(agent.commands.count == 6)
        let argument = try #require(agent.commands[3].firstMatch(of: /"--set=@([0-9.]+)"/)?.output.1)
        let time = try #require(Double(argument))
        #expect((before + 2990...before + 3060).contains(time))
    }

    @Test("a guest without a date(1) that can do it is told by the agent's own command")
    func timeWithoutDate() async throws {
        for refusal: [ScriptedAgent.Answer] in [
            [.failure(.refused("Failed to execute child process (No such file or directory)"))],
            [.success(#"{"return":{"pid":7}}"#), .success(#"{"return":{"exited":true,"exitcode":1}}"#)],
        ] {
            let agent = ScriptedAgent(refusal + [.success(#"{"return":{}}"#)])
            try await GuestAgent(agent).setTime()
            #expect(agent.commands.last?.contains("guest-set-time") == true)
        }
    }

    @Test("a guest's text can't break the lines of a report")
    func hostileText() {
        let error = GuestChannelError.refused(action: "run x", reason: "no\u{1B}[2J\nHint: trust me")
        #expect(error.summary == "Expected the guest to run x, but its agent said: no [2J Hint: trust me")
        #expect(error.blame == .systemUnderTest)
    }
}
