import Accelerators
import ArgumentParser
import CheckpointStore
import CucumberMessages
import Diagnostics
import FileLocks
import Foundation
import LiveSystem
import PastRuns
import Reports
import Sandbox
import ScenarioRunner
import ScenarioWorlds
import SystemPackage
import Verdicts
import VideoRecording

/// How scenarios are run, and what is told of it.
struct RunOptions: ParsableArguments {
    @Option(help: "The image to test: a file, or a name that the system lists. Default: by the scenarios' tags.")
    var image: String?

    @Option(
        name: [.customShort("j"), .long],
        help: "How many scenarios run side by side, as far as memory and processors of the host suffice."
    )
    var parallel = 1

    @Flag(help: "Prepare no scenario before its turn.")
    var noStandby = false

    @OptionGroup var checkpoints: CheckpointOptions

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

    @Option(help: "Which scenarios leave a video: never, failure or always. Default: failure, if ffmpeg is there.")
    var video: VideoChoice?

    @Flag(help: "Offer the live screens in the browser and to VNC viewers, to be looked at.")
    var view = false

    @Flag(help: "As --view, and keys and clicks in the browser go to the machine.")
    var viewInput = false

    @Option(help: "Stand still with the machine alive, and ask: on failure, mismatch (of a picture) or step.")
    var pauseOn: PauseRule?

    func validate() throws {
        guard pauseOn == nil || parallel == 1 else {
            throw ValidationError("--pause-on asks one person about one scenario; leave --parallel out.")
        }
        guard parallel > 0 else { throw ValidationError("--parallel needs a number above 0.") }
        guard timeoutScale > 0, timeoutScale <= 1000 else {
            throw ValidationError("--timeout-scale needs a number above 0.")
        }
    }

    /// When a run ends before all of its scenarios have run, and what counts as a failure.
    struct Limits {
        var maximumFailures = Int.max
        var failOnFlaky = false
        /// Whether the run is a person's console, so that nobody waits for a report.
        var isConsole = false
    }

    /// Runs a plan, and leaves its record in a run directory.
    ///
    /// - Returns: What it came to.
    /// - Throws: Why it could not begin, or why there is no complete record.
    func run(
        _ plan: Plan,
        _ request: PlanRequest,
        on system: DescribedSystem,
        limits: Limits = Limits(),
        resuming earlier: Resumption? = nil
    ) async throws -> Verdicts.ExitCode {
        let formats = try format.map { try ReportFormat(parsing: $0) }
        async let chosen = Accelerator.choose(accelerator)
        async let kernel = SandboxRequirements.assay.checkKernel()
        let images: [String: String]
        if let earlier {
            images = try await earlier.images()
        } else {
            images = try await findImages(for: plan, in: system)
        }
        if let lack = await kernel.first(where: { $0.severity == .missing }) { throw UnfitHost(lack: lack) }
        let directory = try earlier?.directory ?? RunDirectory.create(in: "runs", at: output.map { FilePath($0) })
        let accelerator = await chosen
        if case .tcg = accelerator { Assay.note(accelerator.explanation) }
        if request.order != ScenarioOrder.defined.description { Assay.note("The order is \(request.order).") }

        var settings = try LiveSystemSettings(
            system: system,
            images: images,
            accelerator: accelerator,
            timeoutScale: timeoutScale
        )
        let prompt = try pauseOn.map { _ in try PromptTerminal() }
        settings.pauseOn = pauseOn
        settings.video = try videoChoice()
        var options = Coordinator<SandboxedWorker>.Options()
        options.parallel = parallel
        options.standby = noStandby ? 0 : 1
        options.maximumFailures = limits.maximumFailures
        options.failOnFlaky = limits.failOnFlaky
        options.processors = HostProcessors.mostOfGuests
        options.processorsOfGuest = HostProcessors.perGuest
        options.earlier = earlier?.earlier
        options.hooks = RunHookRunner(AssaySuite.current.steps, deadline: settings.stepDeadline)
        options.tell = { Assay.note($0) }
        let job = Job(
            plan: plan,
            request: request,
            settings: settings,
            prompt: prompt,
            isConsole: limits.isConsole,
            options: options,
            formats: formats
        )
        var isLocked = false
        do {
            return try await FileLock.withLock(directory.lock, within: .zero) {
                isLocked = true
                guard view || viewInput else { return try await run(job, in: directory) }
                return try await LiveView.during(takesInput: viewInput) { [job] view in
                    var job = job
                    job.view = view
                    job.settings.viewFolder = view.folder
                    return try await run(job, in: directory)
                }
            }
        } catch is FileLockError where !isLocked {
            throw ResumeError.running(directory.path.string)
        }
    }

