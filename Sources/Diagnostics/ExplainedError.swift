/// An error that says who has to act on it and what to try first.
///
/// Every error that can end a scenario or a command conforms to this protocol. Reports print the parts in
/// the order in which they are declared here.
public protocol ExplainedError: Error, CustomStringConvertible, Sendable {
    /// Who has to act. Decides the exit status, and whether the scenario may be tried again.
    var blame: Blame { get }
    /// One sentence that says what was expected and what was seen instead.
    var summary: String { get }
    /// What was known at that moment, as short lines.
    var context: [String] { get }
    /// The first thing to try, as an imperative sentence, or `nil` when it would be a guess.
    var hint: String? { get }
}

extension ExplainedError {
    /// The summary, the context indented below it, and the hint.
    public var description: String {
        ([summary] + context.map { "  \($0)" } + (hint.map { ["Hint: \($0)"] } ?? [])).joined(separator: "\n")
    }

    /// Nothing is known beyond the summary.
    public var context: [String] { [] }

    /// There is no first thing to try.
    public var hint: String? { nil }
}
