package import Diagnostics

/// A tag expression that can't be read.
package struct TagExpressionError: ExplainedError, Hashable {
    /// The expression.
    package let expression: String
    /// What is wrong with it, in the official wording.
    package let problem: String

    package var blame: Blame { .testAuthor }
    package var summary: String {
        "Tag expression \"\(expression)\" could not be parsed because of syntax error: \(problem)"
    }
    package var hint: String? { "Join tags with `and`, `or`, `not` and parentheses, as in `@smoke and not @slow`." }
}
