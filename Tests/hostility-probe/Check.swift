import GuestNetwork
import HostileNetwork
import PacketDecoding
import SimulatedInternet

/// The things a test can ask for.
enum Check: String, CaseIterable {
    case routerFlood, rogueLeases, impostor, forger, resets, middle, dropped, refused, combined, twice, cancelled
    case lossyLink, slowLink, narrowLink, changingLink, twoLinks, widestLink
    case scanOpen, scanSilent, scanCutOff, scanLossy, scanAddressless

    func report(_ internet: SimulatedInternet) async throws -> ProbeReport {
        switch self {
        case .routerFlood:
            // A victim that believes routers has more of them than it asked for after a moment.
            try await compare(internet, [RouterFlood()], Self.listRouters, patience: "grep -q 2001:db8:bad")
        case .rogueLeases: try await compare(internet, [RogueLeases()], Self.askForLease)
        case .impostor:
            try await compare(
                internet,
                [Self.impostor(internet.guestPort)],
                "\(Self.fetch); \(enter) ip neigh show 10.2.1.1",
                patience: "grep -q 02:00:0a:02:01:f3"
            )
        case .forger: try await compare(internet, [NameForger()], Self.lookUp)
        case .resets: try await compare(internet, [ConnectionResets()], Self.fetch)
        case .dropped: try await compare(internet, [try Self.censor(internet, by: .drop)], Self.fetchBoth)
        case .refused: try await compare(internet, [try Self.censor(internet, by: .reset)], Self.fetchBoth)
        case .combined:
            try await compare(internet, [NameForger(), ConnectionResets()], "\(Self.lookUp); \(Self.fetch)")
        case .middle: try await resetInTheMiddle(internet)
        case .twice: try await attackTwice(internet)
        case .cancelled: try await cancel(internet)
        case .lossyLink: try await ping(internet, LinkQuality(loss: 0.2), count: 200)
        case .slowLink:
            try await ping(internet, LinkQuality(delay: .milliseconds(100), jitter: .milliseconds(20)), count: 50)
        case .narrowLink: try await transfer(internet, LinkQuality(bitsPerSecond: 4_000_000), bytes: 1 << 20)
        // No test asks for it, since no test measures time: it tells what a link costs that loses nothing.
        case .widestLink: try await transfer(internet, LinkQuality(), bytes: 256 << 20)
        case .changingLink: try await changeLink(internet)
        case .twoLinks: try await linkTwice(internet)
        case .scanOpen, .scanSilent, .scanCutOff, .scanLossy, .scanAddressless: try await scan(internet)
        }
    }

    // MARK: - What the victim does

    private static let fetch = "\(enter) curl -sS -m3 http://203.0.113.80/ 2>&1 || true"
    private static let fetchBoth = """
        \(fetch); \(enter) bash -c 'exec 3<>/dev/tcp/10.2.1.1/53 && echo resolver reached' 2>&1 || true
        """
    private static let lookUp = "\(enter) busybox nslookup -type=a web.test 10.2.1.1 | grep Address | tail -n 1"
    private static let listRouters = "\(enter) ip -6 route show default; \(enter) ip -6 addr show dev eth0 scope global"
    private static let askForLease = """
        printf '#!/bin/sh\\n[ $1 != bound ] || echo "$ip|$router|$dns|$domain|$search|$hostname|$staticroutes|$wpad"' \
            > /run/lease
        chmod +x /run/lease
        \(enter) busybox udhcpc -i eth0 -f -q -n -t 5 -T 1 -s /run/lease -O 121 -O 119 -O 252 2>/dev/null
        """

    /// A request whose second half waits for a line of input.
    private static let fetchSlowly = """
        \(enter) bash -c 'exec 3<>/dev/tcp/203.0.113.80/80; printf "GET / HTTP/1.0\\r\\n" >&3; echo open >/run/open
        read line </run/go; printf "\\r\\n" >&3; grep -q Assay <&3 && echo answered' 2>&1 || true
        """

    // MARK: - Attacks

