package import Verdicts

/// A world that could not be made or taken down in order, with what is known of its conditions all the same.
package struct BrokenWorld: Error {
    /// What went wrong.
    package let cause: any Error
    /// What became of the conditions that had to hold throughout.
    package let conditions: [ConditionReport]

    /// Creates an error.
    package init(cause: any Error, conditions: [ConditionReport]) {
        self.cause = cause
        self.conditions = conditions
    }
}
