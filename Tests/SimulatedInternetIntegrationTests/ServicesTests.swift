import FoundationEssentials
import Glibc
import SimulatedInternet
import Testing
import internet_probe

/// Parts that are started while a guest is there, met by the clients that people use.
@Suite(
    "Parts of the internet",
    .serialized,
    .enabled(if: Probe.isPossible, "\(Probe.requirement)"),
    .timeLimit(.minutes(5))
)
struct ServicesTests {
    private static let hasServers = ["dropbear", "aiosmtpd", "dovecot", "openssl"].allSatisfy { program in
        ["/usr/sbin", "/usr/bin"].contains { access("\($0)/\(program)", X_OK) == 0 }
    }

    @Test(
        "updates, mail, git and ssh answer real clients once they are asked for, and tell who came",
        .enabled(if: hasServers, "needs dropbear-bin, python3-aiosmtpd, dovecot-imapd, openssl")
    )
    func services() async throws {
        let seen = try await Probe.shared { try await $0.run("services") }
        #expect(seen.seen["before"] == "nobody\n")
        #expect(seen.seen["update"] == "version 2\n")
        #expect(seen.seen["stranger"]?.contains("SSL certificate problem") == true)
        for kept in ["mail", "imap"] { #expect(seen.seen[kept]?.contains("Hello from the guest.") == true) }
        #expect(seen.seen["wrong password"]?.contains("Login denied") == true)
        #expect(seen.seen["git"] == "Assay example repository\n")
        #expect(seen.seen["ssh"] == "Your address is 10.2.1.50.\n")
        #expect(seen.seen["git over ssh"] == "same\n")
        // Not the host's files, and nothing for whoever has no key.
        #expect(seen.seen["other repository"]?.contains("protocol error") == true)
        #expect(seen.seen["no key"]?.contains("Permission denied (publickey)") == true)
        #expect(Set(seen.visits.map(\.part)) == [.updates, .mail, .git, .ssh])
        #expect(Set(seen.visits.map(\.what)).isSuperset(of: ["GET /release.txt", "SMTP", "IMAP"]))
        #expect(Set(seen.visits.map(\.client)) == ["10.2.1.50"])
        #expect(seen.unreadable == 0)
    }

    @Test("a captive portal leads every name and page to itself and refuses the rest, until its form was sent")
    func portal() async throws {
        let seen = try await Probe.shared { try await $0.run("portal") }
        let open = """
            page: 200\u{20}
            stranger: 200\u{20}
            tls: connected
            relay: connected
            name: 203.0.113.80
            resolver: 198.18.0.1

            """
        #expect(seen.seen["before"] == open)
        #expect(
            seen.seen["closed"] == """
                page: 302 http://portal.test/
                stranger: 302 http://portal.test/
                tls: refused
                relay: refused
                name: 203.0.113.8
                resolver: 203.0.113.8

                """
        )
        #expect(seen.seen["page"]?.contains("Assay captive portal") == true)
        #expect(seen.seen["closed interface"]?.contains(#""captive":true"#) == true)
        #expect(seen.seen["open"] == open)
        #expect(seen.seen["open interface"]?.contains(#""captive":false"#) == true)
    }

    @Test("a sinkhole, another time and leases over IPv6 can come while a guest is there, and names go on")
    func changes() async throws {
        let seen = try await Probe.shared { try await $0.run("changes") }
        #expect(seen.seen["unknown name"] == "")
        #expect(seen.seen["sunk name"] == "198.18.0.1\n")
        #expect(seen.seen["own name"] == "203.0.113.80\n")
        let past = try #require(seen.seen["past"].flatMap { Int($0) })
        #expect(abs(past + 86_400 * 3650) < 30)
        #expect(seen.leases6.first?.address.hasPrefix("2001:db8:1::1") == true)
        #expect(seen.seen["state"] == #"["sinkhole", "time"] true"#)
    }
}
