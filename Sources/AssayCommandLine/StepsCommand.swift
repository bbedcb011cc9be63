import ArgumentParser
import Foundation
import Gherkin
import ScenarioRunner
import StepDefinitions
import Verdicts

/// Tells which steps features can use.
struct StepsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steps",
        abstract: "List the step definitions, or say which one a text matches.",
        subcommands: [List.self, Match.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the step definitions, with their documentation."
        )

        /// How a list is printed.
        enum Format: String, ExpressibleByArgument, CaseIterable {
            case text, json, typescript
        }

        @Argument(help: "Only definitions whose text contains this.")
        var text: String?

        @Option(name: .shortAndLong, help: "text; json for programs; typescript for editors, see docs/editors.md.")
        var format = Format.text

        func run() async throws {
            switch format {
            case .json:
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                print(String(decoding: try encoder.encode(StepsDocument(AssaySuite.current.steps)), as: UTF8.self))
            case .typescript: print(GlueFile(AssaySuite.current.steps).text, terminator: "")
            case .text:
                for definition in AssaySuite.current.steps.summaries {
                    guard text.map({ definition.pattern.lowercased().contains($0.lowercased()) }) ?? true else {
                        continue
                    }
                    print(definition.pattern)
                    if !definition.documentation.isEmpty { print("    \(definition.documentation)") }
                }
            }
        }

        func validate() throws {
            guard text == nil || format == .text else { throw ValidationError("Only the format text can be searched.") }
        }
    }

    struct Match: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which step a text matches, and with what arguments.",
            discussion: "Exit status: 0 when one step matches; 2 when none or several do."
        )

        /// How it is told.
        enum Format: String, ExpressibleByArgument, CaseIterable {
            case text, json
        }

        @Argument(help: "The text of a step, without its keyword.")
        var text: String

        @Option(name: .shortAndLong, help: "How to tell it.")
        var format = Format.text

        func run() async throws {
            var ids = IdSequence()
            let checkpoints = try SuiteOptions.checkpoints(ids: &ids)?.pickles ?? []
            if let checkpoint = checkpoints.first(where: { $0.name == text }) {
                return print("\(text)\n    the checkpoint at \(checkpoint.place), as the first step of a scenario")
            }
            let explanation = AssaySuite.current.steps.explain(text)
            switch format {
            case .text: for line in explanation.lines { print(line) }
            case .json:
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                print(String(decoding: try encoder.encode(explanation), as: UTF8.self))
            }
            guard explanation.isDefined else { throw ArgumentParser.ExitCode(Verdicts.ExitCode.wrongSuite.rawValue) }
        }
    }
}
