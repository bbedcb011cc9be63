package import Diagnostics
package import ScenarioWorlds
package import Verdicts

/// How long a whole scenario may take, and who said so.
package struct ScenarioDeadline: Sendable, Hashable {
    /// The limit.
    package let limit: Duration
    /// Whether the scenario itself says so, by a tag.
    package let isStated: Bool

    /// The limit of a scenario that states none.
    package static let usual = Duration.seconds(3600)

    /// Works out the limit of a scenario.
    ///
    /// - Parameters:
    ///   - stated: What its tags say, if they do.
    ///   - scale: What deadlines are multiplied by on this host.
    package init(stated: Duration?, scale: Double) {
        limit = (stated ?? Self.usual) * scale
        isStated = stated != nil
    }
}

/// Makes the worlds of another provider, and interrupts a scenario that takes too long.
///
/// The scenario ends in order: its running step fails, hooks that run afterwards do, and its conditions are judged.
package struct TimedProvider<Provider: WorldProvider>: WorldProvider {
    private let provider: Provider
    private let deadline: ScenarioDeadline
    private let clock: any Clock<Duration>
    private let begun: @Sendable () async -> Void

    /// Adds a deadline to a provider.
    ///
    /// - Parameters:
    ///   - provider: Makes the worlds.
    ///   - deadline: How long a scenario may take.
    ///   - clock: What the deadline goes by.
    ///   - begun: Returns when the scenario begins; what is prepared before counts for nothing.
    package init(
        _ provider: Provider,
        deadline: ScenarioDeadline,
        clock: any Clock<Duration> = ContinuousClock(),
        begun: @escaping @Sendable () async -> Void = {}
    ) {
        self.provider = provider
        self.deadline = deadline
        self.clock = clock
        self.begun = begun
    }

    package func withWorld(
        for scenario: ScenarioContext,
        _ body: @escaping @Sendable (Provider.World) async -> Void
    ) async throws -> [ConditionReport] {
        try await withThrowingTaskGroup(of: [ConditionReport]?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await provider.withWorld(for: scenario, body) }
            group.addTask {
                await begun()
                // A cancelled timer is no error: the world is then taken down by what cancelled it.
                if (try? await clock.sleep(for: deadline.limit)) != nil {
                    scenario.interruption.interrupt(with: ScenarioTooSlow(scenario: scenario.name, deadline: deadline))
                }
                return nil
            }
            while let ended = try await group.next() {
                if let conditions = ended { return conditions }
            }
            preconditionFailure("the world's task ends with its conditions, or throws")
        }
    }
}

/// A scenario that took longer than it may.
package struct ScenarioTooSlow: ExplainedError, Equatable {
    let scenario: String
    let deadline: ScenarioDeadline

    /// A limit that the feature states is what the system has to keep; beyond the usual one, nobody promised anything.
    package var blame: Blame { deadline.isStated ? .systemUnderTest : .host }

    package var summary: String {
        "The scenario \(scenario.debugDescription) had to end within \(deadline.limit), and did not."
    }

    package var hint: String? {
        deadline.isStated
            ? "Look at what the running step waits for; on a slow host raise --timeout-scale."
            : "State how long it may take, such as @timeout:2h, or raise --timeout-scale."
    }
}
