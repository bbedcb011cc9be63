import Testing
import hostility_probe

/// A victim without any protection on a real network stack, which shows that each attack works, and ends.
@Suite("Attacks", .serialized, .enabled(if: Probe.isPossible, Probe.requirement), .timeLimit(.minutes(5)))
struct AttackTests {
    private static let page = "Your address is 10.2.1.150."

    @Test("a flood of routers is believed: routes, prefixes and addresses of strangers")
    func routerFlood() async throws {
        let seen = try await Probe.run("routerFlood")
        #expect(seen.during.contains("fe80::bad:0:") && seen.during.contains("inet6 2001:db8:bad"))
        #expect(!seen.before.contains("bad") && !seen.after.contains("bad"))
        #expect(seen.records[0].sent > 0 && seen.records[0].withheld == 0)
    }

    @Test("a rogue DHCP server is believed: address, router, resolver, domain, name, routes and proxy")
    func rogueLeases() async throws {
        let seen = try await Probe.run("rogueLeases")
        let rogue = "10.2.1.242"
        #expect(
            seen.during
                == "10.2.1.210|\(rogue)|\(rogue)|hostile.test|hostile.test|pwned|"
                + "0.0.0.0/1 \(rogue) 128.0.0.0/1 \(rogue)|http://wpad.hostile.test/wpad.dat\n"
        )
        for other in [seen.before, seen.after] {
            #expect(other.hasPrefix("10.2.1.1") && other.contains("|10.2.1.1|10.2.1.1|") && !other.contains(rogue))
        }
        #expect(seen.records[0].sent >= 2 && seen.records[0].blocked >= 2)
    }

    @Test("an impostor is taken for the gateway, and the victim does not notice")
    func impostor() async throws {
        let seen = try await Probe.run("impostor")
        #expect(seen.during.contains("lladdr 02:00:0a:02:01:f3") && seen.during.contains(Self.page))
        for other in [seen.before, seen.after] {
            #expect(other.contains("lladdr 02:00:0a:02:01:01") && other.contains(Self.page))
        }
        #expect(seen.records[0].forwarded > 0)
    }

    @Test("forged answers are believed, whoever was asked")
    func forger() async throws {
        let seen = try await Probe.run("forger")
        #expect(seen.during == "Address: 10.2.1.244\n")
        #expect(seen.before == "Address: 203.0.113.80\n" && seen.after == seen.before)
    }

    @Test("connections are reset")
    func resets() async throws {
        let seen = try await Probe.run("resets")
        #expect(seen.during.contains("curl: ") && !seen.during.contains(Self.page))
        #expect(seen.before.contains(Self.page) && seen.after.contains(Self.page))
        #expect(seen.records[0].sent > 0)
    }

    @Test("an open connection is reset in the middle")
    func resetInTheMiddle() async throws {
        let seen = try await Probe.run("middle")
        #expect(seen.before == "answered\n")
        #expect(seen.during.contains("reset by peer"))
        #expect(seen.after == "answered\n")
    }

    @Test("a censor keeps the guest from what it blocks, and from nothing else", arguments: ["dropped", "refused"])
    func censor(_ check: String) async throws {
        let seen = try await Probe.run(check)
        #expect(seen.during.contains(check == "dropped" ? "timed out" : "Couldn't connect"))
        #expect(!seen.during.contains(Self.page) && seen.during.contains("resolver reached"))
        for other in [seen.before, seen.after] {
            #expect(other.contains(Self.page) && other.contains("resolver reached"))
        }
        #expect(seen.records[0].blocked > 0)
    }

    @Test("attacks can go on at the same time")
    func combined() async throws {
        let seen = try await Probe.run("combined")
        #expect(seen.during.contains("10.2.1.244") && seen.during.contains("curl: "))
        #expect(seen.after.contains("203.0.113.80") && seen.after.contains(Self.page))
    }

    @Test("attacks of one kind can't, and the second one says so")
    func twice() async throws {
        let seen = try await Probe.run("twice")
        #expect(seen.during.contains("File exists"))
        #expect(seen.after == "Address: 203.0.113.80\n")
    }

    @Test("an attack that is cancelled leaves no port and no rule")
    func cancelled() async throws {
        let seen = try await Probe.run("cancelled")
        #expect(seen.during.contains("foe0") && seen.during.contains("hostile244"))
        #expect(!seen.after.contains("foe") && !seen.after.contains("hostile"))
    }
}
