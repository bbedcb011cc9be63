package import Forecasts
import Foundation

/// How long scenarios took in earlier runs, and a guess for those that none has run.
package struct MeasuredTimes: Sendable {
    /// How much is read.
    package struct Limits: Sendable {
        /// The most runs that teach something.
        package var runs = 8
        /// The most folders that are looked at.
        package var folders = 64
        /// The bytes of all records together.
        package var bytes = 32 << 20

        /// The limits that keep a plan quick.
        package init() {}
    }

    /// How many runs taught something.
    package private(set) var runs = 0
    private var samples: [Key: [Estimate]] = [:]

    /// By what a scenario is known again in another run.
    private struct Key: Hashable {
        let uri: String
        let name: String
        let example: Int?
        let checkpoint: String?
        /// Checkpoints of one title are made for several images, which their tags tell apart.
        let tags: Set<String>?

        init(_ scenario: ScenarioResult) {
            uri = scenario.uri
            name = scenario.name
            example = scenario.place.example
            checkpoint = scenario.checkpoint
            tags = scenario.makesCheckpoint ? Set(scenario.tags) : nil
        }
    }

    /// Knows nothing yet.
    package init() {}

    /// Reads the newest runs that came to their end, the newest first; what can't be read teaches nothing.
    package init(ofRunsIn folder: String, limits: Limits = Limits()) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var left = limits.bytes
        // The names begin with the time; `latest` is one of the others.
        let newest = names.filter { $0.first?.isNumber == true }.sorted(by: >).prefix(limits.folders)
        for name in newest where runs < limits.runs {
            let place = RunPlace(directory: "\(folder)/\(name)")
            let attributes = try? FileManager.default.attributesOfItem(atPath: place.messages)
            guard attributes?[.type] as? FileAttributeType == .typeRegular, let size = attributes?[.size] as? Int else {
                continue
            }
            guard size <= left else { break }
            left -= size
            guard let run = try? RunRecord(readFrom: place.messages), run.finishedAt != nil else { continue }
            learn(run)
        }
    }

    /// Takes in what a run measured of the scenarios that passed in it.
    package mutating func learn(_ run: RunRecord) {
        var lengths: [String: Duration] = [:]
        for span in (run.workerTimes?.workers ?? []).joined() {
            if let attempt = span.attempt { lengths[attempt] = span.length }
        }
        var taught = false
        for scenario in run.scenarios {
            // One that failed was cut short, or waited for what did not come.
            guard let attempt = scenario.attempts.last, attempt.verdict?.outcome == .passed else { continue }
            samples[Key(scenario), default: []].append(attempt.phases(within: lengths[attempt.id]))
            taught = true
        }
        if taught { runs += 1 }
    }

    /// How long a scenario will probably take.
    package func estimate(for scenario: ScenarioResult) -> Estimate {
        if let own = samples[Key(scenario)] { return median(of: own, isMeasured: true) }
        // Where it starts says more than what it is for: from power-on a system has to boot.
        let sameStart = samples.filter { ($0.key.checkpoint != nil) == (scenario.checkpoint != nil) }
        let alike = sameStart.filter { ($0.key.tags != nil) == scenario.makesCheckpoint }
        let others = (alike.isEmpty ? sameStart : alike).values.map { median(of: $0, isMeasured: true) }
        guard others.isEmpty else { return median(of: others, isMeasured: false) }
        return Estimate(
            restore: .seconds(1),
            steps: .seconds(scenario.checkpoint == nil ? 45 : 5),
            teardown: .seconds(1),
            isMeasured: false
        )
    }

    private func median(of samples: [Estimate], isMeasured: Bool) -> Estimate {
        func median(_ part: (Estimate) -> Duration) -> Duration {
            let sorted = samples.map(part).sorted()
            return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        }
        return Estimate(
            restore: median(\.restore),
            steps: median(\.steps),
            teardown: median(\.teardown),
            isMeasured: isMeasured
        )
    }
}

extension RunRecord {
    /// Reads a whole record; lines that can't be read are noted as problems.
    ///
    /// - Throws: ``ReportError/unreadable(path:reason:)``, or ``ReportError/lineTooLong(path:line:limit:)``.
    fileprivate init(readFrom path: String) throws(ReportError) {
        var group = ReportGroup([])
        try group.receive(recordAt: path)
        try group.finish()
        self = group.run
    }
}
