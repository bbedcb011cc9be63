package import Diagnostics

/// What one attempt to run a scenario says of the system under test.
///
/// Kept in the record as a JSON attachment of the attempt (see ``mediaType``), since Cucumber Messages know
/// neither blame nor conditions nor missing evidence.
package struct Verdict: Codable, Hashable, Sendable {
    /// The media type of the attachment that holds a verdict.
    package static let mediaType = "application/vnd.assay.verdict+json"

    /// How the attempt ended.
    package let outcome: Outcome
    /// Who has to act; absent when nobody has to.
    package let blame: Blame?
    /// The error that decided, in full; absent when there was none.
    package let reason: String?
    /// What became of the conditions that had to hold throughout.
    package let conditions: [ConditionReport]

    /// Creates a verdict.
    package init(outcome: Outcome, blame: Blame? = nil, reason: String? = nil, conditions: [ConditionReport] = []) {
        self.outcome = outcome
        self.blame = blame
        self.reason = reason
        self.conditions = conditions
    }
}
