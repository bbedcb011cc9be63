import Subprocess
import SystemPackage

/// A process that serves for the whole scenario.
struct Service: Sendable {
    /// The name by which reports speak of it.
    let name: String
    let program: HostProgram
    let arguments: [String]
    let workingFolder: FilePath
    let log: ServiceLog

    /// Runs the process until the task is cancelled, and returns only after the process is gone.
    ///
    /// - Throws: ``SimulatedInternetError/serviceEnded(_:status:lastLines:)`` when it ends by itself.
    func run() async throws {
        let path = try program.path()
        let status = try await program.explainingFailures {
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
                    for try await buffer in execution.standardOutput {
                        try log.receive(buffer.withUnsafeBytes { Array($0) }, to: file)
                    }
                }.terminationStatus
            }
        }
        try Task.checkCancellation()
        throw SimulatedInternetError.serviceEnded(name, status: status.explanation, lastLines: log.lastLines)
    }
}
