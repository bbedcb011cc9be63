package import HostileNetwork
import ScenarioWorlds
import SimulatedInternet
import Synchronization
package import Verdicts

/// The network between the system and its internet, which may be hostile or bad, and may ask the system questions.
///
/// Whatever begins in a step goes on until another step ends it, or the scenario does.
public final class Network: Sendable {
    fileprivate struct State {
        var attacks: [(hostility: Hostility, record: Watched<AttackRecord>)] = []
        /// The link while it is not perfect, and what it did before.
        var link: Watched<LinkRecord>?
        var links: [(quality: LinkQuality, record: Watched<LinkRecord>)] = []
        var scans: [ScanReport] = []
    }

    private static let linkName = "the link"

    private let internet: SimulatedInternet
    private let scenario: ScenarioContext
    private let timeoutScale: Double
    private let scopes = OpenScopes()
    private let quality = Watched(LinkQuality())
    private let state = Mutex(State())

    init(_ internet: SimulatedInternet, scenario: ScenarioContext, timeoutScale: Double) {
        (self.internet, self.scenario, self.timeoutScale) = (internet, scenario, timeoutScale)
    }

    // MARK: - Attacks

    /// Lets an attack begin.
    ///
    /// - Throws: ``NetworkError/alreadyAttacks(_:)``, or an error of the simulated internet.
    public func begin(_ hostility: Hostility) async throws {
        let internet = internet
        let attack = try hostility.attack(in: internet)
        // Ways of the same attacker exclude each other, such as two kinds of censorship.
        let running = try state.withLock { state in
            try state.attacks.filter { scopes.names.contains($0.hostility.rawValue) }.map {
                ($0.hostility, try $0.hostility.attack(in: internet).station)
            }
        }
        if let other = running.first(where: { $0.1 == attack.station }) {
            throw NetworkError.alreadyAttacks(other.0.rawValue)
        }
        let record = Watched(AttackRecord(name: attack.name))
        try await scopes.open(hostility.rawValue) { stay in
            try await withAttack(attack, in: internet, record: record) { await stay() }
        }
        state.withLock { $0.attacks.append((hostility, record)) }
        scenario.log("The network is hostile: \(attack.name).")
    }

    /// Lets an attack end.
    ///
    /// - Throws: ``NetworkError/doesNotAttack(_:)``, or an error of the simulated internet.
    public func end(_ hostility: Hostility) async throws {
        guard scopes.names.contains(hostility.rawValue) else { throw NetworkError.doesNotAttack(hostility.rawValue) }
        try await scopes.close(hostility.rawValue)
    }

    /// Makes sure that the system has met an attack that has begun, ended or not.
    ///
    /// - Throws: A ``NetworkError`` when it has not, in which case nothing is proven.
    public func requireMet(_ hostility: Hostility, within limit: Duration) async throws {
        let record = state.withLock { $0.attacks.last { $0.hostility == hostility }?.record }
        guard let record else { throw NetworkError.doesNotAttack(hostility.rawValue) }
        // What a packet filter blocks is known only when it is taken down.
        if hostility.blocks, scopes.names.contains(hostility.rawValue) { try await end(hostility) }
        try await withDeadline(limit) {
            try? await record.wait(until: \.acted)
        } else: {
            NetworkError.notMet(hostility.rawValue)
        }
    }

    // MARK: - Link

    /// Changes how bad the link is, from now on.
    ///
    /// - Throws: An error of the simulated internet, such as for a link that can't be.
    package func changeLink(_ change: (inout LinkQuality) -> Void) async throws {
        var wanted = quality.value
        change(&wanted)
        try wanted.validate()
        quality.update { $0 = wanted }
        scenario.log("From now on \(wanted.summary).")
        if scopes.names.contains(Self.linkName) {
            let record = state.withLock { $0.link }
            if let record { state.withLock { $0.links.append((wanted, record)) } }
            return
        }
        let record = Watched(LinkRecord())
        let (internet, quality) = (internet, quality)
        try await scopes.open(Self.linkName) { stay in
            try await withLinkQuality(quality, in: internet, record: record) { await stay() }
        }
        state.withLock { state in
            state.link = record
            state.links.append((wanted, record))
        }
    }

    /// Makes the link perfect again, by taking away what made it bad.
    ///
    /// - Throws: An error of the simulated internet.
    public func mendLink() async throws {
        quality.update { $0 = LinkQuality() }
        try await scopes.close(Self.linkName)
        state.withLock { $0.link = nil }
    }

    /// Makes the link lose some of the frames, each by itself: from 0 to 100 percent.
    ///
    /// - Throws: An error of the simulated internet.
    public func loseFrames(percent: Double) async throws { try await changeLink { $0.loss = percent / 100 } }

    /// Makes the link delay each frame, one way.
    ///
    /// - Throws: An error of the simulated internet.
    public func delayFrames(milliseconds: Int, jitter: Int = 0) async throws {
        try await changeLink {
            $0.delay = .milliseconds(milliseconds)
            $0.jitter = .milliseconds(jitter)
        }
    }

