import Accelerators
import ArgumentParser
import CucumberMessages
import Diagnostics
import Foundation
import LiveSystem
import Reports
import Sandbox
import ScenarioRunner
import SystemPackage
import Verdicts

/// Runs scenarios.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run scenarios against an image, and judge all of its traffic.",
        discussion: """
            Exit status: 0 everything passed; 1 the system under test failed; 2 the command line or the suite is wrong; \
            75 the host or the harness broke down; 130 and 143 interrupted.
            """
    )

    @OptionGroup var suite: SuiteOptions

    @Option(help: "The image to test: a file, or a name that the system lists. Default: by the scenarios' tags.")
    var image: String?

    @Flag(name: [.short, .long], help: "Plan, and stop.")
    var dryRun = false

    @Option(name: [.customShort("j"), .long], help: "How many scenarios run side by side.")
    var parallel = 1

    @Flag(help: "Start no further scenario after one did not pass.")
    var failFast = false

    @Option(help: "Start no further scenario after this many did not pass.")
    var maxFailures: Int?

    @Option(
        name: .shortAndLong,
        help:
            "NAME[:PATH]: \(ReportFormat.Kind.allCases.map(\.rawValue).joined(separator: ", ")). Repeat for several; JUnit and HTML are always made."
    )
    var format: [String] = []

    @Option(help: "The folder of this run, which must be empty or absent. Default: a new one in runs/")
    var output: String?

    @Option(help: "auto, kvm or tcg.")
    var accelerator = Accelerator.Choice.auto

    @Option(help: "Multiplies every deadline; emulation without KVM is allowed for.")
    var timeoutScale = 1.0

    func validate() throws {
        guard parallel > 0 else { throw ValidationError("--parallel needs a number above 0.") }
        guard timeoutScale > 0, timeoutScale <= 1000 else {
            throw ValidationError("--timeout-scale needs a number above 0.")
        }
    }

    func run() async throws {
        let plan = try suite.plan()
        let system = try suite.describedSystem()
        let formats = try format.map { try ReportFormat(parsing: $0) }
        guard !dryRun else {
            print("\(plan.entries.count) scenarios would run, digest \(plan.digest)")
            return
        }
        async let chosen = Accelerator.choose(accelerator)
        async let kernel = SandboxRequirements.assay.checkKernel()
        let images = try await findImages(for: plan, in: system)
        if let lack = await kernel.first(where: { $0.severity == .missing }) { throw UnfitHost(lack: lack) }
        let directory = try RunDirectory.create(in: "runs", at: output.map { FilePath($0) })
        let accelerator = await chosen
        if case .tcg = accelerator { Assay.note(accelerator.explanation) }

        let settings = try LiveSystemSettings(
            system: system,
            images: images,
            accelerator: accelerator,
            timeoutScale: timeoutScale
        )
        var code = try await run(plan, settings, in: directory, formats: formats)
        if plan.entries.isEmpty { code = .passed }
        throw ArgumentParser.ExitCode(code.rawValue)
    }

    private func run(
        _ plan: Plan,
        _ settings: LiveSystemSettings,
        in directory: RunDirectory,
        formats: [ReportFormat]
    ) async throws -> Verdicts.ExitCode {
        let reports = try RunReports(formats, directory: directory.path)
        try await reports.proveLeakJudge()
        let subject = RunSubject(settings, plan: plan, directory: directory)
        let coordinator = Coordinator(
            plan: plan,
            directory: directory,
            worker: SandboxedWorker(),
            settings: settings,
            options: options,
            record: { try await reports.receive($0) }
        )
        do {
            let (verdicts, signal) = try await withInterrupts {
                async let identified: Void = subject.write { try await reports.receive($0) }
                let verdicts = try await reports.refreshing { try await coordinator.run(.current) }
                try await identified
                return verdicts
            }
            try await reports.finish()
            return signal ?? ExitCode(verdicts: verdicts.compactMap(\.self))
        } catch let error as Interrupted {
            try? await reports.finish()
            return error.code
        } catch let error as any ExplainedError {
            // What could be written is readable; the error says why there is no more.
            try? await reports.finish()
            throw error
        }
    }

    private var options: Coordinator<SandboxedWorker>.Options {
        var options = Coordinator<SandboxedWorker>.Options()
        options.parallel = parallel
        options.maximumFailures = maxFailures ?? (failFast ? 1 : .max)
        return options
    }

    /// Makes or finds the images that the plan needs, and no others.
    private func findImages(for plan: Plan, in system: DescribedSystem) async throws -> [String: String] {
        let finder = ImageFinder(system)
        let needed = Set(plan.entries.map { system.description.size(for: $0.pickle.tags.map(\.name)).name })
        var images: [String: String] = [:]
        for name in needed.sorted() { images[name] = try await finder.path(of: image ?? name) }
        return images
    }
}

extension Assay {
    /// Says something to the person who waits; never mixed with a report.
    static func note(_ text: String) {
        write("assay: \(text)\n", to: .standardError)
    }
}

extension Accelerator.Choice: ExpressibleByArgument {}

extension Meta {
    /// This program on this machine.
    fileprivate static var current: Meta {
        var system = utsname()
        uname(&system)
        func text(_ field: some Any) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return Meta(
            protocolVersion: "34.2.1",
            implementation: Product(name: "assay", version: Assay.version),
            runtime: Product(name: "swift"),
            os: Product(name: text(system.sysname), version: text(system.release)),
            cpu: Product(name: text(system.machine))
        )
    }
}
