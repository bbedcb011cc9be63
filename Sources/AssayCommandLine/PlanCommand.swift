import ArgumentParser
import Forecasts
import Foundation
import LiveSystem
import ScenarioRunner

/// Prints what a run would do.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Print what `run` would do, and the plan's digest."
    )

    /// How the plan is printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @OptionGroup var suite: SuiteOptions

    @Option(help: "How to print it.")
    var format = Format.text

    @Flag(help: "Tell where the time will go, by what earlier runs measured: nothing is started for it.")
    var explain = false

    @Option(name: [.customShort("j"), .long], help: "With --explain: how many scenarios run side by side.")
    var parallel = 1

    @Option(help: "With --explain: the image to test, a file. Default: that of the newest run.")
    var image: String?

    func validate() throws {
        guard (1...Forecast.mostWorkers).contains(parallel) else {
            throw ValidationError("--parallel needs a number from 1 to \(Forecast.mostWorkers).")
        }
    }

    func run() async throws {
        let plan = try suite.plan()
        let system = try suite.describedSystem()
        guard explain else {
            switch format {
            case .text: print(plan, on: system.description)
            case .json: try print(document: PlanDocument(plan))
            }
            return
        }
        let explanation = try await PlanExplanation(plan, on: system, image: image, parallel: parallel)
        switch format {
        case .text:
            for line in explanation.lines { Swift.print(line) }
            Swift.print("\n\(closingLine(of: plan))")
        case .json: try print(document: ForecastDocument(explanation.forecast))
        }
    }

    private func print(_ plan: Plan, on system: SystemDescription) {
        for entry in plan.entries {
            let image = system.size(for: entry.pickle.tags.map(\.name)).name
            let start = entry.start.flatMap { plan.checkpoint($0) }.map { "  from “\($0.title)”" } ?? ""
            Swift.print(ForecastText.harmless("\(entry.pickle.place)  \(entry.pickle.name)  [\(image)]\(start)"))
        }
        Swift.print(closingLine(of: plan))
    }

    private func print(document: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Swift.print(String(decoding: try encoder.encode(document), as: UTF8.self))
    }

    private func closingLine(of plan: Plan) -> String { "\(plan.entries.count) scenarios, digest \(plan.digest)" }
}
