package import Verdicts

/// What steps act on.
///
/// The runner tells it which step runs, so that evidence can name it.
package protocol ScenarioWorld: Sendable {
    /// A step is about to run.
    func stepBegins(_ text: String) async
    /// A step has ended; `error` is why it did not pass. Called before the next one begins, for evidence.
    func stepEnded(_ text: String, error: (any Error)?) async
    /// All steps and hooks have ended, or never will; the world is about to be taken down.
    func scenarioEnds(hasPassed: Bool) async
    /// Goes on from the checkpoint that the scenario starts from, and brings it to the present.
    func restore() async throws
    /// Leaves the present state in the folder that the scenario names, to be a checkpoint; nothing can happen after it.
    func keepState() async throws
}

extension ScenarioWorld {
    package func scenarioEnds(hasPassed: Bool) async {}
}

/// Makes the world of a scenario, and takes it down again.
package protocol WorldProvider<World>: Sendable {
    /// What steps act on.
    associatedtype World: ScenarioWorld

    /// Makes a world, runs `body` in it, and takes it down.
    ///
    /// - Returns: What became of the conditions that had to hold throughout, judged after the world is gone.
    /// - Throws: Why the world could not be made or taken down; a ``BrokenWorld`` when conditions are known.
    func withWorld(
        for scenario: ScenarioContext,
        _ body: @escaping @Sendable (World) async -> Void
    ) async throws -> [ConditionReport]
}
