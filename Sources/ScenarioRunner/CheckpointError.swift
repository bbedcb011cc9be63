package import Diagnostics
import Verdicts

/// A reason why a scenario could not start from its checkpoint.
package enum CheckpointError: ExplainedError, Equatable {
    /// It was made, and was gone each time before a scenario started from it.
    case vanished(String, times: Int)
    /// The plan has checkpoints, and the run no place for them.
    case noStore(String)
    /// Its scenario passed, but not with every condition held: it announced a leak.
    case notClean(String, [String])

    package var blame: Blame {
        switch self {
        case .vanished: .host
        case .noStore: .harness
        case .notClean: .testAuthor
        }
    }

    package var summary: String {
        switch self {
        case .vanished(let title, let times):
            "The checkpoint \(title.debugDescription) had to stay until scenarios start from it, and was gone \(times) times."
        case .noStore(let title):
            "The checkpoint \(title.debugDescription) needs a place to be kept, and the run has none."
        case .notClean(let title, let seen):
            "The checkpoint \(title.debugDescription) had to be made without a leak, and was not: \(seen.joined(separator: " "))"
        }
    }

    package var hint: String? {
        switch self {
        case .vanished: "Raise --checkpoint-limit: other checkpoints push it out."
        case .noStore: nil
        case .notClean: "Announce leaks in scenarios, not in the checkpoints that they start from."
        }
    }
}

extension Verdict {
    /// The verdict of a scenario that could not even start.
    init(ofHarness error: any Error) {
        self.init(stepFailure: nil, interruption: nil, worldFailure: error, conditions: [])
    }

    /// The verdict of a scenario whose checkpoint could not be made: as bad as the checkpoint's own, for its reason.
    func inherited(from title: String) -> Verdict {
        // A checkpoint that was skipped or left pending leaves nothing to start from either.
        let isFailure = outcome == .failed
        let text = "The scenario starts from the checkpoint \(title.debugDescription), which could not be made."
        return Verdict(
            outcome: isFailure ? .failed : .inconclusive,
            blame: blame ?? .testAuthor,
            reason: ([text] + (reason.map { [$0] } ?? [])).joined(separator: "\n"),
            conditions: []
        )
    }
}
