import FoundationEssentials

/// The QEMU guest agent, which is a package of every distribution.
public struct GuestAgent: GuestChannel {
    private let transport: any AgentTransport
    private let clock = ContinuousClock()
    /// The most bytes of each output stream that are kept, as a guard against a guest that floods.
    private let outputLimit: Int
    /// The most characters of an answer that are looked at: both streams in base64, and the rest.
    private var answerLimit: Int { 4 * outputLimit + (64 << 10) }

    /// Creates the agent's client.
    package init(_ transport: any AgentTransport, outputLimit: Int = 16 << 20) {
        self.transport = transport
        self.outputLimit = outputLimit
    }

    // MARK: - Life

    public func ping(within limit: Duration) async throws(GuestChannelError) {
        _ = try await send("guest-ping", nil as NoArguments?, as: Done.self, action: "answer a ping", within: limit)
    }

    public func waitUntilReachable(within limit: Duration) async throws(GuestChannelError) {
        let start = clock.now
        let deadline = start + limit
        while true {
            let failure: GuestChannelError
            do {
                // Short, since a ping to an agent that starts just now is lost for good.
                return try await ping(within: .seconds(1))
            } catch {
                failure = error
            }
            if case .machineIsOff = failure { throw failure }
            // Rarely when a system boots, often when one goes on: then a few milliseconds count.
            let now = clock.now
            let pause = min(max((now - start) / 10, .milliseconds(2)), .milliseconds(100))
            guard now + pause < deadline else {
                throw .unreachable(waited: limit, lastReason: failure.summary)
            }
            try await self.pause(pause, action: "answer a ping")
        }
    }

    public func setTime() async throws(GuestChannelError) {
        // The agent's own command also starts hwclock(8), which waits for the hardware clock's next second.
        // So long does a guest take about to start date(1): less when the processor runs it, more when it is translated.
        var delay = Duration.milliseconds(50)
        for _ in 0..<2 {
            guard try await setTimeByDate(delay: delay) else { return try await setTimeByAgent() }
            let late = try await clockDelay()
            // Nothing that a test looks at depends on less, and each further try takes a translated guest long.
            guard abs(late / .milliseconds(1)) > 500 else { return }
            // It is about the same the second time.
            delay += late
        }
    }

    /// Returns whether the guest has a date(1) that could do it.
    private func setTimeByDate(delay: Duration) async throws(GuestChannelError) -> Bool {
        let time = hostTime + delay
        let (seconds, attoseconds) = time.components
        let fraction = String(attoseconds / 1_000_000_000 + 1_000_000_000).dropFirst()
        let command = ExecArguments(path: "/bin/date", arg: ["--set=@\(seconds).\(fraction)"], inputData: nil)
        do {
            return try await execute(command, action: "set its clock", within: .seconds(20)).succeeded
        } catch .refused {
            return false
        }
    }

    private func setTimeByAgent() async throws(GuestChannelError) {
        let arguments = TimeArguments(time: Int(hostTime / .nanoseconds(1)))
        _ = try await send("guest-set-time", arguments, as: Done.self, action: "set its clock", within: .seconds(20))
    }

    /// Returns by how much the guest's clock is late.
    private func clockDelay() async throws(GuestChannelError) -> Duration {
        let before = hostTime
        let answer = try await send(
            "guest-get-time",
            nil as NoArguments?,
            as: Int64.self,
            action: "tell its time",
            within: .seconds(20)
        )
        return (before + hostTime) / 2 - .nanoseconds(answer)
    }

    /// Since 1970.
    private var hostTime: Duration { .nanoseconds(Int64(Date().timeIntervalSince1970 * 1e9)) }

    // MARK: - Commands

    public func run(
        _ commandLine: String,
        as user: String?,
        input: String?,
        within limit: Duration
    ) async throws(GuestChannelError) -> CommandResult {
        let action = "run \(printable(commandLine))"
        // setpriv, not su: no login session, no change of the terminal, and it is in util-linux.
        let changeUser = #"exec setpriv --reuid "$1" --regid "$(id -g "$1")" --init-groups --reset-env /bin/sh -c "$2""#
        let arguments = user.map { ["-c", changeUser, "sh", $0, commandLine] } ?? ["-c", commandLine]
        let command = ExecArguments(path: "/bin/sh", arg: arguments, inputData: input.map(base64))
        return try await execute(command, action: action, within: limit)
    }

    private func execute(
        _ command: ExecArguments,
        action: String,
        within limit: Duration
    ) async throws(GuestChannelError) -> CommandResult {
        let deadline = clock.now + limit
        let started = try await send("guest-exec", command, as: Started.self, action: action, within: limit)
        // The agent tells of no end by itself. Asking often takes processor time from a translated guest.
        var pause = Duration.milliseconds(10)
        while true {
            let status = try await send(
                "guest-exec-status",
                ProcessReference(pid: started.pid),
                as: ExecStatus.self,
                action: action,
                within: max(.seconds(1), deadline - clock.now)
            )
            if status.exited { return try result(status, action: action) }
            guard clock.now + pause < deadline else { throw .timedOut(action: action, limit: limit) }
            try await self.pause(pause, action: action)
            pause = min(pause * 3 / 2, .milliseconds(100))
        }
    }

