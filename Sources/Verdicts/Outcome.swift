/// How an attempt to run a scenario ended.
///
/// Wider than the status of a step in Cucumber Messages: a scenario whose evidence is missing is neither passed
/// nor failed, and a scenario that passed only when it was tried again is not simply passed.
package enum Outcome: String, Codable, Hashable, Sendable, CaseIterable {
    /// Every step passed, and every condition held with evidence.
    case passed
    /// A step failed, or a condition was broken.
    case failed
    /// Passed, but not at the first attempt.
    case flaky
    /// The evidence is missing or the harness broke down, so that nothing is known. Never counts as passed.
    case inconclusive
    /// Was not to be run.
    case skipped
    /// A step says of itself that it is not written yet.
    case pending
    /// A step has no definition.
    case undefined
    /// A step has several definitions.
    case ambiguous
}

extension Outcome {
    /// Whether somebody has to look into it: it is neither a pass nor was it left out.
    package var isProblem: Bool {
        switch self {
        case .passed, .flaky, .skipped: false
        case .failed, .inconclusive, .pending, .undefined, .ambiguous: true
        }
    }
}
