package import Diagnostics

/// A policy that can't be applied.
package enum LeakPolicyError: ExplainedError, Hashable {
    /// A group of the policy has no endpoints in this run.
    case unresolvedGroup(String, isEmpty: Bool, known: [String], policy: String)

    package var blame: Blame {
        switch self {
        case .unresolvedGroup(_, let isEmpty, _, _): isEmpty ? .harness : .testAuthor
        }
    }

    package var summary: String {
        switch self {
        case .unresolvedGroup(let group, true, _, let policy):
            "The policy “\(policy)” allows traffic to the group “\(group)”, which has no endpoints in this run."
        case .unresolvedGroup(let group, false, _, let policy):
            "The policy “\(policy)” allows traffic to the group “\(group)”, which nothing in this run provides."
        }
    }

    package var context: [String] {
        switch self {
        case .unresolvedGroup(_, _, let known, _): known.isEmpty ? [] : ["groups: \(known.joined(separator: ", "))"]
        }
    }

    package var hint: String? {
        switch self {
        case .unresolvedGroup(let group, _, let known, _):
            nearestName(to: group, among: known.filter { $0 != group }).map { "Write “\($0)”." }
        }
    }
}
