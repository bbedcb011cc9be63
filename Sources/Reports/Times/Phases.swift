import CucumberMessages
import Forecasts

extension AttemptResult {
    /// How long it took, phase by phase.
    ///
    /// - Parameter whole: The time that a worker spent on it, which is a little more than the attempt itself took.
    /// - Returns: The durations that were measured.
    func phases(within whole: Duration? = nil) -> Estimate {
        let first = steps.firstIndex { !$0.isHook } ?? steps.endIndex
        let last = steps.lastIndex { !$0.isHook } ?? first
        // Whatever comes before the first step, and the step that names a checkpoint, bring the machine to its start.
        let start = first < steps.endIndex && steps[first].checkpoint != nil ? first + 1 : first
        func sum(_ range: Range<Int>) -> Duration { steps[range].reduce(.zero) { $0 + ($1.duration ?? .zero) } }
        let restore = sum(0..<start)
        let proper = start <= last && last < steps.endIndex ? sum(start..<last + 1) : .zero
        return Estimate(restore: restore, steps: proper, teardown: max(.zero, (whole ?? duration) - restore - proper))
    }
}
