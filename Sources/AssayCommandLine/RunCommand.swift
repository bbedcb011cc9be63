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

    func run() async throws {
        let plan = try suite.plan()
        let system = try suite.describedSystem()
        guard !dryRun else {
            print("\(plan.entries.count) scenarios would run, digest \(plan.digest)")
            return
        }
        var code = try await options.run(plan, on: system, maximumFailures: maxFailures ?? (failFast ? 1 : .max))
        if plan.entries.isEmpty { code = .passed }
        throw ArgumentParser.ExitCode(code.rawValue)
    }
}
