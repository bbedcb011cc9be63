import FoundationEssentials
import SimulatedInternet
import Testing
import internet_probe

/// Real daemons in namespaces of their own; one at a time, since each brings up a whole Tor network.
@Suite(
    "Simulated internet",
    .serialized,
    .enabled(if: Probe.isPossible, "\(Probe.requirement)"),
    .timeLimit(.minutes(5))
)
struct SimulatedInternetTests {
    @Test("first cold, then warm: a page comes through Tor, and everything ends with the scope")
    func coldThenWarm() async throws {
        try await Probe.withCache { probe in
            let cold = try await probe.run("up")
            #expect(cold.linksAfter < 1)
            #expect(cold.readyAfter < 60)
            #expect(cold.survivors.isEmpty)
            #expect(cold.evidence.contains("tor-exit1.log") && cold.evidence.contains("names.log"))
            // What the probe did is not what a guest did.
            #expect(cold.requests.isEmpty && cold.queries.isEmpty)

            // How much sooner it is up is measured by ci/bench: what was saved may have to be voted on again.
            let saved = try probe.stateTimes()
            #expect(saved.count == 2, "the keys alone, and keys with directories")
            let warm = try await probe.run("up")
            #expect(warm.readyAfter < 60)
            #expect(try probe.stateTimes() == saved)
            #expect(warm.survivors.isEmpty)

            // Directories that no client takes any more: the authorities have to vote again, with the keys they have.
            try probe.makeStatesOld(by: .seconds(3 * 24 * 3600))
            let stale = try await probe.run("stale")
            #expect(stale.readyAfter < 60)
            #expect(try probe.newestStateAge() < 600)
        }
    }

    @Test("a guest reaches the web directly, by IPv6, and through Tor with and without a bridge, and all is recorded")
    func guest() async throws {
        let seen = try await Probe.shared { try await $0.run("guest") }
        #expect(seen.seen["neighbour"]?.contains("02:00:0a:02:01:01") == true)
        #expect(seen.seen["direct"]?.contains("Your address is 10.2.1.50.") == true)
        #expect(seen.seen["direct6"]?.contains("Your address is 2001:db8:1:") == true)
        #expect(seen.seen["dns"] == "answered\n")
        for path in ["/tor", "/tor-again", "/obfs4", "/obfs4-again"] {
            let request = seen.requests.first { $0.path == path }
            #expect(seen.exits.contains(try #require(request).client))
        }
        #expect(seen.requests.first { $0.path == "/direct" }?.client == "10.2.1.50")
        #expect(seen.exitQueries.contains { $0.name == "web.test" && $0.type == "A" })
        // A name that does not exist must not make an exit give up on its resolver.
        #expect(seen.exitQueries.contains { $0.name == "no-such-name.test" })
        #expect(seen.exitQueries.allSatisfy { seen.exits.contains($0.client) })
        #expect(seen.queries.contains { $0.client == "10.2.1.50" && $0.name == "web.test" })
        #expect(seen.unreadable == 0)
        // The policy's groups are exactly what clients connect to.
        let groups = SimulatedInternet.destinations(InternetConfiguration())
        #expect(try peers(seen.seen["tor"]).isSubset(of: #require(groups["tor-relays"])))
        // Nobody enters by an exit, and authorities are asked for directories only.
        #expect(try peers(seen.seen["tor"]).isDisjoint(with: #require(groups["tor-exits"])))
        #expect(try peers(seen.seen["obfs4"]) == #require(groups["tor-bridges"]))
    }

    @Test("at the tap the host gives leases, answers pings, advertises a router, and is silent otherwise")
    func frames() async throws {
        let seen = try await Probe.shared { try await $0.run("frames") }
        let lease = try #require(seen.leases.first)
        #expect(lease.address == "10.2.1.150")
        #expect(lease.linkAddress == "52:54:00:ac:dd:ee")
        #expect(lease.hostName == "amnesia")
        let gateway = "from 02:00:0a:02:01:01"
        #expect(seen.seen["udp port 67 \(gateway)"] != nil)
        #expect(seen.seen["ipv4 protocol 1 \(gateway)"] != nil)
        #expect(seen.seen["icmpv6 type 134 \(gateway)"] != nil)
        // What else may come is the search for the neighbour to answer to.
        let expected = ["udp port 67", "ipv4 protocol 1", "icmpv6 type 134", "icmpv6 type 135", "arp"].map {
            "\($0) \(gateway)"
        }
        #expect(Set(seen.seen.keys).subtracting(expected) == [])
    }

    @Test("without IPv6 nothing of it is at the tap")
    func framesWithoutIPv6() async throws {
        let seen = try await Probe.shared { try await $0.run("framesWithoutIPv6") }
        let gateway = "from 02:00:0a:02:01:01"
        #expect(seen.seen["udp port 67 \(gateway)"] != nil)
        #expect(
            Set(seen.seen.keys).subtracting(["udp port 67", "ipv4 protocol 1", "arp"].map { "\($0) \(gateway)" }) == []
        )
    }

    @Test("a service that dies ends the scope, and the error names it and its last words")
    func killed() async throws {
        let seen = try await Probe.shared { try await $0.run("killed") }
        let error = try #require(seen.error)
        #expect(error.contains("The service tor ") && error.contains("was ended by signal 9"))
        #expect(error.contains("[notice]"))
        #expect(seen.goneAfter < 30)
        #expect(seen.survivors.isEmpty)
    }

    @Test("an end while services come up leaves nothing behind")
    func cancelled() async throws {
        let seen = try await Probe.shared { try await $0.run("cancel") }
        #expect(seen.error == "CancellationError()")
        #expect(seen.survivors.isEmpty)
    }

    @Test("outside of a sandbox nothing is done")
    func notIsolated() async throws {
        let output = try await Probe.shared { try await $0.runOutside("up") }
        #expect(output.contains("Expected a network namespace with nothing but a loopback in it"))
    }

    private func peers(_ output: String?) throws -> Set<ServiceEndpoint> {
        let lines = try #require(output).split(separator: "\n").filter { $0.hasPrefix("peer ") }
        let peers = lines.compactMap { line -> ServiceEndpoint? in
            let words = line.dropFirst("peer ".count).split(separator: ":")
            guard words.count == 2, let port = UInt16(words[1]), words[0] != "127.0.0.1" else { return nil }
            return ServiceEndpoint(address: String(words[0]), port: port)
        }
        #expect(!peers.isEmpty)
        return Set(peers)
    }
}
