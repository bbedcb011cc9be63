/// What a simulated internet offers, as data that a report can quote.
package struct InternetConfiguration: Hashable, Sendable, Codable {
    /// How large the private Tor network is.
    package var torNetwork: TorNetworkSize
    /// Whether the guest's LAN has a prefix, router advertisements and a way to an IPv6 web server.
    package var offersIPv6: Bool
    /// Whether router advertisements also send the guest to a DHCPv6 server, which gives it another address.
    package var leasesIPv6: Bool
    /// Names that are answered besides ``SimulatedInternet/webName``, with the addresses of each.
    package var names: [String: [String]]
    /// The words by which the page of the web server is recognised, on a screen too.
    package var pageMarker: String
    /// What the sinkhole may keep, which answers whatever nobody else answers; or `nil` for none.
    ///
    /// With it unknown names exist, and lead there, for exits as well.
    package var sinkhole: SinkholeLimits?
    /// What the time server tells at first, or `nil` for no time server.
    package var time: ServedTime?
    /// Parts that are there from the start; others may be asked for later.
    ///
    /// In a fixed order, so that equal configurations are written alike.
    package var parts: [InternetPart]
    /// The path of the folder whose files the update server serves, or `nil` for a page alone.
    package var updates: String?

    /// Creates a configuration; each default is what most scenarios need.
    package init(
        torNetwork: TorNetworkSize = TorNetworkSize(),
        offersIPv6: Bool = true,
        leasesIPv6: Bool = false,
        names: [String: [String]] = [:],
        pageMarker: String = "Assay simulated web",
        sinkhole: SinkholeLimits? = nil,
        time: ServedTime? = nil,
        parts: Set<InternetPart> = [],
        updates: String? = nil
    ) {
        self.torNetwork = torNetwork
        self.offersIPv6 = offersIPv6
        self.leasesIPv6 = leasesIPv6
        self.names = names
        self.pageMarker = pageMarker
        self.sinkhole = sinkhole
        self.time = time
        self.parts = parts.sorted { $0.rawValue < $1.rawValue }
        self.updates = updates
    }

    /// The names that are there in any case.
    static let ownNames = [SimulatedInternet.webName] + InternetPart.allCases.compactMap(\.hostName)

    /// Checks everything that ends up in the configuration texts of services.
    package func validate() throws(SimulatedInternetError) {
        try torNetwork.validate()
        guard offersIPv6 || !leasesIPv6 else { throw .configuration("DHCPv6 needs IPv6") }
        try sinkhole?.validate()
        try time?.validate()
        // A variable of nginx begins with `$`.
        if let updates, !updates.hasPrefix("/") || updates.contains(where: { $0 == "$" || $0.isNewline }) {
            throw .configuration("the folder of updates needs an absolute path without $")
        }
        for (name, addresses) in names {
            guard !Self.ownNames.contains(name.lowercased()) else {
                throw .configuration("\(name) is the name of a part of it already")
            }
            guard isHostName(name) else { throw .configuration("'\(name)' is not a host name") }
            guard !addresses.isEmpty else { throw .configuration("\(name) has no address") }
            for address in addresses where IPText(address) == nil {
                throw .configuration("'\(address)', an address of \(name), is not an IP address")
            }
        }
        // The marker is put into a quoted string of nginx, where `$`, `"` and `\` have a meaning.
        let harmless = pageMarker.utf8.allSatisfy { isLetterOrDigit($0) || " .,:!?-".utf8.contains($0) }
        guard harmless, (1...80).contains(pageMarker.utf8.count) else {
            throw .configuration("the page marker may have 1 to 80 letters, digits, blanks and .,:!?-")
        }
    }
}

/// How many relays of each kind a private Tor network has.
package struct TorNetworkSize: Hashable, Sendable, Codable {
    /// Directory authorities, which also serve as middle relays.
    package var authorities: Int
    /// Relays by which clients enter.
    package var guards: Int
    /// Relays that connect to the web.
    package var exits: Int
    /// Bridges that speak obfs4.
    package var bridges: Int

    /// Creates a size; the default is the smallest that finds its first consensus reliably.
    package init(authorities: Int = 1, guards: Int = 2, exits: Int = 2, bridges: Int = 1) {
        self.authorities = authorities
        self.guards = guards
        self.exits = exits
        self.bridges = bridges
    }

    func validate() throws(SimulatedInternetError) {
        guard [authorities, guards, exits].allSatisfy((1...9).contains), (0...9).contains(bridges) else {
            throw .configuration("1 to 9 authorities, guards and exits each, and 0 to 9 bridges are possible")
        }
    }
}

// MARK: - Texts

/// Whether a text is a host name by RFC 1123: labels of letters, digits and inner hyphens.
func isHostName(_ text: String) -> Bool {
    guard (1...253).contains(text.utf8.count) else { return false }
    return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
        (1...63).contains(label.count)
            && label.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
            && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
    }
}

func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: false
    }
}
