import ArgumentParser
import LiveSystemSteps

/// Lists the steps that features can use.
struct StepsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steps",
        abstract: "List the step definitions, with their documentation."
    )

    @Argument(help: "Only definitions whose text contains this.")
    var text: String?

    func run() async throws {
        for definition in liveSystemSteps.summaries {
            guard text.map({ definition.pattern.lowercased().contains($0.lowercased()) }) ?? true else { continue }
            print(definition.pattern)
            if !definition.documentation.isEmpty { print("    \(definition.documentation)") }
        }
    }
}