    private static func impostor(_ port: GuestPort) -> GatewayImpostor {
        GatewayImpostor(
            gateway: IPv4Address(port.gateway) ?? .unspecified,
            gateways6: port.gateway6.flatMap { IPv6Address($0) }.map { [$0] } ?? []
        )
    }

    private static func censor(_ internet: SimulatedInternet, by means: Censorship.Means) throws -> Censorship {
        Censorship(of: "the web", try internet.destinations(named: "web"), by: means)
    }

    /// Lets the victim do the same before, during and after attacks, again and again until it is seen if need be.
    private func compare(
        _ internet: SimulatedInternet,
        _ attacks: [any Attack],
        _ script: String,
        patience: String? = nil
    ) async throws -> ProbeReport {
        try await internet.waitForNames()
        if self != .rogueLeases { try await setAddress() }
        var report = ProbeReport()
        report.before = try await shell(script)
        let records = attacks.map { Watched(AttackRecord(name: $0.name)) }
        let loop = patience.map { "until { \(script); } | \($0); do sleep 0.2; done; " } ?? ""
        report.during = try await nest(attacks[...], records[...], internet) {
            try await shell("\(loop)\(script)")
        }
        // What the victim believed is not what the network says now.
        if self != .rogueLeases {
            try await shell(
                """
                \(enter) ip neigh flush dev eth0
                \(enter) ip -6 route flush proto ra
                \(enter) ip -6 addr flush dev eth0 scope global
                """
            )
        }
        report.after = try await shell(script)
        report.records = records.map(\.value)
        return report
    }

    private func nest(
        _ attacks: ArraySlice<any Attack>,
        _ records: ArraySlice<Watched<AttackRecord>>,
        _ internet: SimulatedInternet,
        _ body: @escaping @Sendable () async throws -> String
    ) async throws -> String {
        guard let attack = attacks.first, let record = records.first else { return try await body() }
        return try await withAttack(attack, in: internet, record: record) {
            try await nest(attacks.dropFirst(), records.dropFirst(), internet, body)
        }
    }

    // MARK: - Special cases

    private func resetInTheMiddle(_ internet: SimulatedInternet) async throws -> ProbeReport {
        try await setAddress()
        try await shell("mkfifo /run/open /run/go")
        /// Opens a connection, and ends it within `scope`.
        @Sendable func fetch(_ scope: @Sendable (@escaping @Sendable () async throws -> String) async throws -> String)
            async throws -> String
        {
            async let output = shell(Self.fetchSlowly)
            try await shell("read line </run/open")
            _ = try await scope { try await shell("echo >/run/go") }
            return try await output
        }
        var report = ProbeReport()
        report.before = try await fetch { try await $0() }
        let record = Watched(AttackRecord(name: "resets"))
        report.during = try await fetch { body in
            try await withAttack(ConnectionResets(), in: internet, record: record) {
                let output = try await body()
                try await record.wait { $0.sent > 0 }
                return output
            }
        }
        report.after = try await fetch { try await $0() }
        return report
    }

    private func attackTwice(_ internet: SimulatedInternet) async throws -> ProbeReport {
        try await internet.waitForNames()
        try await setAddress()
        var report = ProbeReport()
        let record = Watched(AttackRecord(name: "forger"))
        do {
            report.during = try await nest([NameForger(), NameForger()], [record, record], internet) { "possible" }
        } catch {
            report.during = "\(error)"
        }
        report.after = try await shell(Self.lookUp)
        return report
    }

    private func cancel(_ internet: SimulatedInternet) async throws -> ProbeReport {
        let list = "ip -brief link; nft list tables"
        let record = Watched(AttackRecord(name: "forger"))
        let seen = Watched("")
        let attack = Task {
            try await withAttack(NameForger(), in: internet, record: record) {
                let output = try await shell(list)
                seen.update { $0 = output }
                try await Task.sleep(for: .seconds(3600))
            }
        }
        try await seen.wait { !$0.isEmpty }
        attack.cancel()
        var report = ProbeReport()
        guard case .failure = await attack.result else { return report }
        report.during = seen.value
        report.after = try await shell(list)
        return report
    }
}
