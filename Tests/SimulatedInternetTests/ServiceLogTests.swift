import FoundationEssentials
import SimulatedInternet
import Testing

private let now = Date(timeIntervalSince1970: 1_700_000_000)

@Suite("Name service log")
struct NameServiceEventTests {
    private func event(_ line: String) -> NameServiceEvent { NameServiceEvent(line: line, time: now) }
    private func query(_ line: String) -> NameQuery? {
        if case .query(let query) = event(line) { query } else { nil }
    }

    @Test("a query says who asked for what")
    func plainQuery() {
        let seen = query("dnsmasq[13]: 4 10.2.1.100/48326 query[AAAA] www.example.com from 10.2.1.100")
        #expect(seen?.client == "10.2.1.100")
        #expect(seen?.name == "www.example.com")
        #expect(seen?.type == "AAAA")
        #expect(seen?.time == now)
        let six = query("dnsmasq[13]: 16 2001:db8:1::1/55448 query[type=65] web.test from 2001:db8:1::1")
        #expect(six?.client == "2001:db8:1::1")
        #expect(six?.type == "type=65")
    }

    @Test("a name made to look like another asker stays a name")
    func forgedAsker() {
        let seen = query("dnsmasq[13]: 4 10.2.1.100/48326 query[A] a from 198.51.100.61 from 10.2.1.100")
        #expect(seen?.client == "10.2.1.100")
        #expect(seen?.name == "a from 198.51.100.61")
    }

    @Test("a name that can't be printed is a query all the same")
    func unprintable() {
        let seen = query("dnsmasq[13]: 7 10.2.1.100/37162 query[A] <name unprintable> from 10.2.1.100")
        #expect(seen != nil)
        #expect(seen?.name == nil)
    }

    @Test(
        "what looks like a query and is none is counted as unreadable",
        arguments: [
            "dnsmasq[13]: 4 10.2.1.300/48326 query[A] a from 10.2.1.300",
            "dnsmasq[13]: 4 10.2.1.100/48326 query[A] a from 10.2.1.101",
            "dnsmasq[13]: 4 10.2.1.100/99999 query[A] a from 10.2.1.100",
            "dnsmasq[13]: 4 10.2.1.100/1 query[] a from 10.2.1.100",
            "dnsmasq[13]: 4 10.2.1.100/1 query[A] \(String(repeating: "a", count: 2_000)) from 10.2.1.100",
            "dnsmasq-dhcp[13]: 77 DHCPACK(lan0) 10.2.1.100 52:54:00:ac:dd host",
            "dnsmasq-dhcp[13]: 77 DHCPACK(lan0) 10.2.1.100 52:54:00:ac:dd:ee a b",
            "dnsmasq-dhcp[13]: 77 DHCPREPLY(lan0) 10.2.1.100 00:04:81:82 host",
            "dnsmasq-dhcp[13]: 77 DHCPREPLY(lan0) 2001:db8:1::18d 00:04:81:82 a b",
        ]
    )
    func unreadable(_ line: String) {
        #expect(event(line) == .unreadable)
    }

    @Test("a lease says who got which address, and the name that was told")
    func lease() {
        let named = event("dnsmasq-dhcp[13]: 1234 DHCPACK(lan0) 10.2.1.100 52:54:00:ac:dd:ee amnesia")
        guard case .lease(let seen) = named else { Issue.record("no lease: \(named)"); return }
        #expect(seen.address == "10.2.1.100")
        #expect(seen.linkAddress == "52:54:00:ac:dd:ee")
        #expect(seen.hostName == "amnesia")
        let unnamed = event("dnsmasq-dhcp[13]: 1234 DHCPACK(lan0) 10.2.1.100 52:54:00:ac:dd:ee")
        guard case .lease(let quiet) = unnamed else { Issue.record("no lease: \(unnamed)"); return }
        #expect(quiet.hostName == nil)
    }

    @Test("a lease of DHCPv6 says who got which address, by what they call themselves")
    func lease6() {
        let line = "dnsmasq-dhcp[13]: 1193046 DHCPREPLY(lan0) 2001:db8:1::18d 00:04:81:82:83 "
        guard case .lease6(let quiet) = event(line) else { Issue.record("no lease: \(line)"); return }
        #expect(quiet.address == "2001:db8:1::18d")
        #expect(quiet.clientIdentifier == "00:04:81:82:83")
        #expect(quiet.hostName == nil)
        guard case .lease6(let named) = event(line + "amnesia") else { Issue.record("no lease: \(line)"); return }
        #expect(named.hostName == "amnesia")
    }

