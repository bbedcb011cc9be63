package import Verdicts

/// A plan as other programs read it, and as it lies in a run directory.
package struct PlanDocument: Codable, Sendable {
    /// One scenario of the plan.
    package struct Scenario: Codable, Sendable {
        package let uri: String
        package let line: Int?
        package let name: String
        package let tags: [String]
        /// The identity of the checkpoint that it starts from; absent when it starts from power-on.
        package let checkpoint: String?
        /// How often it is tried again; absent when it isn't.
        package let retries: Int?
        /// How long it may take, in seconds before `--timeout-scale`; absent when it does not say.
        package let timeout: Double?
        /// Whether nothing else runs meanwhile; absent when not.
        package let exclusive: Bool?
        /// Others that have one of these names too do not run meanwhile; absent when there are none.
        package let serial: [String]?
        /// Why its failure holds nothing up; absent when it does.
        package let quarantine: Quarantine?
    }

    /// A state that scenarios start from.
    package struct Checkpoint: Codable, Sendable {
        /// Unique in the plan: one title stands for several states when scenarios run on several images.
        package let id: String
        package let title: String
        package let uri: String
        package let line: Int?
        /// The identity of the checkpoint that it is made from.
        package let parent: String?
        /// The tag that decides on the image.
        package let variant: String?
    }

    /// Which part of a plan this is.
    package struct Part: Codable, Hashable, Sendable {
        package let index: Int
        package let count: Int
        /// The digest of how the whole plan is shared out.
        package let partition: String
    }

    /// The version of this format.
    package var version = 1
    /// The digest of the whole plan, also where this is a part of it.
    package let digest: String
    /// Which part this is; absent when it is all of the plan.
    package var shard: Part?
    /// How many parts it was joined from; absent when it was run in one.
    package var shards: Int?
    /// The order of the scenarios, such as `defined` or `random:7`.
    package var order = ScenarioOrder.defined.description
    /// What was asked for; absent when nobody can ask for it again.
    package var request: PlanRequest?
    /// The versions of what runs the plan, by name.
    package var versions: [String: String] = [:]
    /// The scenarios, in the order in which they start.
    package var scenarios: [Scenario]
    /// The checkpoints that the scenarios need, parents before children.
    package var checkpoints: [Checkpoint]
    /// The images that the scenarios run on: name, path and SHA-256.
    package var images: [ImageIdentity] = []

    /// Writes a plan down.
    package init(_ plan: Plan) {
        digest = plan.digest
        shard = plan.part.map {
            Part(index: $0.shard.index, count: $0.shard.count, partition: $0.partition)
        }
        scenarios = plan.entries.map(Scenario.init)
        checkpoints = plan.checkpoints.map {
            Checkpoint(
                id: $0.id,
                title: $0.title,
                uri: $0.entry.pickle.uri,
                line: $0.entry.pickle.location?.line,
                parent: $0.parent,
                variant: $0.variant
            )
        }
    }
}

extension PlanDocument.Scenario {
    fileprivate init(_ entry: Plan.Entry) {
        let terms = entry.terms
        self.init(
            uri: entry.pickle.uri,
            line: entry.pickle.location?.line,
            name: entry.pickle.name,
            tags: entry.pickle.tags.map(\.name),
            checkpoint: entry.start,
            retries: terms.retries > 0 ? terms.retries : nil,
            timeout: terms.deadline.map { $0 / .seconds(1) },
            exclusive: terms.company.isAlone ? true : nil,
            serial: terms.company.series.isEmpty ? nil : terms.company.series.sorted(),
            quarantine: terms.quarantine
        )
    }
}

/// Which bytes were tested.
package struct ImageIdentity: Codable, Hashable, Sendable {
    package let name: String
    package let path: String
    package let sha256: String

    /// Names an image.
    package init(name: String, path: String, sha256: String) {
        self.name = name
        self.path = path
        self.sha256 = sha256
    }
}
