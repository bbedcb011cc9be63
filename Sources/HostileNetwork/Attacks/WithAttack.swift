package import SimulatedInternet
import SystemPackage

/// Runs `body` while an attack goes on against the guest, and ends the attack before returning.
///
/// Attacks of different kinds can be combined by nesting. Has to be called within `withSimulatedInternet`. The attack
/// is there when `body` begins; `record` tells what it does, and holds everything when this has returned.
///
/// - Returns: What `body` returned.
/// - Throws: The error of `body`, or a `SimulatedInternetError`; when the attack breaks down, `body` is cancelled.
package func withAttack<Value: Sendable>(
    _ attack: some Attack,
    in internet: SimulatedInternet,
    record: Watched<AttackRecord>,
    body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let rules = HostileRules(attack, bridge: internet.guestPort.bridge)
    return try await rules.applied(counting: record) {
        let station = try await HostileStation.open(on: internet.guestPort, attack, record: record)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await ServingThread.run(attack.name) { try station.run(until: $0) }
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            // The station never returns by itself, so the first value is that of the body.
            for try await finished in group {
                if let finished { return finished }
            }
            throw CancellationError()
        }
    }
}

/// What an attack asks of the packet filter: a table that is there as long as the attack.
struct HostileRules: Sendable {
    private let table: String
    private let bridge: String
    private let rules: [String]

    init(_ attack: some Attack, bridge: String) {
        table = "hostile\(attack.station.number)"
        self.bridge = bridge
        rules = attack.rules
    }

    /// Input of `nft -f`: everything that the guest sends to a host of its internet comes by.
    var text: String {
        let lines = rules.map { rule in
            // The verdict is what a rule ends in; the counter goes before it.
            let words = rule.split(separator: " ")
            let verdict = words.lastIndex { $0 == "drop" || $0 == "reject" } ?? words.count
            let (condition, end) = (words[..<verdict], words[verdict...])
            return "iifname \"\(bridge)\" \(condition.joined(separator: " ")) counter \(end.joined(separator: " "))"
        }
        return """
            create table inet \(table)
            table inet \(table) {
                chain input {
                    type filter hook input priority -1; policy accept;
                    \(lines.joined(separator: "\n        "))
                }
            }

            """
    }

    func applied<Value: Sendable>(
        counting record: Watched<AttackRecord>,
        _ body: () async throws -> Value
    ) async throws -> Value {
        guard !rules.isEmpty else { return try await body() }
        try await HostProgram.nft.run(["-f", "-"], input: text)
        let result: Result<Value, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        // In a task of its own: a scope that is cancelled has to clean up as well.
        let (table, name) = (table, record.value.name)
        let blocked = try await Task {
            let listing = try await HostProgram.nft.run(["list", "table", "inet", table])
            try await HostProgram.nft.run(["delete", "table", "inet", table])
            guard let packets = Self.packets(counted: listing) else {
                throw SimulatedInternetError.programFailed(
                    "nft list table inet \(table)",
                    status: "its counters for \(name) could not be read",
                    lastLines: listing.split(separator: "\n").suffix(10).map(String.init)
                )
            }
            return packets
        }.value
        record.update { $0.blocked += blocked }
        return try result.get()
    }

    /// The sum of the counters in a listing, or `nil` when there are none.
    static func packets(counted listing: String) -> Int? {
        let words = listing.split(whereSeparator: \.isWhitespace)
        let counts = words.indices.dropLast(2).compactMap { index in
            words[index] == "counter" && words[index + 1] == "packets" ? Int(words[index + 2]) : nil
        }
        return counts.isEmpty ? nil : counts.reduce(0, +)
    }
}
