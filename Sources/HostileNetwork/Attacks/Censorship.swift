package import SimulatedInternet

/// Keeps the guest from reaching certain servers, as a country's firewall does.
package struct Censorship: Attack {
    /// What happens to what is not allowed.
    package enum Means: String, Sendable, CaseIterable {
        /// It vanishes, so that the guest waits in vain.
        case drop
        /// It is answered by a reset.
        case reset
    }

    package let name: String
    package let station = StationIdentity.censor
    package let rules: [String]

    /// Creates a censor of some servers, which `what` names in reports.
    package init(of what: String, _ servers: Set<ServiceEndpoint>, by means: Means) {
        precondition(!servers.isEmpty, "A censor blocks something.")
        name = "censorship of \(what) (\(means.rawValue))"
        let verdict = means == .drop ? "drop" : "reject with tcp reset"
        rules = [false, true].compactMap { isIPv6 in
            let list = servers.filter { $0.address.contains(":") == isIPv6 }
            let elements = list.map { "\($0.address) . \($0.port)" }.sorted().joined(separator: ", ")
            let family = isIPv6 ? "ip6" : "ip"
            return list.isEmpty ? nil : "meta l4proto tcp \(family) daddr . tcp dport { \(elements) } \(verdict)"
        }
    }
}
