package import CheckpointStore

/// The checkpoints of a plan in the store, each by its key.
package struct CheckpointShelf: Sendable {
    /// Where they are kept.
    package let store: CheckpointStore
    private let known: [String: (key: CheckpointKey, ingredients: [CheckpointKey.Ingredient])]

    /// Works out the keys.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - store: Where checkpoints are kept.
    ///   - surroundings: What besides its steps and its parent goes into a checkpoint that is made with a tag, or none.
    package init(
        _ plan: Plan,
        in store: CheckpointStore,
        surroundings: (_ variant: String?) async throws -> [CheckpointKey.Ingredient]
    ) async rethrows {
        self.store = store
        var keys: [String: (key: CheckpointKey, ingredients: [CheckpointKey.Ingredient])] = [:]
        // Parents stand before their children.
        for checkpoint in plan.checkpoints {
            let parent = checkpoint.parent.flatMap { keys[$0]?.key.description }
            let ingredients =
                try await surroundings(checkpoint.variant) + [
                    CheckpointKey.Ingredient("steps", PickleDigest(doing: [checkpoint.entry.pickle]).text),
                    CheckpointKey.Ingredient("parent", parent ?? "none"),
                ]
            keys[checkpoint.id] = (CheckpointKey(ingredients), ingredients)
        }
        known = keys
    }

    /// What a checkpoint of the plan is known by in the store.
    package func key(of checkpoint: String) -> CheckpointKey? { known[checkpoint]?.key }

    /// All of them.
    var keys: Set<CheckpointKey> { Set(known.values.map(\.key)) }

    /// Everything that went into a checkpoint's key.
    package func ingredients(of checkpoint: String) -> [CheckpointKey.Ingredient] {
        known[checkpoint]?.ingredients ?? []
    }
}
