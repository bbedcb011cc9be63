import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// A process that serves for the whole scenario.
struct Service: Sendable {
    /// The name by which reports speak of it.
    let name: String
    let program: HostProgram
    let arguments: [String]
    let workingFolder: FilePath
    let log: ServiceLog

    /// Runs the process until the task is cancelled, and returns only after it and its children are gone.
    ///
    /// Children that leave its process group, as those of dropbear do for a visitor, end by themselves.
    ///
    /// - Throws: ``SimulatedInternetError/serviceEnded(_:status:lastLines:)`` when it ends by itself.
    func run() async throws {
        let group = ProcessGroup()
        let result: Result<TerminationStatus, any Error>
        do { result = .success(try await run(in: group)) } catch { result = .failure(error) }
        await group.end()
        let status = try result.get()
        try Task.checkCancellation()
        throw SimulatedInternetError.serviceEnded(name, status: status.explanation, lastLines: log.lastLines)
    }

    private func run(in group: ProcessGroup) async throws -> TerminationStatus {
        let path = try program.path()
        return try await program.explainingFailures {
            try await log.withOutput { file in
                try await Subprocess.run(
                    .path(path),
                    arguments: Arguments(arguments),
                    environment: HostProgram.environment,
                    workingDirectory: workingFolder,
                    platformOptions: .ownProcessGroup,
                    input: .none,
                    output: .sequence,
                    error: .combinedWithOutput
                ) { execution in
                    group.leader.withLock { $0 = execution.processIdentifier.value }
                    for try await buffer in execution.standardOutput {
                        try log.receive(buffer.withUnsafeBytes { Array($0) }, to: file)
                    }
                }.terminationStatus
            }
        }
    }
}

/// The processes that a service has started, as long as they stay in its group.
private final class ProcessGroup: Sendable {
    /// Zero before the service runs.
    let leader = Mutex<pid_t>(0)

    /// Ends what is left of the group once its leader is gone, and waits for that.
    func end() async {
        let leader = leader.withLock { $0 }
        guard leader > 0 else { return }
        // A task of its own, for this one may be cancelled. They are no children of ours, so nothing tells of their end.
        await Task {
            for _ in 0..<400 {
                guard kill(-leader, SIGKILL) == 0 else { break }
                try? await Task.sleep(for: .milliseconds(5))
            }
        }.value
    }
}
