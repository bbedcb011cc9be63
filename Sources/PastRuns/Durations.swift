package import Diagnostics
package import Foundation
package import Reports
package import ScenarioRunner

/// How long scenarios take, in a file that all shards of a run read.
///
/// ```json
/// { "version": 1, "scenarios": [{ "uri": "features/a.feature", "name": "Sale", "seconds": 12.5 }] }
/// ```
package struct Durations: Codable, Sendable {
    /// One scenario.
    package struct Scenario: Codable, Hashable, Sendable {
        package let uri: String
        package let name: String
        /// The number of the row of an outline, from 1; absent for a plain scenario.
        package let example: Int?
        package let seconds: Double
    }

    /// The version of this format.
    package private(set) var version = 1
    /// The scenarios, in the order of their files.
    package private(set) var scenarios: [Scenario]

    /// Collects what earlier runs measured of the scenarios and checkpoints of a plan.
    package init(of plan: Plan, measured: MeasuredTimes) {
        var seen: Set<ScenarioKey> = []
        scenarios = RunRecord(of: plan).scenarios.compactMap { scenario in
            let estimate = measured.estimate(for: scenario)
            guard estimate.isMeasured, seen.insert(ScenarioKey(scenario)).inserted else { return nil }
            let seconds = (estimate.total / .seconds(1) * 100).rounded() / 100
            return Scenario(uri: scenario.uri, name: scenario.name, example: scenario.place.example, seconds: seconds)
        }.sorted { ($0.uri, $0.name, $0.example ?? 0) < ($1.uri, $1.name, $1.example ?? 0) }
    }

    /// Reads a file.
    ///
    /// - Throws: ``DurationsError``.
    package init(_ data: Data, file: String) throws(DurationsError) {
        do { self = try JSONDecoder().decode(Durations.self, from: data) } catch {
            throw DurationsError(file: file, reason: "it is not what `assay plan --write-durations` writes")
        }
        guard version == 1 else { throw DurationsError(file: file, reason: "it has version \(version), not 1") }
        guard scenarios.allSatisfy({ (0...1e6).contains($0.seconds) }) else {
            throw DurationsError(file: file, reason: "a scenario takes no sensible time")
        }
    }

    /// The file's text.
    package func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// How long the scenarios and checkpoints of a plan take, by the identity of their test case.
    package func durations(of plan: Plan) -> [String: Duration] {
        let known = Dictionary(
            scenarios.map { (ScenarioKey(uri: $0.uri, name: $0.name, example: $0.example), $0.seconds) }
        ) { first, _ in first }
        return ScenarioKey.keys(of: plan).compactMapValues { key in
            // In whole milliseconds, so that every host comes to the same sums.
            known[key].map { .milliseconds(Int64(($0 * 1_000).rounded())) }
        }
    }
}

/// A file with durations that can't be used.
package struct DurationsError: ExplainedError, Equatable {
    let file: String
    let reason: String

    /// Says what is wrong with a file.
    package init(file: String, reason: String) {
        self.file = file
        self.reason = reason
    }

    package var blame: Blame { .testAuthor }
    package var summary: String { "\(file) has to say how long scenarios take, and can't be used: \(reason)." }
    package var hint: String? { "Write it anew with: assay plan --write-durations \(file)" }
}
