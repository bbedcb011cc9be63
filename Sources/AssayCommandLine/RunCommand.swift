import ArgumentParser
import ScenarioRunner
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

    @OptionGroup var options: RunOptions

    @Flag(name: [.short, .long], help: "Plan, and stop.")
    var dryRun = false

    @Flag(help: "Start no further scenario after one did not pass.")
    var failFast = false

    @Option(help: "Start no further scenario after this many did not pass.")
    var maxFailures: Int?

    @Flag(help: "Fail when a scenario passes only when it is tried again.")
    var failOnFlaky = false

    @Option(
        help: ArgumentHelp(
            "Go on with a run that was killed or interrupted, as it was asked for; what has ended is kept.",
            valueName: "run"
        )
    )
    var resume: String?

    func validate() throws {
        guard maxFailures ?? 1 > 0 else { throw ValidationError("--max-failures needs a number above 0.") }
        guard !failFast || maxFailures == nil else {
            throw ValidationError("--fail-fast is --max-failures 1; give one of them.")
        }
        guard resume == nil || (suite.isDefault && options.output == nil && options.image == nil) else {
            throw ValidationError("--resume goes on with what the run was asked for; leave out what chooses otherwise.")
        }
    }

    func run() async throws {
        var earlier: Resumption?
        if let resume { earlier = try await Resumption(of: resume) }
        let request = try earlier?.request ?? suite.request()
        let plan = try earlier?.plan ?? request.plan()
        let system = try PlanRequest.describedSystem(request.system)
        guard !dryRun else {
            print("\(plan.entries.count) scenarios would run, digest \(plan.digest)")
            return
        }
        var limits = RunOptions.Limits()
        limits.maximumFailures = maxFailures ?? (failFast ? 1 : .max)
        limits.failOnFlaky = failOnFlaky
        var code = try await options.run(plan, request, on: system, limits: limits, resuming: earlier)
        if plan.entries.isEmpty, code == .infrastructure { code = .passed }
        throw ArgumentParser.ExitCode(code.rawValue)
    }
}
