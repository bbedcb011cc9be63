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

    /// Leaves out of the answers what was seen until now, such as the attempts that found out whether Tor works.
    public func forgetWhatWasSeen() {
        let seen = simulated.traffic
        baseline.requests.withLock { $0 = seen.requests.count }
        baseline.queries.withLock { $0 = seen.queries.count }
    }

    private final class Baseline: Sendable {
        let hasLease = Mutex(false)
        let requests = Mutex(0)
        let queries = Mutex(0)
    }
}
