import ArgumentParser
import CucumberMessages
import Foundation
import Gherkin
import ScenarioRunner
import Verdicts

/// Prints what features say, as Cucumber Messages.
struct GherkinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gherkin",
        abstract: "Parse features, and print them as Cucumber Messages, one JSON object a line.",
        discussion: "Ends with status 2 when a file does not parse; each of its errors is a message too."
    )

    @Argument(help: "Feature files (.feature or .feature.md), or folders of them.")
    var paths: [String]

    @Flag(inversion: .prefixedNo, help: "Print the text of each file.")
    var source = true

    @Flag(inversion: .prefixedNo, help: "Print the syntax trees.")
    var ast = true

    @Flag(inversion: .prefixedNo, help: "Print the pickles: one per scenario, or per row of an outline's examples.")
    var pickles = true

    func run() async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var ids = IdSequence()
        let suite = try Suite(FeatureSelection(paths), ids: &ids)
        for envelope in suite.envelopes where isWanted(envelope) {
            Assay.write(String(decoding: try encoder.encode(envelope), as: UTF8.self) + "\n", to: .standardOutput)
        }
        if !suite.errors.isEmpty { throw ArgumentParser.ExitCode(Verdicts.ExitCode.wrongSuite.rawValue) }
    }

    private func isWanted(_ envelope: Envelope) -> Bool {
        switch envelope {
        case .source: source
        case .gherkinDocument: ast
        case .pickle: pickles
        default: true
        }
    }
}
