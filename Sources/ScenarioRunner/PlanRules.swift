/// On what terms the scenarios of a plan run, besides what their own tags say.
package struct PlanRules: Sendable {
    /// How often scenarios are tried again.
    package var retry = RetryRule()
    /// The scenarios whose failure is known.
    package var quarantine: QuarantineList?
    /// The day, by which exemptions end.
    package var today = Day(seconds: 0)
    /// Whether there is a file; asked for the features of a quarantine that were not read.
    package var exists: @Sendable (String) -> Bool = { _ in true }

    /// Creates rules that change nothing.
    package init() {}
}
