import FoundationEssentials
package import Subprocess
package import SystemPackage

extension SandboxedProcess {
    /// Runs a program inside the sandbox, with this process's own terminal, input and output.
    ///
    /// It ends with the sandbox at the latest.
    ///
    /// - Parameters:
    ///   - arguments: The program, found by the search path, and its arguments.
    ///   - network: The path, in the sandbox, of the network namespace to be in; or `nil` for the sandbox's own.
    ///   - environment: What the program finds in its environment.
    /// - Returns: Its exit status; 128 + n when a signal ended it.
    /// - Throws: ``SandboxError``.
    package func visit(_ arguments: [String], network: FilePath?, environment: Environment) async throws -> Int32 {
        guard let first = firstProcess else { throw SandboxError.pipesBroke("its first process is gone") }
        let place = ["--enter", "\(first)"] + (network.map { ["--network", $0.string] } ?? []) + ["--"]
        let status: TerminationStatus
        do {
            status = try await run(
                .path(try SandboxExecutable.beside()),
                arguments: Arguments(place + arguments),
                environment: environment,
                input: .fileDescriptor(.standardInput, closeAfterSpawningProcess: false),
                output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
                error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
            ).terminationStatus
        } catch let error as SubprocessError {
            throw SandboxError.pipesBroke("\(error)")
        }
        switch Termination(status) {
        case .exited(let status): return status
        case .signalled(let signal): return 128 + signal
        }
    }

    /// Process 1 of the sandbox, as it is seen from here.
    private var firstProcess: Int32? {
        let path = "/proc/\(processIdentifier)/task/\(processIdentifier)/children"
        guard let children = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return children.split(separator: " ").first.flatMap { Int32($0) }
    }
}
