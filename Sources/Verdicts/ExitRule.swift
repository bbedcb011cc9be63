/// What a run's exit status goes by besides its verdicts.
///
/// Kept in the record as a JSON attachment of the run (see ``mediaType``), so that whoever reads the record comes to the
/// same result; a record without it is one of a run with the usual rule.
package struct ExitRule: Codable, Hashable, Sendable {
    /// The media type of the attachment that holds a rule.
    package static let mediaType = "application/vnd.assay.exit-rule+json"

    /// Whether a scenario that passed only when it was tried again fails the run.
    package let failOnFlaky: Bool

    /// Creates a rule.
    package init(failOnFlaky: Bool) { self.failOnFlaky = failOnFlaky }
}
