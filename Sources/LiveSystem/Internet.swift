public import Diagnostics
import SimulatedInternet
import Synchronization

/// The closed internet that the machine is connected to, as steps see it.
public struct Internet: Sendable {
    private let simulated: SimulatedInternet
    private let baseline = Baseline()

    /// How long what a service has seen may take to get here.
    private static let patience: Duration = .seconds(10)

    /// An address that is in none of the networks that a guest can be in itself (RFC 5737).
    static let someAddress = "198.51.100.1"

    init(_ simulated: SimulatedInternet) { self.simulated = simulated }

    /// Notes that the guest has an address already, from before its checkpoint was made.
    func noteLease() { baseline.hasLease.withLock { $0 = true } }

    /// Whether the guest has been given an address by now.
    var guestHasLease: Bool { baseline.hasLease.withLock { $0 } || !simulated.traffic.leases.isEmpty }

    /// The addresses from which exit relays speak.
    public var exits: Set<String> { simulated.exitAddresses }

    /// The address of a page that is there for trying whether the way to it works.
    public var probeURL: String { "http://\(SimulatedInternet.webName)/" }

    /// Waits until names, web and Tor network answer.
    public func waitUntilReady(within limit: Duration) async throws {
        try await simulated.waitUntilReady(within: limit)
    }

    /// What a Tor client needs to know of the simulated network: lines of a torrc, without `DisableNetwork`.
    public func clientConfiguration(within limit: Duration) async throws -> String {
        try await simulated.torNetwork(within: limit).clientConfiguration
    }

    /// Whether the guest has been given an address, now or within a limit.
    func hasLeased(within limit: Duration) async -> Bool {
        if guestHasLease { return true }
        do { try await simulated.waitForTraffic(within: limit) { !$0.leases.isEmpty } } catch { return false }
        return true
    }

    /// The addresses from which the web server was visited, in the order of the visits.
    public func visitors() async throws -> [String] {
        let first = baseline.requests.withLock { $0 }
        _ = try? await simulated.waitForTraffic(within: Self.patience) { $0.requests.count > first }
        return simulated.traffic.requests.dropFirst(first).map(\.client)
    }

    /// The addresses from which a name was asked for, in the order of the questions.
    public func askers(for name: String) async throws -> [String] {
        let first = baseline.queries.withLock { $0 }
        let asked: @Sendable (SeenTraffic) -> [String] = { seen in
            seen.queries.dropFirst(first).filter { $0.name?.lowercased() == name.lowercased() }.map(\.client)
        }
        _ = try? await simulated.waitForTraffic(within: Self.patience) { !asked($0).isEmpty }
        return asked(simulated.traffic)
    }

