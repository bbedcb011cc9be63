package import PacketDecoding
package import StrictYAML

/// What a guest may send, as seen from outside the guest.
///
/// A policy is data, not code, so that reports can quote it: a reader must be able to check what "no leak" meant
/// for a given run. Whatever no allowance covers is a leak, frames that could not be decoded included, because an
/// unknown frame is exactly where a leak would hide.
package struct LeakPolicy: Hashable, Sendable {
    /// One kind of traffic that may leave the guest.
    package struct Allowance: Hashable, Sendable {
        /// Why this traffic is expected, in words fit for a report.
        package let purpose: String
        var rule: Rule
    }

    /// Whether the guest may show the hardware addresses that its network cards came with.
    package enum RealHardwareAddresses: String, Hashable, Sendable, CaseIterable {
        case forbidden
        case allowed
    }

    /// The policy's name for a reader.
    package let name: String
    /// The file's text, as reports quote it.
    package let text: String
    /// What is done about the addresses that the guest's cards came with.
    package let realHardwareAddresses: RealHardwareAddresses
    /// The allowances, in the order in which they are explained to a reader.
    package private(set) var allowances: [Allowance]

    /// Reads a policy.
    ///
    /// - Throws: A ``StrictYAML/YAMLError`` with the place of the first mistake.
    package init(yaml text: String, file: String) throws(YAMLError) {
        let document = try YAMLDocument(text, file: file)
        let root = document.root
        _ = try root.parsed("version", as: "version 1, the only one there is") { $0 == "1" ? 1 : nil }
        name = try root.string("name")
        // An explicit line that today has one value: whoever reads the policy must see that IPv6 was thought of.
        _ = try root.parsed("ipv6", as: "none, since no IPv6 traffic can be allowed yet") { $0 == "none" ? 0 : nil }
        realHardwareAddresses = try root.parsed("real-hardware-addresses", as: "forbidden or allowed") {
            RealHardwareAddresses(rawValue: $0)
        }
        var allowances: [Allowance] = []
        for element in try root.list("allowed") {
            let mapping = try element.mapping()
            allowances.append(Allowance(purpose: try mapping.string("purpose"), rule: try Rule(mapping)))
        }
        try document.finish()
        self.text = text
        self.allowances = allowances
    }

    /// The names of endpoints that are known only when a run has begun.
    package var groups: Set<String> {
        allowances.reduce(into: []) { $0.formUnion($1.rule.groups) }
    }

    /// The policy with the endpoints of its groups.
    ///
    /// - Throws: A ``LeakPolicyError`` for a group that was not given, or is empty.
    package func resolved(with groups: [String: Set<Endpoint>]) throws(LeakPolicyError) -> ResolvedLeakPolicy {
        for group in self.groups.sorted() where groups[group, default: []].isEmpty {
            throw .unresolvedGroup(group, isEmpty: groups[group] != nil, known: groups.keys.sorted(), policy: name)
        }
        var policy = self
        for index in policy.allowances.indices { policy.allowances[index].rule.resolve(groups) }
        return ResolvedLeakPolicy(policy: policy, groups: groups.filter { self.groups.contains($0.key) })
    }
}

/// A policy whose groups have become endpoints: what a judge goes by.
package struct ResolvedLeakPolicy: Hashable, Sendable {
    /// The policy, its rules resolved.
    package let policy: LeakPolicy
    /// The endpoints that its groups stood for.
    package let groups: [String: Set<Endpoint>]
}
