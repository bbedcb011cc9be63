/// When a scenario stands still with its machine alive, for a person to look and act.
package enum PauseRule: String, Codable, Sendable, CaseIterable {
    /// When a step did not pass.
    case failure
    /// When a step did not find a reference picture.
    case mismatch
    /// Before every step, and when one did not pass.
    case step
    /// When a step did not pass, and when there is nothing left to do.
    case end
}
