import ArgumentParser
import Diagnostics
import Foundation
import LiveSystem
import Sandbox
import SimulatedInternet
import Subprocess
import SystemPackage
import Verdicts

/// The simulated internet by hand.
struct InternetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "internet",
        abstract: "Start the simulated internet by hand, to look around in it.",
        subcommands: [Up.self, InternetWorkerCommand.self],
        defaultSubcommand: Up.self
    )

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Start it in a sandbox, say what is there, and run a shell or a command as a guest would.",
            discussion: """
                Everything ends with the shell or the command, whose exit status is this one's. With --format json and
                no command there is no shell: one line of JSON is printed, and all ends with the end of the input or
                a signal. Programs find the same JSON in $ASSAY_INTERNET.
                """
        )

        @Option(
            help: ArgumentHelp(
                "What to start as well: \(InternetWish.known.joined(separator: ", ")). Repeat, or put commas between.",
                valueName: "parts"
            )
        )
        var with: [String] = []

        @Option(help: "Begin with what the description of this system in features/systems says.")
        var system: String?

        @Option(name: .shortAndLong, help: "text or json.")
        var format = Format.text

        @Argument(
            parsing: .postTerminator,
            help: ArgumentHelp("What to run in place of a shell, behind --.", valueName: "command")
        )
        var command: [String] = []

        func validate() throws {
            guard format == .text || command.isEmpty else {
                throw ValidationError("A command finds the JSON in $ASSAY_INTERNET; --format json is for none.")
            }
        }

        func run() async throws {
            let wish = try InternetWish(with)
            let described = try system.map { try DescribedSystem(named: $0, in: "features/systems") }
            let kernel = await SandboxRequirements.assay.checkKernel()
            if let lack = kernel.first(where: { $0.severity == .missing }) { throw UnfitHost(lack: lack) }
            let job = try InternetJob(wish, described)
            do {
                let (status, signal) = try await withInterrupts { try await up(job) }
                if let signal { throw ArgumentParser.ExitCode(signal.rawValue) }
                if status != 0 { throw ArgumentParser.ExitCode(status) }
            } catch let interrupted as Interrupted {
                throw ArgumentParser.ExitCode(interrupted.code.rawValue)
            }
        }

        private func up(_ job: InternetJob) async throws -> Int32 {
            var options = SandboxOptions()
            options.keptPaths = [try SandboxExecutable.running(), FilePath(job.cache)]
            options.keptPaths += job.configuration.updates.map { [FilePath($0)] } ?? []
            if format == .text, command.isEmpty { Assay.note("starting the simulated internet") }
            return try await withSandboxedProcess(
                try SandboxExecutable.running(),
                arguments: ["internet", InternetWorkerCommand.name],
                options: options
            ) { process in
                try await process.write(line: String(decoding: try JSONEncoder().encode(job), as: UTF8.self))
                let scene = try await next(of: process)
                return try await withThrowingTaskGroup(of: Int32?.self) { group in
                    defer { group.cancelAll() }
                    // Nothing more is said unless something breaks.
                    group.addTask {
                        _ = try await next(of: process)
                        return nil
                    }
                    group.addTask { try await attend(scene, process) }
                    for try await status in group { if let status { return status } }
                    throw CancellationError()
                }
            }
        }

        /// What the worker says next: what is there, or why it can't be.
        private func next(of process: SandboxedProcess) async throws -> InternetScene {
            let line: String
            do {
                line = try await process.expectLine()
            } catch {
                // Reading from a sandbox that is being ended is no error of it.
                try Task.checkCancellation()
                throw error
            }
            switch try JSONDecoder().decode(InternetMessage.self, from: Data(line.utf8)) {
            case .up(let scene): return scene
            case .failed(let failure): throw failure
            }
        }

        private func attend(_ scene: InternetScene, _ process: SandboxedProcess) async throws -> Int32 {
            let json = try scene.json()
            if format == .json {
                Assay.write(json + "\n", to: .standardOutput)
                try await InputEnd.wait()
                return 0
            }
            if command.isEmpty { Assay.write(scene.text, to: .standardOutput) }
            let shell = ProcessInfo.processInfo.environment["SHELL"].map { $0.isEmpty ? "/bin/sh" : $0 } ?? "/bin/sh"
            return try await process.visit(
                command.isEmpty ? [shell] : command,
                network: FilePath(scene.network),
                environment: .inherit.updating([
                    "ASSAY_INTERNET": json,
                    // Shown before the prompt of Debian's shells.
                    "debian_chroot": "assay internet",
                ])
            )
        }
    }
}

/// What somebody wants besides what is there in any case.
struct InternetWish {
    static let tor = "tor"
    static let dhcpv6 = "dhcpv6"
    static let known = InternetPart.allCases.map(\.rawValue) + [tor, dhcpv6]

    var parts: Set<InternetPart> = []
    /// Whether a Tor client is to be connected for the visitor.
    var tor = false
    var dhcpv6 = false

    /// Reads names, with commas between them.
    init(_ texts: [String]) throws {
        for name in texts.flatMap({ $0.split(separator: ",").map(String.init) }) {
            switch name {
            case Self.tor: tor = true
            case Self.dhcpv6: dhcpv6 = true
            default:
                guard let part = InternetPart(rawValue: name) else { throw UnknownPart(name: name) }
                parts.insert(part)
            }
        }
    }
}

/// A part of the internet that there is not.
private struct UnknownPart: ExplainedError {
    let name: String

    var blame: Blame { .testAuthor }
    var summary: String { "--with needs parts of the internet, and “\(name)” is none." }
    var context: [String] { ["known: \(InternetWish.known.joined(separator: ", "))"] }
    var hint: String? { nearestName(to: name, among: InternetWish.known).map { "Did you mean “\($0)”?" } }
}

/// The end of this program's input.
enum InputEnd {
    /// Waits for it, or for the task to be cancelled.
    static func wait() async throws {
        let ended = Latch()
        let thread = Thread {
            while readLine() != nil {}
            ended.open()
        }
        thread.name = "standard input"
        thread.start()
        await ended.wait()
        try Task.checkCancellation()
    }
}
