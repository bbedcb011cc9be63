import SimulatedInternet
import Testing
import internet_probe

@Suite("Leases over IPv6", .serialized, .enabled(if: Probe.isPossible, "\(Probe.requirement)"), .timeLimit(.minutes(5)))
struct AddressLeaseTests {
    @Test("a guest that asks by DHCPv6 gets an address, besides the one it makes of the advertised prefix")
    func leases6() async throws {
        let seen = try await Probe.shared { try await $0.run("leases6") }
        #expect(seen.seen["slaac"]?.contains("inet6 2001:db8:1:0:") == true)
        let lease = try #require(seen.leases6.first)
        #expect(lease.address.hasPrefix("2001:db8:1::1"))
        #expect(lease.clientIdentifier == "00:04:81:82:83:84:85:86:87:88:89:8a:8b:8c:8d:8e:8f:90")
        #expect(seen.unreadable == 0)
    }
}
