import FoundationEssentials
package import SystemPackage

/// The internet that a guest meets in a sandbox: a LAN, names, a private Tor network, a web site, and no way out.
///
/// The links are there from the start, so a guest may boot while services come up; ``waitUntilReady(within:)`` is
/// for whoever needs the services.
package struct SimulatedInternet: Sendable {
    /// The name of the web site, on the LAN and at the exits.
    package static let webName = "web.test"

    /// What this internet offers.
    package let configuration: InternetConfiguration
    /// Where the guest is plugged in.
    package let guestPort: GuestPort
    /// The folder with the services' logs, to be kept when a scenario fails.
    ///
    /// Files appear as services start.
    package let logFolder: FilePath

    /// What is known of services that come up.
    struct Progress: Sendable {
        var torIsWanted = false
        var namesAnswer = false
        var torNetwork: TorNetwork?
        var torAnswers = false
        /// How often an authority said that it has a new consensus.
        var consensuses = 0
        /// The last bootstrap line of each relay.
        var bootstrap: [String: String] = [:]
        var warnings: [String] = []
        /// What was asked for so far.
        var state: InternetState
        /// What the name service that runs was told.
        var servedNames: InternetConfiguration?
        /// The parts that can be used.
        var answering: Set<InternetPart> = []
        var keys: ServiceKeys?
        var portalIsOpen = false
        var visitorIsConnected = false
    }

    let progress: Watched<Progress>
    let scratch: FilePath
    let seen = Watched(SeenTraffic())
    let sunk = Watched(SunkTraffic())
    let clock: Watched<ServedTime>
    /// What only the world's own probe asks for; a guest can't guess it to hide behind it.
    let probeWord: String

    init(configuration: InternetConfiguration, scratch: FilePath) {
        self.configuration = configuration
        self.scratch = scratch
        guestPort = GuestPort(offersIPv6: configuration.offersIPv6)
        progress = Watched(Progress(state: InternetState(configuration)))
        clock = Watched(configuration.time ?? ServedTime())
        logFolder = scratch.appending("logs")
        probeWord = "probe-\(UUID().uuidString.lowercased())"
    }

    // MARK: - Readiness

    /// Lets the Tor network come up, unless somebody has asked for it already.
    ///
    /// It keeps a processor busy for a second or two, which the start of a guest can use better.
    package func startTor() { progress.update { $0.torIsWanted = true } }

    /// Returns when DHCP and DNS answer and a page came through the Tor network.
    ///
    /// - Throws: ``SimulatedInternetError/late(_:within:lastLines:)`` with how far each relay came.
    package func waitUntilReady(within limit: Duration = .seconds(60)) async throws {
        startTor()
        try await withDeadline(limit) {
            late("the simulated internet to be ready", limit)
        } body: { [progress] in
            try await progress.wait(until: { $0.namesAnswer && $0.torAnswers })
        }
    }

    /// Returns when DHCP and DNS answer, without a Tor network.
    package func waitForNames(within limit: Duration = .seconds(10)) async throws {
        try await withDeadline(limit) {
            late("names and leases to be ready", limit)
        } body: { [progress] in
            try await progress.wait(until: \.namesAnswer)
        }
    }

    /// The private Tor network; waits for its keys, which are made only once in a host's life.
    package func torNetwork(within limit: Duration = .seconds(60)) async throws -> TorNetwork {
        startTor()
        return try await withDeadline(limit) {
            late("the keys of the Tor network", limit)
        } body: { [progress] in
            try await progress.wait(for: \.torNetwork)
        }
    }

    private func late(_ what: String, _ limit: Duration) -> SimulatedInternetError {
        let now = progress.value
        let names = "names and leases: \(now.namesAnswer ? "ready" : "not ready")"
        let bootstrap = now.bootstrap.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return .late(what, within: limit, lastLines: [names] + bootstrap)
    }

    /// What went wrong without being in the way, in words fit for a report.
    package var warnings: [String] { progress.value.warnings }

    // MARK: - Destinations

    /// The endpoints of a group, for the rules of a leak policy.
    ///
    /// - Throws: ``SimulatedInternetError/unknownDestinations(_:known:)``.
    package func destinations(named group: String) throws(SimulatedInternetError) -> Set<ServiceEndpoint> {
        let groups = Self.destinations(configuration)
        guard let endpoints = groups[group] else { throw .unknownDestinations(group, known: groups.keys.sorted()) }
        return endpoints
    }

    /// Every group there is, by name.
    package static func destinations(_ configuration: InternetConfiguration) -> [String: Set<ServiceEndpoint>] {
        let nodes = TorNodePlan.nodes(configuration.torNetwork)
        func entries(_ kinds: TorRelay.Kind...) -> Set<ServiceEndpoint> {
            Set(nodes.filter { kinds.contains($0.kind) }.map(\.entry))
        }
        func endpoints(_ port: UInt16, _ addresses: String...) -> Set<ServiceEndpoint> {
            Set(addresses.map { ServiceEndpoint(address: $0, port: port) })
        }
        let hasIPv6 = configuration.offersIPv6
        let web = endpoints(80, AddressPlan.web)
        let resolver = endpoints(53, AddressPlan.lanGateway)
        var groups = [
            "tor-relays": entries(.authority, .guard, .exit),
            "tor-authorities": entries(.authority),
            "tor-guards": entries(.guard),
            "tor-exits": entries(.exit),
            "tor-bridges": entries(.bridge),
            "web": hasIPv6 ? web.union(endpoints(80, AddressPlan.web6)) : web,
            "lan-resolver": hasIPv6 ? resolver.union(endpoints(53, AddressPlan.lanGateway6)) : resolver,
            "lan-dhcp": endpoints(67, AddressPlan.lanGateway),
        ]
        for part in InternetPart.allCases where !part.endpoints.isEmpty { groups[part.rawValue] = part.endpoints }
        return groups
    }

    // MARK: - What services saw

    /// What the services have seen so far, without what the world's own probe did.
    package var traffic: SeenTraffic { seen.value }

    /// What the sinkhole was told so far; nothing when there is none.
    package var sunkTraffic: SunkTraffic { sunk.value }

    /// Returns the first conversation with the sinkhole that fits, past or to come.
    ///
    /// - Throws: ``SimulatedInternetError/late(_:within:lastLines:)``.
    package func conversation(
        within limit: Duration,
        where fits: @escaping @Sendable (SunkConversation) -> Bool
    ) async throws -> SunkConversation {
        try await withDeadline(limit) {
            SimulatedInternetError.late("a certain conversation with the sinkhole", within: limit, lastLines: [])
        } body: { [sunk] in
            try await sunk.wait { $0.conversations.first(where: fits) }
        }
    }

    /// The addresses from which exits fetch pages and ask for names.
    package var exitAddresses: Set<String> {
        Set(TorNodePlan.nodes(configuration.torNetwork).filter { $0.kind == .exit }.map(\.address))
    }

    /// The names that exits resolved, oldest first.
    package var namesResolvedAtExits: [NameQuery] {
        let exits = exitAddresses
        return traffic.queries.filter { exits.contains($0.client) }
    }

    /// Waits until what the services have seen is as somebody expects it.
    ///
    /// - Throws: ``SimulatedInternetError/late(_:within:lastLines:)``.
    package func waitForTraffic(
        within limit: Duration,
        until holds: @escaping @Sendable (SeenTraffic) -> Bool
    ) async throws {
        try await withDeadline(limit) {
            SimulatedInternetError.late("certain traffic at the services", within: limit, lastLines: [])
        } body: { [seen] in
            try await seen.wait(until: holds)
        }
    }

    /// The logs that there are so far, to be attached to a failed scenario.
    package var evidenceFiles: [FilePath] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: logFolder.string)) ?? []
        return names.sorted().map { logFolder.appending($0) }
    }

    // MARK: - Notes of others

    /// Notes that somebody else on the guest's LAN has given it an address.
    package func noteForeignLease(of address: String, to linkAddress: String) {
        let lease = AddressLease(time: Date(), address: address, linkAddress: linkAddress, hostName: nil)
        seen.update { $0.add(lease) }
    }

    /// Takes down that somebody else got a message that was meant for the DHCP server.
    package func noteForeignLeaseMessage() { seen.update { $0.addLeaseMessage() } }

    // MARK: - Notes of services

    var probeName: String { "\(probeWord).test" }

    /// Takes a line of the name service's log.
    func noteNames(_ line: String, at time: Date) {
        switch NameServiceEvent(line: line, time: time) {
        case .started: progress.update { $0.namesAnswer = $0.servedNames != nil }
        case .query(let query) where query.name == probeName: break
        case .query(let query): seen.update { $0.add(naming(query)) }
        case .lease(let lease): seen.update { $0.add(lease) }
        case .lease6(let lease): seen.update { $0.add(lease) }
        case .leaseMessage: seen.update { $0.addLeaseMessage() }
        case .leaseMessage6: seen.update { $0.addLeaseMessage6() }
        case .unreadable: seen.update { $0.addUnreadable() }
        case .other: break
        }
    }

    /// Names the exit as the one who asked, instead of the resolver that only this exit knows.
    private func naming(_ query: NameQuery) -> NameQuery {
        let nodes = TorNodePlan.nodes(configuration.torNetwork)
        let exit = nodes.first { $0.kind == .exit && $0.resolver == query.client }
        return NameQuery(time: query.time, client: exit?.address ?? query.client, name: query.name, type: query.type)
    }

    /// Takes a line of the web server's output.
    func noteWeb(_ line: String) {
        guard WebRequest.isRequest(line) else { return }
        guard let request = WebRequest(line: line) else { return seen.update { $0.addUnreadable() } }
        if request.path != "/\(probeWord)" { seen.update { $0.add(request) } }
    }

    /// Takes a line of a relay's log.
    func noteRelay(_ nickname: String, _ line: String) {
        if line.contains("Published microdesc consensus") { progress.update { $0.consensuses += 1 } }
        guard let start = line.firstRange(of: "Bootstrapped ")?.lowerBound else { return }
        progress.update { $0.bootstrap[nickname] = String(line[start...]) }
    }
}
