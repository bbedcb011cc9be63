package import Diagnostics
package import ScenarioWorlds

/// A moment at which a scenario stands still with its world alive, for a person to look and act.
package struct Pause<World: ScenarioWorld>: Sendable {
    /// Why it stands still.
    package enum Reason: Sendable {
        /// The step is about to run.
        case before
        /// The step did not pass.
        case failed(any Error)
        /// Nothing is left to do.
        case end
    }

    /// What becomes of the step.
    package enum Decision: Sendable, Hashable {
        /// It takes its course.
        case goOn
        /// It is left out, or its failure is passed over.
        case skip
        /// It is run once more.
        case retry
        /// The scenario ends here.
        case quit
    }

    /// The step's text; empty at the end.
    package let step: String
    /// Why the scenario stands still.
    package let reason: Reason
    /// What steps act on.
    package let world: World
    /// The scenario.
    package let scenario: ScenarioContext
    /// Runs another step, by its text, with the deadline that every step has.
    ///
    /// It is not among the scenario's steps in the record. A scenario in which one was run does not pass.
    package let perform: @Sendable (String) async throws -> Void
}

/// Whoever decides what becomes of a scenario that stands still; returns `nil` at once where it does not stop.
package typealias Pauser<World: ScenarioWorld> = @Sendable (Pause<World>) async -> Pause<World>.Decision?

/// A scenario that did not come to its end by itself proves nothing, however well it ended.
package struct HelpedByHand: ExplainedError, Equatable {
    /// The step at which a person helped.
    package let step: String

    package var blame: Blame { .testAuthor }
    package var summary: String {
        step.isEmpty
            ? "The scenario has to run by itself, and a person used its machine."
            : "The scenario has to run by itself, and a person helped it at the step “\(step)”."
    }
    package var hint: String? { "Run it again without a pause." }
}

/// A person at the prompt ended the scenario.
package struct StoppedByHand: ExplainedError, Equatable {
    package var blame: Blame { .testAuthor }
    package var summary: String { "The scenario has to run to its end, and a person stopped it." }
}
