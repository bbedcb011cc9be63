import HostileNetwork
import Testing
import hostility_probe

/// Victims that listen, and others that say nothing.
@Suite("Scans", .serialized, .enabled(if: Probe.isPossible, Probe.requirement), .timeLimit(.minutes(5)))
struct ScanTests {
    @Test("a system without a firewall answers in every way that its kernel knows, and its open port is found")
    func open() async throws {
        let seen = try await Probe.run("scanOpen").scan
        for kind in [ScanPlan.Kind.arp, .echo, .echo6, .neighbours, .tcp, .udp] {
            let tally = try #require(seen.tallies[kind])
            #expect(tally.answered > 0 && tally.sent > 0 && tally.arrived == tally.sent, "\(kind)")
        }
        #expect(seen.isConclusive)
        let services = seen.answers(besides: []).prefix { $0.isService }
        #expect(Set(services.map(\.port)) == [8080])
        #expect(services.contains { $0.summary.contains("10.2.1.150:8080 →") && $0.summary.contains("SYN ACK") })
    }

    @Test("a system that is silent has answered nothing, and every probe has arrived")
    func silent() async throws {
        let seen = try await Probe.run("scanSilent").scan
        #expect(seen.doubts.isEmpty)
        #expect(seen.answers.isEmpty && seen.answerCount(besides: []) == 0)
        #expect(Set(seen.tallies.keys) == ScanPlan().kinds)
        #expect(seen.tallies.values.allSatisfy { $0.sent > 0 && $0.arrived == $0.sent })
    }

    @Test("a scan whose probes do not arrive proves nothing", arguments: ["scanCutOff", "scanLossy"])
    func unproven(_ check: String) async throws {
        let seen = try await Probe.run(check).scan
        #expect(!seen.isConclusive && seen.doubts.contains { $0.contains("did not arrive") })
    }

    @Test("a system whose address nobody knows was not asked at its ports")
    func addressless() async throws {
        let seen = try await Probe.run("scanAddressless").scan
        #expect(seen.doubts.contains { $0.hasPrefix("TCP could not be tried") })
        #expect(seen.tallies[.arp]?.arrived == seen.tallies[.arp]?.sent)
    }
}
