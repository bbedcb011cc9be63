package import LeakPolicy
package import PacketDecoding
package import StrictYAML

/// What is known of the run that a capture was made in: what a policy leaves open, and who the guest is.
///
/// Read from a file, and then from options, of which the later ones add to the earlier.
package struct RunFacts: Sendable {
    package var groups: [String: Destinations] = [:]
    package var subnet: IPv4Subnet?
    package var gateway: IPv4Address?
    package var prefixes: Set<UInt64> = []
    /// The addresses that the guest's cards came with.
    package var realAddresses: Set<MACAddress> = []
    /// The addresses that the guest sends from, where the capture does not tell directions.
    package var guestAddresses: Set<MACAddress> = []
    /// The Internet addresses that it sends from, where the link has no others either.
    package var guestHosts: Set<IPAddress> = []
    package var secrets: [PlantedSecret] = []
    package var phase: Phase?
    /// Connections that began before the capture, and were judged there.
    package var earlierConnections: [(guest: Endpoint, other: Endpoint)] = []

    package init() {}

    /// Reads the description of a run.
    ///
    /// - Throws: A ``StrictYAML/YAMLError`` with the place of the first mistake.
    package init(yaml text: String, file: String) throws(YAMLError) {
        let document = try YAMLDocument(text, file: file)
        let root = document.root
        _ = try root.parsed("version", as: "version 1, the only one there is") { $0 == "1" ? 1 : nil }
        if root.optionalValue("subnet") != nil {
            subnet = try root.parsed("subnet", as: "a subnet such as 10.2.1.0/24") { IPv4Subnet($0) }
        }
        if root.optionalValue("gateway") != nil {
            gateway = try root.parsed("gateway", as: "an IPv4 address") { IPv4Address($0) }
        }
        if root.optionalValue("phase") != nil {
            let words = Phase.allCases.map(\.rawValue).joined(separator: ", ")
            phase = try root.parsed("phase", as: "one of \(words)") { Phase(rawValue: $0) }
        }
        for element in try root.optionalList("prefixes") ?? [] {
            prefixes.insert(try element.parsed(as: "a prefix such as 2001:db8:1::/64") { Self.prefix($0) })
        }
        for element in try root.optionalList("real-hardware-addresses") ?? [] {
            realAddresses.insert(try element.parsed(as: "a hardware address") { MACAddress($0) })
        }
        for element in try root.optionalList("guest-hardware-addresses") ?? [] {
            guestAddresses.insert(try element.parsed(as: "a hardware address") { MACAddress($0) })
        }
        for element in try root.optionalList("guest-addresses") ?? [] {
            guestHosts.insert(try element.parsed(as: "an Internet address") { IPAddress($0) })
        }
        for element in try root.optionalList("earlier-connections") ?? [] {
            let expected = "two endpoints such as 10.2.1.5:40000 -> 192.0.2.7:9001"
            earlierConnections.append(try element.parsed(as: expected) { Self.connection($0) })
        }
        if let mapping = try root.optionalMapping("groups") {
            for name in mapping.keys {
                for element in try mapping.list(name) {
                    let expected = "address:port or subnet:port"
                    groups[name, default: Destinations()]
                        .formUnion(try element.parsed(as: expected) { Destinations($0) })
                }
            }
        }
        if let mapping = try root.optionalMapping("secrets") {
            for name in mapping.keys {
                secrets.append(
                    try mapping.parsed(name, as: "a text of at least \(PlantedSecret.shortest) bytes") {
                        PlantedSecret(name: name, bytes: Array($0.utf8))
                    }
                )
            }
        }
        try document.finish()
    }

    // MARK: - Options

    /// Adds `NAME=DESTINATION,DESTINATION…`.
    package mutating func addGroup(_ text: String) throws(OfflineError) {
        let parts = text.split(separator: "=", maxSplits: 1)
        let expected = "NAME=ADDRESS:PORT,SUBNET:PORT,…"
        guard parts.count == 2 else { throw .malformed(option: "--group", text: text, expected: expected) }
        for destination in parts[1].split(separator: ",") {
            guard let found = Destinations(String(destination)) else {
                throw .malformed(option: "--group", text: String(destination), expected: "ADDRESS:PORT or SUBNET:PORT")
            }
            groups[String(parts[0]), default: Destinations()].formUnion(found)
        }
    }

    /// Adds `NAME=TEXT`.
    package mutating func addSecret(_ text: String) throws(OfflineError) {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let secret = PlantedSecret(name: String(parts[0]), bytes: Array(parts[1].utf8)) else {
            let expected = "NAME=TEXT with a text of at least \(PlantedSecret.shortest) bytes"
            throw .malformed(option: "--secret", text: text, expected: expected)
        }
        secrets.append(secret)
    }

    /// Adds the prefix of the guest's network, such as `2001:db8:1::/64`.
    package mutating func addPrefix(_ text: String) throws(OfflineError) {
        guard let prefix = Self.prefix(text) else {
            throw .malformed(option: "--prefix", text: text, expected: "a prefix such as 2001:db8:1::/64")
        }
        prefixes.insert(prefix)
    }

    private static func prefix(_ text: String) -> UInt64? {
        guard text.hasSuffix("/64"), let address = IPv6Address(text.dropLast(3)), address.low == 0 else { return nil }
        return address.high
    }

    private static func connection(_ text: String) -> (guest: Endpoint, other: Endpoint)? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1] == "->", let guest = Endpoint(String(parts[0])),
            let other = Endpoint(String(parts[2]))
        else { return nil }
        return (guest, other)
    }

    /// What the judge has to know of the guest.
    package func guest() throws(OfflineError) -> GuestFacts {
        guard let subnet else { throw .missing(option: "--subnet", what: "the network that the guest is in") }
        guard let gateway else { throw .missing(option: "--gateway", what: "the guest's gateway and DHCP server") }
        return GuestFacts(
            hardwareAddresses: realAddresses,
            subnet: subnet,
            gateway: gateway,
            prefixes: prefixes,
            secrets: secrets
        )
    }
}