    private func result(_ status: ExecStatus, action: String) throws(GuestChannelError) -> CommandResult {
        guard let exitStatus = status.exitcode ?? status.signal.map({ 128 &+ $0 }) else {
            throw .malformed(action: action, answer: "neither exitcode nor signal")
        }
        let output = try decode(status.outData ?? "", action: action)
        let errors = try decode(status.errData ?? "", action: action)
        return CommandResult(
            exitStatus: exitStatus,
            standardOutput: String(decoding: output.prefix(outputLimit), as: UTF8.self),
            standardError: String(decoding: errors.prefix(outputLimit), as: UTF8.self),
            isTruncated: status.outTruncated ?? false || status.errTruncated ?? false
                || output.count > outputLimit || errors.count > outputLimit
        )
    }

    // MARK: - Files

    public func readFile(_ path: String, limit: Int) async throws(GuestChannelError) -> [UInt8] {
        let action = "read \(printable(path))"
        return try await withOpenFile(path, mode: "r", action: action) { handle throws(GuestChannelError) in
            var content: [UInt8] = []
            while true {
                let arguments = ReadArguments(handle: handle, count: min(48 << 10, limit - content.count + 1))
                let part = try await send(
                    "guest-file-read",
                    arguments,
                    as: ReadAnswer.self,
                    action: action,
                    within: .seconds(20)
                )
                content += try decode(part.bufB64, action: action)
                guard content.count <= limit else { throw .tooLarge(path: path, limit: limit) }
                if part.eof || part.count <= 0 { return content }
            }
        }
    }

    public func writeFile(_ path: String, _ content: [UInt8]) async throws(GuestChannelError) {
        let action = "write \(printable(path))"
        try await withOpenFile(path, mode: "w", action: action) { handle throws(GuestChannelError) in
            var rest = content[...]
            while !rest.isEmpty {
                // The agent's line may have 64 KiB on old versions, in base64.
                let part = Data(rest.prefix(32 << 10))
                let arguments = WriteArguments(handle: handle, bufB64: part.base64EncodedString())
                let answer = try await send(
                    "guest-file-write",
                    arguments,
                    as: WriteAnswer.self,
                    action: action,
                    within: .seconds(20)
                )
                guard (1...part.count).contains(answer.count) else {
                    throw .malformed(action: action, answer: "\(answer.count) of \(part.count) bytes written")
                }
                rest = rest.dropFirst(answer.count)
            }
        }
    }

    private func withOpenFile<Value>(
        _ path: String,
        mode: String,
        action: String,
        body: (Int) async throws(GuestChannelError) -> Value
    ) async throws(GuestChannelError) -> Value {
        let open = OpenArguments(path: path, mode: mode)
        let handle = try await send("guest-file-open", open, as: Int.self, action: action, within: .seconds(20))
        let result: Result<Value, GuestChannelError>
        do { result = .success(try await body(handle)) } catch { result = .failure(error) }
        // What was written reaches the file only with this, so that its failure counts.
        let close = FileReference(handle: handle)
        do {
            _ = try await send("guest-file-close", close, as: Done.self, action: action, within: .seconds(20))
        } catch {
            _ = try result.get()
            throw error
        }
        return try result.get()
    }

    // MARK: - Messages

    private func send<Arguments: Encodable, Value: Decodable>(
        _ execute: String,
        _ arguments: Arguments?,
        as type: Value.Type,
        action: String,
        within limit: Duration
    ) async throws(GuestChannelError) -> Value {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let command: Data
        do {
            command = try encoder.encode(AgentCommand(execute, arguments))
        } catch {
            throw .refused(action: action, reason: "the command can't be encoded: \(error)")
        }
        let answer: String
        do {
            answer = try await transport.agentCommand(String(decoding: command, as: UTF8.self), within: limit)
        } catch {
            throw GuestChannelError(error, action: action, limit: limit)
        }
        guard answer.utf8.count <= answerLimit else {
            throw .malformed(action: action, answer: "\(answer.utf8.count) bytes, beginning with \(answer.prefix(80))")
        }
        do {
            return try JSONDecoder().decode(AgentAnswer<Value>.self, from: Data(answer.utf8)).value
        } catch {
            throw .malformed(action: action, answer: answer)
        }
    }

    private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    private func decode(_ text: String, action: String) throws(GuestChannelError) -> [UInt8] {
        guard let data = Data(base64Encoded: text) else { throw .malformed(action: action, answer: text) }
        return Array(data)
    }

    private func pause(_ duration: Duration, action: String) async throws(GuestChannelError) {
        do { try await clock.sleep(for: duration) } catch { throw .cancelled(action: action) }
    }
}

extension GuestChannelError {
    fileprivate init(_ error: AgentTransportError, action: String, limit: Duration) {
        self =
            switch error {
            case .notConnected(let reason): .unreachable(waited: limit, lastReason: reason)
            case .timedOut: .timedOut(action: action, limit: limit)
            case .refused(let reason): .refused(action: action, reason: reason)
            case .machineIsOff: .machineIsOff(action: action)
            }
    }
}
