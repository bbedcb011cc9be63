import ArgumentParser
import Forecasts
import Foundation
import LiveSystem
import PastRuns
import Reports
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

    @Option(
        help: ArgumentHelp(
            "Write down what earlier runs measured, for --durations: all shards have to go by the same.",
            valueName: "file"
        )
    )
    var writeDurations: String?

    func validate() throws {
        guard (1...Forecast.mostWorkers).contains(parallel) else {
            throw ValidationError("--parallel needs a number from 1 to \(Forecast.mostWorkers).")
        }
    }

    func run() async throws {
        let request = try suite.request()
        let plan = try request.plan()
        if let writeDurations {
            let durations = try Durations(of: request.whole(), measured: MeasuredTimes(ofRunsIn: "runs"))
            try Data(durations.text().utf8).write(to: URL(filePath: writeDurations), options: .atomic)
        }
        let system = try suite.describedSystem()
        guard explain else {
            switch format {
            case .text: print(plan, on: system.description)
            case .json: try print(document: await PlanDocument(plan, request))
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
            let terms = entry.terms.words.map { ", \($0)" }.joined()
            Swift.print(
                ForecastText.harmless("\(entry.pickle.place)  \(entry.pickle.name)  [\(image)\(terms)]\(start)")
            )
        }
        Swift.print(closingLine(of: plan))
    }

    private func print(document: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Swift.print(String(decoding: try encoder.encode(document), as: UTF8.self))
    }

    private func closingLine(of plan: Plan) -> String {
        let shard = plan.part.map { ", shard \($0.shard), partition \($0.partition)" } ?? ""
        return "\(plan.entries.count) scenarios, digest \(plan.digest)\(shard)"
    }
}

extension Terms {
    /// The terms that are not the usual ones, in a few words each.
    fileprivate var words: [String] {
        var words: [String] = []
        if retries > 0 { words.append("tried \(retries + 1) times at most") }
        if let deadline { words.append("within \(deadline)") }
        if company.isAlone { words.append("alone") }
        for name in company.series.sorted() { words.append(name.isEmpty ? "serial" : "serial \(name)") }
        if let quarantine { words.append("in quarantine until \(quarantine.expires)") }
        return words
    }
}
