package import Subprocess
package import SystemPackage

/// A process that runs in a sandbox of its own.
///
/// Valid within the scope that made it.
package struct SandboxedProcess: Sendable {
    /// Thrown by ``expectLine()`` and ``write(line:)`` when the process has gone; becomes ``SandboxError/endedEarly(_:standardError:)``.
    package struct OutputEnded: Error {}

    /// The process to which signals go, as seen from outside of the sandbox.
    package let processIdentifier: Int32

    let writer: StandardInputWriter
    let reader: LineReader
    let errors: OutputTail

    /// What it last wrote to standard error.
    package var standardErrorTail: String { errors.text }

    /// The lines of its standard output, without their ends.
    ///
    /// There may be one reader at a time.
    package var lines: Lines { Lines(reader: reader) }

    /// Returns the next line of its standard output, or throws ``OutputEnded``.
    package func expectLine() async throws -> String {
        guard let line = try await reader.next() else { throw OutputEnded() }
        return line
    }

    /// Sends a line to its standard input, or throws ``OutputEnded`` when the process is not there any more.
    package func write(line: String) async throws {
        // Bytes of a longer line may go out in parts.
        var rest = Array(line.utf8)[...] + [UInt8(ascii: "\n")]
        while !rest.isEmpty {
            let count: Int
            do { count = try await writer.write(Array(rest)) } catch { throw SandboxError.pipesBroke("\(error)") }
            // Nothing is taken once the process has exited.
            guard count > 0 else { throw OutputEnded() }
            rest = rest.dropFirst(count)
        }
    }

    /// Closes its standard input, which asks it to end.
    package func finishInput() async {
        try? await writer.finish()
    }

    /// The lines of a process as an asynchronous sequence.
    package struct Lines: AsyncSequence, AsyncIteratorProtocol, Sendable {
        let reader: LineReader

        package func makeAsyncIterator() -> Lines { self }

        package func next() async throws -> String? { try await reader.next() }
    }
}

// MARK: - Scope

/// What of the surroundings a sandboxed process gets, and how it is stopped.
package struct SandboxOptions: Sendable {
    /// The whole environment of the process.
    package var environment: Environment = .inherit
    /// The folder in which it starts.
    package var workingDirectory: FilePath?
    /// Absolute paths that stay visible though a folder above them (`/run`, `/dev/shm`) is covered.
    package var keptPaths: [FilePath] = []
    /// The longest line that is accepted from it, in bytes.
    package var lineLimit = 16 << 20
    /// How long it may take to end after its input was closed, and again after SIGTERM.
    package var stopPatience: Duration = .seconds(10)
    /// The program that makes sandboxes, when it is not the one beside this program.
    package var sandboxExecutable: FilePath?

    /// Creates the usual options.
    package init() {}
}

/// Runs a program in a sandbox of its own while `body` talks to it, and ends it and everything in its sandbox after.
///
/// The sandbox also ends when this process does, by whatever cause. On leaving the scope the program's input is
/// closed; if it does not end by that, it gets SIGTERM and then SIGKILL.
///
/// - Throws: ``SandboxError``, or the error of `body`.
package func withSandboxedProcess<Value: Sendable>(
    _ executable: FilePath,
    arguments: [String] = [],
    options: SandboxOptions = SandboxOptions(),
    body: (SandboxedProcess) async throws -> Value
) async throws -> Value {
    let sandbox =
        if let chosen = options.sandboxExecutable { chosen } else { try SandboxExecutable.beside() }
    let keeping = options.keptPaths.flatMap { ["--keep", $0.string] }
    var platform = PlatformOptions()
    platform.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: options.stopPatience)]

    let errors = OutputTail(limit: 64 << 10)
    let outcome: ExecutionResult<Result<Value, any Error>, SequenceOutput, SequenceOutput>
    do {
        outcome = try await run(
            Configuration(
                executable: .path(sandbox),
                arguments: Arguments(keeping + ["--", executable.string] + arguments),
                environment: options.environment,
                workingDirectory: options.workingDirectory,
                platformOptions: platform
            ),
            input: .inputWriter,
            output: .sequence,
            error: .sequence
        ) { execution in
            let process = SandboxedProcess(
                processIdentifier: execution.processIdentifier.value,
                writer: execution.standardInputWriter,
                reader: LineReader(execution.standardOutput, limit: options.lineLimit),
                errors: errors
            )
            async let errorsRead: Void = collect(execution.standardError, into: errors)
            let result: Result<Value, any Error>
            do { result = .success(try await body(process)) } catch { result = .failure(error) }
            await process.finishInput()
            async let drained: Void = process.reader.drain()
            // Signal 0 does nothing but wait: first the end of its input has to do.
            await execution.teardown(using: [
                .send(signal: Signal(rawValue: 0), allowedDurationToNextStep: options.stopPatience),
                .send(signal: .terminate, allowedDurationToNextStep: options.stopPatience),
            ])
            await drained
            await errorsRead
            return result
        }
    } catch let error as SubprocessError {
        throw SandboxError.pipesBroke("\(error)")
    }

    let termination = Termination(outcome.terminationStatus)
    if termination == .exited(SandboxExecutable.refusalStatus),
        let refusal = SandboxRefusal(standardError: errors.text)
    {
        throw SandboxError.refused(refusal)
    }
    do {
        return try outcome.closureResult.get()
    } catch is SandboxedProcess.OutputEnded {
        throw SandboxError.endedEarly(termination, standardError: errors.text)
    }
}

private func collect(_ output: SubprocessOutputSequence, into tail: OutputTail) async {
    do {
        for try await buffer in output { tail.append(buffer.withUnsafeBytes { Array($0) }) }
    } catch {
        tail.append(Array("(standard error could not be read: \(error))\n".utf8))
    }
}

extension Termination {
    /// `assay-sandbox` reports the signal that ended its program as a status above 128, as shells do.
    init(_ status: TerminationStatus) {
        switch status {
        case .exited(let code) where (129...192).contains(code): self = .signalled(code - 128)
        case .exited(let code): self = .exited(code)
        case .signaled(let signal): self = .signalled(signal)
        }
    }
}