    /// Makes the link carry no more than so many bits in a second, in each direction.
    ///
    /// - Throws: An error of the simulated internet.
    public func limitRate(megabitsPerSecond: Double) async throws {
        let bits = megabitsPerSecond * 1_000_000
        guard bits.isFinite, (0...1e12).contains(bits) else {
            throw SimulatedInternetError.configuration("a link carries 8 kbit/s to 10 Gbit/s")
        }
        try await changeLink { $0.bitsPerSecond = Int(bits) }
    }

    // MARK: - Scans

    /// Asks the system whatever a stranger on its network can ask.
    ///
    /// - Throws: An error of the simulated internet.
    package func scan(_ plan: ScanPlan) async throws {
        var plan = plan
        plan.patience = plan.patience * timeoutScale
        let report = try await scanGuest(plan, in: internet)
        for line in report.lines + report.doubts { scenario.log(line) }
        state.withLock { $0.scans.append(report) }
    }

    /// Asks in every way, at common ports or at all TCP ports.
    ///
    /// - Throws: An error of the simulated internet.
    public func scan(allPorts: Bool) async throws {
        try await scan(allPorts ? ScanPlan(tcpPorts: Array(1...65_535), probesPerSecond: 2000) : ScanPlan())
    }

    /// Asks only what can be asked of everybody, such as of a system that has no address yet.
    ///
    /// - Throws: An error of the simulated internet.
    public func scanByBroadcast() async throws { try await scan(ScanPlan(kinds: ScanPlan.broadcast)) }

    /// Makes sure that the last scan got no answers but those of the named kinds.
    ///
    /// - Throws: A ``NetworkError``.
    public func requireNoAnswers(besides names: [String] = []) throws {
        let scan = try lastScan
        let allowed = Set(try names.map(Self.kind))
        let count = scan.answerCount(besides: allowed)
        guard count == 0 else {
            let answers = scan.answers(besides: allowed).prefix(12).map { "\($0.kind.rawValue): \($0.summary)" }
            throw NetworkError.answered(count, answers: Array(answers), scan: scan.lines)
        }
        guard scan.isConclusive else { throw NetworkError.unproven(scan.doubts, scan: scan.lines) }
    }

    /// Makes sure that the last scan got answers of all the named kinds, as an anti-test needs them.
    ///
    /// - Throws: A ``NetworkError``.
    public func requireAnswers(_ names: [String]) throws {
        let scan = try lastScan
        let missing = try names.filter { scan.tallies[try Self.kind($0)]?.answered ?? 0 == 0 }
        guard missing.isEmpty else { throw NetworkError.notAnswered(missing, scan: scan.lines) }
    }

    private var lastScan: ScanReport {
        get throws(NetworkError) {
            guard let scan = state.withLock({ $0.scans.last }) else { throw .notScanned }
            return scan
        }
    }

    private static func kind(_ name: String) throws(NetworkError) -> ScanPlan.Kind {
        guard let kind = ScanPlan.Kind(rawValue: name) else {
            throw .unknownAnswer(name, known: ScanPlan.Kind.allCases.map(\.rawValue))
        }
        return kind
    }

    // MARK: - For the provider

    /// Keeps up what steps begin, until the task is cancelled.
    func serve() async {
        let interruption = scenario.interruption
        await scopes.serve { interruption.interrupt(with: $0) }
    }

    /// What is on at the moment, which a checkpoint could not keep.
    var troubles: [String] { scopes.names }

    /// How many frames of the system the network has lost, blocked or not brought to an end, because it was told to be so.
    var framesKeptBack: Int {
        state.withLock { state in
            // A link that was changed stands there more than once, with one record.
            var links: [Watched<LinkRecord>] = []
            for link in state.links where !links.contains(where: { $0 === link.record }) { links.append(link.record) }
            return (links.map(\.value.fromGuest.keptBack) + state.attacks.map(\.record.value.blocked)).reduce(0, +)
        }
    }

    /// What the network did to the system in the scenario.
    package var report: ConditionReport {
        state.withLock { state in
            let attacks = state.attacks.map(\.record.value.summary)
            let links = state.links.map { "\($0.quality.summary): \($0.record.value.summary)" }
            let scans = state.scans.flatMap { scan in scan.lines.map { "scan: \($0)" } }
            let facts =
                (attacks.isEmpty ? [] : ["was hostile by \(state.attackNames)"])
                + (links.isEmpty ? [] : ["had a bad link"]) + (scans.isEmpty ? [] : ["scanned the system"])
            return ConditionReport(
                name: "network",
                state: .held,
                word: state.attacks.isEmpty ? "plain" : "hostile",
                summary: "The network \(facts.isEmpty ? "did its work" : facts.joined(separator: "; it ")).",
                details: attacks + links + scans
            )
        }
    }
}

extension Network.State {
    fileprivate var attackNames: String {
        var names: [String] = []
        for name in attacks.map(\.hostility.rawValue) where !names.contains(name) { names.append(name) }
        return names.joined(separator: ", ")
    }
}

extension Hostility {
    /// Whether it only keeps packets from their destination.
    fileprivate var blocks: Bool {
        switch self {
        case .blockedAuthorities, .blockedRelays, .refusedRelays: true
        case .routerFlood, .rogueLeases, .gatewaySpoofing, .forgedNames, .resets: false
        }
    }
}
