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
        for definition in liveSystemSteps.definitions {
            guard text.map({ definition.pattern.localizedCaseInsensitiveContains($0) }) ?? true else { continue }
            print(definition.pattern)
            if let documentation = definition.documentation { print("    \(documentation)") }
        }
    }
}
