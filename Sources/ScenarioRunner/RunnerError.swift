package import Diagnostics

/// A reason in the runner itself why a step did not pass.
package enum RunnerError: ExplainedError, Equatable {
    case stepTooSlow(String, limit: Duration)
    /// A hook around all scenarios took too long; it acts on the host, and not on the system under test.
    case hookTooSlow(String, limit: Duration)
    /// A condition could not be asked a last time.
    case checkTooSlow(String, limit: Duration)
    case definitionVanished(String)
    case cancelled
    /// The provider of the world came back without having run anything in it.
    case nothingRan

    package var blame: Blame {
        switch self {
        case .stepTooSlow: .systemUnderTest
        case .definitionVanished, .nothingRan: .harness
        case .cancelled, .checkTooSlow, .hookTooSlow: .host
        }
    }

    package var summary: String {
        switch self {
        case .stepTooSlow(let step, let limit):
            "The step \(step.debugDescription) had to end within \(limit), and did not."
        case .hookTooSlow(let hook, let limit):
            "The hook \(hook.debugDescription) had to end within \(limit), and did not."
        case .checkTooSlow(let name, let limit):
            "It had to be known within \(limit) whether \(name), and was not."
        case .definitionVanished(let step):
            "The step \(step.debugDescription) was planned, but this worker has no definition for it."
        case .cancelled: "The run was stopped while the scenario was running."
        case .nothingRan: "The world had to run the scenario's steps, and was taken down without it."
        }
    }

    package var hint: String? {
        switch self {
        case .stepTooSlow: "Look at the last screenshot; on a slow host raise --timeout-scale."
        case .checkTooSlow: "Let the check give up sooner; on a slow host raise --timeout-scale."
        case .definitionVanished, .cancelled, .nothingRan, .hookTooSlow: nil
        }
    }
}