    /// The names that exits looked up, each once, in the order of the questions.
    ///
    /// - Throws: ``InternetRecordBroken`` when not all of them are known.
    public func namesResolvedAtExits() throws -> [String] {
        try requireCompleteRecord()
        let exits = simulated.exitAddresses
        var names: [String] = []
        for query in simulated.traffic.queries.dropFirst(baseline.queries.withLock { $0 })
        where exits.contains(query.client) {
            let name = query.name?.lowercased() ?? "(unprintable)"
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// Leaves out of the answers what was seen until now, such as the attempts that found out whether Tor works.
    public func forgetWhatWasSeen() {
        let seen = simulated.traffic
        baseline.requests.withLock { $0 = seen.requests.count }
        baseline.queries.withLock { $0 = seen.queries.count }
        baseline.visits.withLock { $0 = seen.visits.count }
    }

    // MARK: - Parts

    /// What was asked for until now, to be there again when a checkpoint is gone on from.
    var state: InternetState { simulated.state }

    /// Starts a server, unless it is there already; it ends with the scenario.
    public func start(_ service: InternetService) async throws { try await simulated.start(service.part) }

    /// Lets an answer come from every address and every port that nobody has.
    public func answerEveryAddress() async throws { try await simulated.start(.sinkhole) }

    /// Closes the way with a captive portal.
    public func startPortal() async throws { try await simulated.start(.portal) }

    /// Waits until somebody has sent the captive portal's form.
    public func waitUntilPortalIsPassed(within limit: Duration) async throws {
        try await simulated.waitUntilPortalIsPassed(within: limit)
    }

    /// The address of the captive portal.
    public var portalAddress: String { InternetPart.portal.endpoints.first?.address ?? "" }

    /// Lets the network tell a time that is off, by NTP.
    public func tellTime(off offset: Duration) async throws {
        try simulated.tell(ServedTime(offset: offset))
        try await simulated.start(.time)
    }

    /// Leases IPv6 addresses from now on, besides advertising a prefix.
    public func leaseIPv6() async throws { try await simulated.leaseIPv6() }

    /// Waits until the guest has been given an address by DHCPv6.
    public func waitForLeaseOfIPv6(within limit: Duration) async throws {
        try await simulated.waitForTraffic(within: limit) { !$0.leases6.isEmpty }
    }

    /// What a client's torrc says of each bridge.
    public func bridgeLines(within limit: Duration) async throws -> [String] {
        try await simulated.torNetwork(within: limit).bridgeLines
    }

    func credentials() async throws -> ServiceCredentials { try await simulated.credentials() }

    // MARK: - What parts saw

    /// The addresses from which a server was used, in the order of the visits.
    public func visitors(of service: InternetService) async throws -> [String] {
        let part = service.part
        let first = baseline.visits.withLock { $0 }
        _ = try? await simulated.waitForTraffic(within: Self.patience) {
            $0.visits.dropFirst(first).contains { $0.part == part }
        }
        try requireCompleteRecord()
        return simulated.traffic.visits.dropFirst(first).filter { $0.part == part }.map(\.client)
    }

    /// The messages that the mail server has taken.
    public func mails() throws -> [String] { try simulated.mails() }

    /// What was said to addresses that nobody has, each in a line, oldest first.
    ///
    /// - Throws: ``InternetRecordBroken`` when not everything was kept.
    public func heardInSinkhole() throws -> [String] {
        guard simulated.state.parts.contains(.sinkhole) else { throw InternetRecordBroken.noSinkhole }
        guard simulated.sunkTraffic.dropped == 0 else { throw InternetRecordBroken.incomplete }
        return simulated.sunkTraffic.conversations.map(\.line)
    }

    /// Waits until something of a kind was said to an address that nobody has, and returns all that was.
    public func heardInSinkhole(
        within limit: Duration,
        _ fits: @escaping @Sendable (String) -> Bool
    ) async throws -> [String] {
        _ = try? await simulated.conversation(within: limit) { fits($0.line) }
        return try heardInSinkhole()
    }

    /// Makes sure that what services tell is all that they saw.
    private func requireCompleteRecord() throws {
        let seen = simulated.traffic
        guard seen.dropped == 0, seen.unreadable == 0 else { throw InternetRecordBroken.incomplete }
    }

    private final class Baseline: Sendable {
        let hasLease = Mutex(false)
        let requests = Mutex(0)
        let queries = Mutex(0)
        let visits = Mutex(0)
    }
}

extension SunkConversation {
    /// Who said what to whom.
    fileprivate var line: String {
        let what = summary.isEmpty ? "\(byteCount) bytes" : summary
        return "\(transport.rawValue.uppercased()) from \(source) to \(destination): \(what)"
    }
}

/// A reason why what services tell proves nothing.
public enum InternetRecordBroken: ExplainedError, Equatable {
    case incomplete
    case noSinkhole

    public var blame: Blame {
        switch self {
        case .incomplete: .host
        case .noSinkhole: .testAuthor
        }
    }

    public var summary: String {
        switch self {
        case .incomplete:
            "The services of the internet have to tell all that they saw, and saw more than they can tell."
        case .noSinkhole: "Somebody has to answer every address before it can be told what was said to them."
        }
    }

    public var hint: String? {
        switch self {
        case .incomplete: nil
        case .noSinkhole: "Begin with the step “the network answers every address”."
        }
    }
}
