package import PacketDecoding
package import StrictYAML

/// What a guest may send, as seen from outside the guest.
///
/// A policy is data, not code, so that reports can quote it: a reader must be able to check what "no leak" meant
/// for a given run. Whatever no allowance covers is a leak, frames that could not be decoded included, because an
/// unknown frame is exactly where a leak would hide.
package struct LeakPolicy: Sendable {
    /// One kind of traffic that may leave the guest.
    package struct Allowance: Sendable {
        /// Why this traffic is expected, in words fit for a report.
        package let purpose: String
        /// When it may be seen; `nil` is always.
        package let phases: Set<Phase>?
        /// Who in the guest may send it; `nil` is anyone.
        package let owner: TrafficOwner?
        /// What the rule can be about.
        let protocols: ProtocolSet
        var rule: Rule

        fileprivate var dependsOnPhases: Bool {
            if phases != nil { return true }
            if case .endpoints(let rule) = rule { return rule.opensIn != nil }
            return false
        }

        init(purpose: String, phases: Set<Phase>?, owner: TrafficOwner?, rule: Rule) {
            (self.purpose, self.phases, self.owner, self.rule) = (purpose, phases, owner, rule)
            protocols = rule.protocols
        }
    }

    /// How much may leave the guest in some phases, whatever allows it.
    package struct Limit: Hashable, Sendable {
        package let purpose: String
        package let phases: Set<Phase>
        /// On the wire, headers included, in any sixty seconds.
        package let bytesPerMinute: Int
    }

    /// Whether the guest may show something that tells who it is.
    package enum Permission: String, Hashable, Sendable, CaseIterable {
        case forbidden
        case allowed
    }

    /// What is said about IPv6.
    package enum IPv6Mode: String, Hashable, Sendable, CaseIterable {
        case none
        case linkLocal = "link-local"
        case allowed
    }

    /// The policy's name for a reader.
    package let name: String
    /// The file's text, as reports quote it.
    package let text: String
    package let ipv6: IPv6Mode
    /// What is done about the addresses that the guest's cards came with.
    package let realHardwareAddresses: Permission
    /// What is done about secrets that were planted in the guest.
    package let plantedSecrets: Permission
    /// How many hardware addresses the guest may send from in one run; `nil` is any number.
    package let mostHardwareAddresses: Int?
    /// The rules of which one must allow the first frame of a boot; `nil` is any.
    let firstFrame: Set<String>?
    package let limits: [Limit]
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
        // An explicit line: whoever reads the policy must see that IPv6 was thought of.
        ipv6 = try root.parsed("ipv6", as: "none, link-local or allowed") { IPv6Mode(rawValue: $0) }
        realHardwareAddresses = try root.parsed("real-hardware-addresses", as: "forbidden or allowed") {
            Permission(rawValue: $0)
        }
        plantedSecrets = try root.optionalCase("planted-secrets") ?? .forbidden
        mostHardwareAddresses = try root.optionalNumber("most-hardware-addresses", in: 1...1_000)
        firstFrame = try Self.firstFrame(root)
        limits = try Self.limits(root)
        var allowances: [Allowance] = []
        for element in try root.list("allowed") {
            let mapping = try element.mapping()
            let allowance = Allowance(
                purpose: try mapping.string("purpose"),
                phases: try mapping.optionalCases("phases"),
                owner: try TrafficOwner(mapping),
                rule: try Rule(mapping)
            )
            if ipv6 == .none, allowance.rule.isIPv6 {
                throw element.unexpected("no \(allowance.rule.name), since the policy says “ipv6: none”")
            }
            allowances.append(allowance)
        }
        try document.finish()
        self.text = text
        self.allowances = allowances
    }

    private static func firstFrame(_ root: YAMLMapping) throws(YAMLError) -> Set<String>? {
        guard let elements = try root.optionalList("first-frame") else { return nil }
        var names: Set<String> = []
        for element in elements {
            names.insert(
                try element.parsed(as: "one of \(Rule.names.joined(separator: ", "))") {
                    Rule.names.contains($0) ? $0 : nil
                }
            )
        }
        return names
    }

    private static func limits(_ root: YAMLMapping) throws(YAMLError) -> [Limit] {
        var limits: [Limit] = []
        for element in try root.optionalList("limits") ?? [] {
            let mapping = try element.mapping()
            limits.append(
                Limit(
                    purpose: try mapping.string("purpose"),
                    phases: try mapping.cases("phases"),
                    bytesPerMinute: try mapping.value("bytes-per-minute").number(in: 0...1_000_000_000_000)
                )
            )
        }
        return limits
    }

    /// Whether a judge has to be told the guest's phases.
    package var dependsOnPhases: Bool { !limits.isEmpty || allowances.contains(where: \.dependsOnPhases) }

    /// The names of endpoints that are known only when a run has begun.
    package var groups: Set<String> {
        allowances.reduce(into: []) { $0.formUnion($1.rule.groups) }
    }

    /// The policy with the endpoints of its groups.
    ///
    /// - Throws: A ``LeakPolicyError`` for a group that was not given, or is empty.
    package func resolved(with groups: [String: Set<Endpoint>]) throws(LeakPolicyError) -> ResolvedLeakPolicy {
        try resolved(to: groups.mapValues { Destinations($0) })
    }

    /// The policy with the destinations of its groups.
    ///
    /// - Throws: A ``LeakPolicyError`` for a group that was not given, or is empty.
    package func resolved(to groups: [String: Destinations]) throws(LeakPolicyError) -> ResolvedLeakPolicy {
        for group in self.groups.sorted() where groups[group, default: Destinations()].isEmpty {
            throw .unresolvedGroup(group, isEmpty: groups[group] != nil, known: groups.keys.sorted(), policy: name)
        }
        var policy = self
        for index in policy.allowances.indices { policy.allowances[index].rule.resolve(groups) }
        return ResolvedLeakPolicy(policy: policy)
    }
}

/// A policy whose groups have become endpoints: what a judge goes by.
package struct ResolvedLeakPolicy: Sendable {
    /// The policy, its rules resolved.
    package let policy: LeakPolicy
}

// MARK: - Owners

/// Who in the guest sends something.
package struct TrafficOwner: Hashable, Sendable, CustomStringConvertible {
    package let user: String?
    package let process: String?

    /// Creates an owner of which at least one thing is known.
    package init(user: String? = nil, process: String? = nil) {
        (self.user, self.process) = (user, process)
    }

    init?(_ mapping: YAMLMapping) throws(YAMLError) {
        self.init(user: try mapping.optionalString("user"), process: try mapping.optionalString("process"))
        if user == nil, process == nil { return nil }
    }

    /// Whether the other is what this one asks for.
    func covers(_ other: TrafficOwner) -> Bool {
        (user == nil || user == other.user) && (process == nil || process == other.process)
    }

    package var description: String {
        [user.map { "user \($0)" }, process.map { "process \($0)" }].compactMap(\.self).joined(separator: ", ")
    }
}