    @Test(
        "what a client of DHCPv6 says is told from what one of DHCPv4 does",
        arguments: [
            ("DHCPSOLICIT(lan0) 00:04:81:82:83:84:85 ", NameServiceEvent.leaseMessage6),
            ("DHCPREQUEST(lan0) 00:04:81:82:83:84:85 ", .leaseMessage6),
            ("DHCPINFORMATION-REQUEST(lan0) 00:04:81:82:83:84:85 ", .leaseMessage6),
            ("DHCPRELEASE(lan0) 2001:db8:1::18d 00:04:81:82:83:84:85 ", .leaseMessage6),
            ("DHCPREQUEST(lan0) 10.2.1.120 52:54:00:ac:dd:ee", .leaseMessage),
            // No identifier of DHCPv6 is as short: counted where it makes one too many.
            ("DHCPREQUEST(lan0) 00:04:81:82:83:84 ", .leaseMessage),
            ("DHCPADVERTISE(lan0) 2001:db8:1::18d 00:04:81:82:83:84:85 ", .other),
            ("client provides name: DHCPSOLICIT(lan0) 00:04:81:82:83:84:85", .other),
        ]
    )
    func messageOfClient6(_ text: String, event: NameServiceEvent) {
        #expect(NameServiceEvent(line: "dnsmasq-dhcp[13]: 1193046 \(text)", time: Date()) == event)
    }

    @Test(
        "what a client says to the DHCP server counts, and what the server says does not",
        arguments: [
            ("DHCPDISCOVER(lan0) 52:54:00:ac:dd:ee", true), ("DHCPREQUEST(lan0) 10.2.1.120 52:54:00:ac:dd:ee", true),
            ("DHCPRELEASE(lan0) 10.2.1.120 52:54:00:ac:dd:ee", true),
            ("DHCPOFFER(lan0) 10.2.1.120 52:54:00:ac:dd:ee", false),
            ("client provides name: DHCPREQUEST(lan0) x", false),
        ]
    )
    func messageOfClient(_ text: String, counts: Bool) {
        #expect((event("dnsmasq-dhcp[13]: 12 \(text)") == .leaseMessage) == counts)
    }

    @Test(
        "other lines are about something else",
        arguments: [
            "dnsmasq[13]: 1 203.0.113.53/60650 config web.test is 203.0.113.80",
            "dnsmasq-dhcp[13]: RTR-ADVERT(lan0) 2001:db8:1::",
            "dnsmasq-dhcp[13]: 12 DHCPREPLY(lan0) 00:04:81:82:83 success",
            "", "query[A] a from 10.2.1.100",
        ]
    )
    func other(_ line: String) {
        #expect(event(line) == .other)
    }

    @Test("the service says when it listens")
    func started() {
        #expect(event("dnsmasq[12]: started, version 2.90 cachesize 150") == .started)
    }
}

@Suite("Web server log")
struct WebRequestTests {
    @Test("a request is read with the time in milliseconds and the visitor's address")
    func request() throws {
        let line =
            #"{"time":1795235253.515,"client":"198.51.100.61","method":"GET","path":"/a?b=\"c\"","host":"web.test","#
            + #""agent":"curl","status":200}"#
        let seen = try #require(WebRequest(line: line))
        #expect(seen.client == "198.51.100.61")
        #expect(seen.path == #"/a?b="c""#)
        #expect(seen.time == Date(timeIntervalSince1970: 1_795_235_253.515))
    }

    @Test(
        "a line that is not exactly what the server writes is no request",
        arguments: [
            #"{"time":1,"client":"nobody","method":"GET","path":"/","host":"","agent":"","status":200}"#,
            #"{"time":1,"client":"192.0.2.1","method":"GET","path":"/"}"#,
            #"{"time":1,"client":"192.0.2.1","method":"GET","path":"/","host":"","agent":"","status":200} [truncated]"#,
            "2026/11/21 04:27:31 [notice] 14#14: nginx/1.22.1",
        ]
    )
    func noRequest(_ line: String) {
        #expect(WebRequest(line: line) == nil)
    }
}

@Suite("Lines")
struct LineSplitterTests {
    @Test("lines are found across borders of reads")
    func borders() {
        var splitter = LineSplitter()
        #expect(splitter.append(Array("one\ntw".utf8)) == ["one"])
        #expect(splitter.append(Array("o\n\nthree".utf8)) == ["two", ""])
    }

    @Test("a line without end takes bounded memory and is marked, and the next one is whole again")
    func endless() {
        var splitter = LineSplitter()
        let long = Array(repeating: UInt8(ascii: "x"), count: LineSplitter.limit + 5)
        let lines = splitter.append(long + Array("\nshort\n".utf8))
        #expect(lines.first?.utf8.count == LineSplitter.limit + LineSplitter.truncationMark.utf8.count)
        #expect(lines.last == "short")
    }
}
