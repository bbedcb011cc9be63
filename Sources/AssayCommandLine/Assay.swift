import ArgumentParser
import Diagnostics
import Foundation
import Glibc
import Verdicts

/// The command line: the one place where the parts are put together.
struct Assay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: ProcessInfo.processInfo.processName,
        abstract:
            "Tests whole operating systems: boots a built image, uses it as a person would, judges every frame that leaves it.",
        version: version,
        subcommands: [
            RunCommand.self, PlanCommand.self, StepsCommand.self, GherkinCommand.self, ReportCommand.self,
            MergeCommand.self, ConsoleCommand.self, CheckpointsCommand.self, ScreenCommand.self, NeedlesCommand.self,
            DoctorCommand.self, ImageCommand.self, LeaksCommand.self, InternetCommand.self, WorkerCommand.self,
        ]
    )

    /// The program's version, as it stands in every record.
    static let version = "0.1.0"

    static func main() async {
        // A closed pipe is an error of the write, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as ArgumentParser.ExitCode {
            Glibc.exit(error.rawValue)
        } catch let error as any ExplainedError {
            complain(error)
            Glibc.exit(exitCode(for: error.blame).rawValue)
        } catch {
            // The parser's own messages: help goes to standard output and is no error.
            let wanted = exitCode(for: error) == .success
            let text = fullMessage(for: error)
            write(text + "\n", to: wanted ? .standardOutput : .standardError)
            Glibc.exit(wanted ? 0 : Verdicts.ExitCode.wrongSuite.rawValue)
        }
    }

    /// Prints an error with its blame, context and hint.
    static func complain(_ error: any ExplainedError) {
        write("assay: \(error.description)\nBlame: \(error.blame.rawValue)\n", to: .standardError)
    }

    /// Writes to somebody who may have gone, which is no reason to end.
    static func write(_ text: String, to file: FileHandle) {
        // Not `write(_:)`, which ends the program by a trap.
        try? file.write(contentsOf: Data(text.utf8))
    }

    /// What an error that ends the program before or beside the scenarios means for scripts.
    private static func exitCode(for blame: Blame) -> Verdicts.ExitCode {
        switch blame {
        case .systemUnderTest: .failed
        case .testAuthor: .wrongSuite
        case .host, .harness: .infrastructure
        }
    }
}