    /// Everything that a run is made of.
    private struct Job {
        let plan: Plan
        let request: PlanRequest
        var settings: LiveSystemSettings
        var view: LiveView?
        var prompt: PromptTerminal?
        var isConsole = false
        let options: Coordinator<SandboxedWorker>.Options
        let formats: [ReportFormat]
    }

    private func run(_ job: Job, in directory: RunDirectory) async throws -> Verdicts.ExitCode {
        let (plan, settings) = (job.plan, job.settings)
        let isResumed = job.options.earlier != nil
        let reports = try RunReports(
            job.formats,
            directory: directory.path,
            record: isResumed ? .resumed : .new,
            isSilent: job.isConsole,
            isHeld: { job.prompt?.isOpen ?? false }
        )
        try await reports.proveLeakJudge()
        let memory = MemoryOfRun(cache: settings.cache)
        let surroundings = CheckpointSurroundings(settings)
        let shelf = try await CheckpointShelf(plan, in: checkpoints.store()) {
            try await surroundings.ingredients(variant: $0)
        }
        let subject = RunSubject(settings, plan: plan, request: job.request, shelf: shelf, directory: directory)
        if !isResumed { try await subject.writePlan() }
        let coordinator = Coordinator(
            plan: plan,
            shelf: shelf,
            directory: directory,
            worker: SandboxedWorker(view: job.view, prompt: job.prompt),
            settings: settings,
            memory: memory.book,
            memoryRequest: { MemoryOfRun.request(of: $0, on: settings.description) },
            options: job.options,
            record: { try await reports.receive($0) }
        )
        do {
            let (outcome, signal) = try await withInterrupts {
                // What was tested is in the record of a run that goes on, and is the same.
                async let identified: Void = isResumed ? () : subject.write { try await reports.receive($0) }
                let outcome = try await reports.refreshing { try await coordinator.run(.current) }
                try await identified
                return outcome
            }
            memory.keep()
            try await reports.finish()
            return signal ?? ExitCode(verdicts: outcome.verdicts, failOnFlaky: job.options.failOnFlaky)
        } catch let error as Interrupted {
            try? await reports.finish()
            return error.code
        } catch let error as any ExplainedError {
            // What could be written is readable; the error says why there is no more.
            try? await reports.finish()
            throw error
        }
    }

    /// What is wanted, as far as this host can do it: who did not ask for a video is told that there is none.
    private func videoChoice() throws -> VideoChoice {
        guard !VideoChoice.isPossible else { return video ?? .failure }
        if let video, video != .never { throw VideoError.notInstalled }
        if video == nil { Assay.note("There are no videos of failures without ffmpeg; see assay doctor.") }
        return .never
    }

    /// Makes or finds the images that the plan needs, and no others.
    private func findImages(for plan: Plan, in system: DescribedSystem) async throws -> [String: String] {
        let finder = ImageFinder(system)
        let entries = plan.entries + plan.checkpoints.map(\.entry)
        let needed = Set(entries.map { system.description.size(for: $0.pickle.tags.map(\.name)).name })
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
extension VideoChoice: ExpressibleByArgument {}
extension PauseRule: ExpressibleByArgument {
    init?(argument: String) {
        guard let rule = PauseRule(rawValue: argument), Self.asked.contains(rule) else { return nil }
        self = rule
    }

    static var allValueStrings: [String] { asked.map(\.rawValue) }

    /// The rules that a run can be given.
    private static var asked: [PauseRule] { allCases.filter { $0 != .end } }
}

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
