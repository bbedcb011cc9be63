import ArgumentParser
import CucumberMessages
import Foundation
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

    func run() async throws {
        let plan = try suite.plan()
        let system = try suite.describedSystem()
        switch format {
        case .text:
            for entry in plan.entries {
                let image = system.description.size(for: entry.pickle.tags.map(\.name)).name
                print("\(entry.pickle.place)  \(entry.pickle.name)  [\(image)]")
            }
            print("\(plan.entries.count) scenarios, digest \(plan.digest)")
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(PlanDocument(plan)), as: UTF8.self))
        }
    }
}

/// A plan as other programs read it, and as it lies in a run directory.
struct PlanDocument: Codable {
    /// One scenario of the plan.
    struct Scenario: Codable {
        let uri: String
        let line: Int?
        let name: String
        let tags: [String]
    }

    /// The version of this format.
    var version = 1
    let digest: String
    let scenarios: [Scenario]
    /// The images that the scenarios run on: name, path and SHA-256.
    var images: [ImageIdentity] = []

    init(_ plan: Plan) {
        digest = plan.digest
        scenarios = plan.entries.map {
            Scenario(
                uri: $0.pickle.uri,
                line: $0.pickle.location?.line,
                name: $0.pickle.name,
                tags: $0.pickle.tags.map(\.name)
            )
        }
    }
}

/// Which bytes were tested.
struct ImageIdentity: Codable {
    let name: String
    let path: String
    let sha256: String
}

extension Pickle {
    /// The scenario's file and line.
    var place: String { location.map { "\(uri):\($0.line)" } ?? uri }
}
