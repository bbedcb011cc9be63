/// What was found out about one thing that a run needs of its host.
package struct Finding: Hashable, Sendable, Codable {
    /// How bad it is.
    package enum Severity: String, Sendable, Codable, CaseIterable {
        /// All is well.
        case fine
        /// A run is possible, but slower or poorer.
        case warning
        /// No run is possible.
        case missing
    }

    /// What was looked at, as a short name.
    package let subject: String
    /// How bad it is.
    package let severity: Severity
    /// What was expected and seen, in one sentence.
    package let explanation: String
    /// The command that repairs it, when there is one.
    package let repair: String?

    /// Creates a finding.
    package init(_ subject: String, _ severity: Severity, _ explanation: String, repair: String? = nil) {
        self.subject = subject
        self.severity = severity
        self.explanation = explanation
        self.repair = repair
    }
}
