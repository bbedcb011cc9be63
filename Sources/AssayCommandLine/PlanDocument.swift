import ScenarioRunner

/// A plan as other programs read it, and as it lies in a run directory.
struct PlanDocument: Codable {
    /// One scenario of the plan.
    struct Scenario: Codable {
        let uri: String
        let line: Int?
        let name: String
        let tags: [String]
        /// The identity of the checkpoint that it starts from; absent when it starts from power-on.
        let checkpoint: String?
    }

    /// A state that scenarios start from.
    struct Checkpoint: Codable {
        /// Unique in the plan: one title stands for several states when scenarios run on several images.
        let id: String
        let title: String
        let uri: String
        let line: Int?
        /// The identity of the checkpoint that it is made from.
        let parent: String?
        /// The tag that decides on the image.
        let variant: String?
    }

    /// The version of this format.
    var version = 1
    let digest: String
    let scenarios: [Scenario]
    /// The checkpoints that the scenarios need, parents before children.
    let checkpoints: [Checkpoint]
    /// The images that the scenarios run on: name, path and SHA-256.
    var images: [ImageIdentity] = []

    init(_ plan: Plan) {
        digest = plan.digest
        scenarios = plan.entries.map {
            Scenario(
                uri: $0.pickle.uri,
                line: $0.pickle.location?.line,
                name: $0.pickle.name,
                tags: $0.pickle.tags.map(\.name),
                checkpoint: $0.start
            )
        }
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

/// Which bytes were tested.
struct ImageIdentity: Codable {
    let name: String
    let path: String
    let sha256: String
}
