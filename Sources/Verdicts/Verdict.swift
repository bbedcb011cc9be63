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
    /// Whether the run was stopped before the attempt's end, so that it says nothing of the scenario; absent if not.
    package var isCutOff: Bool?
    /// Why a failure of the scenario holds nothing up; absent when it does.
    package var quarantine: Quarantine?

    /// Creates a verdict.
    package init(outcome: Outcome, blame: Blame? = nil, reason: String? = nil, conditions: [ConditionReport] = []) {
        self.outcome = outcome
        self.blame = blame
        self.reason = reason
        self.conditions = conditions
    }

    /// Whether a condition was broken, such as “no traffic beside Tor”.
    package var hasLeaked: Bool { conditions.contains { $0.state == .broken } }

    /// Whether it counts for the run as a whole: a quarantine excuses what a scenario did not do, never a leak.
    package var counts: Bool { quarantine == nil || hasLeaked }

    /// Whether the scenario did not pass, and its quarantine excuses that.
    package var isExcused: Bool { outcome.isProblem && !counts }

    /// Whether another attempt could say something new.
    ///
    /// A leak stays a leak, and a step that nobody has written stays unwritten.
    package var isWorthRetrying: Bool {
        (outcome == .failed || outcome == .inconclusive) && !hasLeaked
    }
}

/// The exemption of a scenario whose failure is known.
package struct Quarantine: Codable, Hashable, Sendable {
    /// Who sees to it that the scenario passes again.
    package let owner: String
    /// Why it does not pass.
    package let reason: String
    /// Where the failure is tracked, such as the address of an issue.
    package let bug: String?
    /// The last day on which the exemption holds, as `2026-03-31`.
    package let expires: String

    /// Describes an exemption.
    package init(owner: String, reason: String, bug: String? = nil, expires: String) {
        self.owner = owner
        self.reason = reason
        self.bug = bug
        self.expires = expires
    }
}
