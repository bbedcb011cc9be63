import FrameBuilding
import LeakPolicy
import PacketDecoding
import Testing

private let guest = Samples.guest

@Suite("Judging frames")
struct LeakJudgeTests {
    private func clean(_ bytes: [UInt8], _ comment: Comment? = nil) throws {
        let finding = try Samples.finding(bytes)
        #expect(finding == nil, comment)
    }

    private func leaks(_ bytes: [UInt8], _ kind: LeakFinding.Kind, _ reason: String) throws {
        let finding = try Samples.finding(bytes)
        #expect(finding?.kind == kind, "\(reason): \(String(describing: finding))")
        #expect(finding?.reason.contains(reason) == true, "\(String(describing: finding?.reason))")
    }

    // MARK: - Destinations

    @Test("what goes to a relay over TCP is allowed, and nothing near it")
    func relays() throws {
        try clean(guest.tcp(to: Samples.relay))
        let other = Endpoint(address: Samples.relay.address, port: 80)
        try leaks(guest.tcp(to: other), .notAllowed, "no rule")
        try leaks(guest.tcp(to: Samples.elsewhere), .notAllowed, "no rule")
        try leaks(guest.udp(to: Samples.relay, [1]), .notAllowed, "no rule")
    }

    @Test("a frame's own claims about who sent it change nothing")
    func forgedSource() throws {
        var forger = guest
        forger.source = MACAddress(rawValue: 0x02_0000_0000_01)
        try leaks(forger.tcp(to: Samples.elsewhere), .notAllowed, "no rule")
        try leaks(
            guest.tcp(to: Samples.relay, source: IPv4Address(rawValue: 0x0102_0304)),
            .ruleBroken,
            "not in the guest's subnet"
        )
    }

    @Test("frames to the guest are not the guest's leaks")
    func toGuest() throws {
        var judge = try Samples.judge()
        #expect(judge.judge(Samples.frame(guest.ping(Samples.gateway), direction: .toGuest)) == nil)
        #expect(judge.report.framesToGuest == 1)
        #expect(judge.report.framesFromGuest == 0)
    }

    @Test("a connection that a checkpoint took along may end, and no new one may be opened out of time")
    func earlierConnections() throws {
        var judge = try Samples.judge(
            Samples.policyText.replacing("to: [tor-relays]", with: "to: [tor-relays]\n      opens-in: [bootstrapping]")
        )
        judge.carryOver(from: try #require(Endpoint("10.2.1.100:40000")), to: Samples.relay)
        judge.enter(.connected)
        func finding(_ flags: UInt8, from port: UInt16) -> LeakFinding? {
            judge.judge(
                Samples.frame(
                    guest.tcp(to: Samples.relay, from: port, flags: flags, acknowledgement: flags & 0x10 == 0 ? 0 : 9)
                )
            )
        }
        #expect(finding(0x11, from: 40_000) == nil)
        #expect(finding(0x11, from: 40_001)?.check == .phase)
        #expect(finding(0x02, from: 40_000)?.reason.contains("may be opened in bootstrapping, and was not") == true)
    }

    // MARK: - Games with headers

    @Test("a segment to a relay must be whole and plain")
    func headerGames() throws {
        let segment = guest.tcp(to: Samples.relay, flags: 0x18, acknowledgement: 9, Array("data".utf8))
        try clean(segment)
        try clean(segment + [0, 0], "zero padding")
        try leaks(segment + [0, 7], .ruleBroken, "padding")
        var wrongSum = segment
        wrongSum[56] ^= 1
        try leaks(wrongSum, .ruleBroken, "TCP checksum")
        try leaks(segment.putting(0xbeef, at: 24), .ruleBroken, "IP header's checksum")
        try leaks(guest.tcp(to: Samples.relay, flags: 0x38, acknowledgement: 9), .ruleBroken, "urgent")
        try leaks(guest.tcp(to: Samples.relay, acknowledgement: 9), .ruleBroken, "acknowledges")
        try leaks(guest.tcp(to: Samples.relay, options: [254, 4, 1, 2]), .ruleBroken, "TCP option 254")
        try leaks(guest.tcp(to: Samples.relay, options: [0, 1, 2, 3]), .ruleBroken, "behind the end")
        let tagged = Array(segment[..<12]) + [0x81, 0, 0, 5] + segment[12...]
        try leaks(tagged, .ruleBroken, "VLAN")
        guard case .v4(let relay) = Samples.relay.address else { return }
        let tcp = Array(segment[34...])
        try leaks(guest.ipv4(6, to: relay, tcp, options: [7, 4, 0, 0]), .ruleBroken, "IP options")
        try leaks(guest.ipv4(6, to: relay, tcp, to: .broadcast), .ruleBroken, "group")
        try leaks(guest.ipv4(6, to: relay, tcp, fragment: 0x2000), .notAllowed, "no rule")
        try leaks(guest.ipv4(6, to: relay, tcp, fragment: 0x0001), .notAllowed, "no rule")
        try leaks(guest.ipv4(6, to: relay, Array(tcp[..<10])), .undecodable, "TCP header")
    }

    @Test(
        "whatever else leaves the guest is a leak",
        arguments: [
            guest.ping(Samples.gateway), guest.lldp(systemName: "amnesia"), guest.eapol(identity: "user"),
            guest.ethernet(0x88b5, [1, 2]), guest.spanningTree(), guest.lacp(), guest.pause(),
            guest.gre(guest.tcp(to: Samples.relay), to: Samples.gateway),
            guest.inIP(guest.tcp(to: Samples.relay), to: Samples.gateway),
            guest.sctp(to: Samples.relay), guest.ipv4(50, to: Samples.gateway, [1]),
            guest.icmpv6(133, to: IPv6Address(high: 0xff02_0000_0000_0000, low: 2), [0, 0, 0, 0]),
            guest.udp(to: Samples.elsewhere, FrameBuilder.query("web.test")),
            guest.arp(3, target: Samples.gateway, type: 0x8035),
        ]
    )
    func others(_ bytes: [UInt8]) throws {
        try leaks(bytes, .notAllowed, "no rule")
    }

    @Test("what can't be decoded, and what was cut off, is a leak")
    func undecodable() throws {
        try leaks([1, 2, 3], .undecodable, "Ethernet")
        var judge = try Samples.judge()
        var cut = Samples.frame(guest.tcp(to: Samples.relay))
        cut.originalLength += 100
        #expect(judge.judge(cut)?.kind == .cutOff)
    }

    // MARK: - Real hardware addresses

    @Test("the card's real address is found wherever it stands")
    func realAddress() throws {
        var real = guest
        real.source = Samples.realHardware
        try leaks(real.tcp(to: Samples.relay), .realHardwareAddress, "52:54:00:12:34:56")
        try leaks(real.arp(target: Samples.gateway), .realHardwareAddress, "52:54")
        try leaks(
            guest.arp(senderHardware: Samples.realHardware, target: Samples.gateway),
            .realHardwareAddress,
            "52:54"
        )
        let options: [(UInt8, [UInt8])] = [(53, [1]), (61, [1] + Samples.realHardware.bytes)]
        try leaks(guest.dhcp(guest.dhcpMessage(options: options)), .realHardwareAddress, "52:54")
        var slaac = guest
        slaac.address6 = IPv6Address(high: 0xfe80_0000_0000_0000, low: Samples.realHardware.modifiedEUI64)
        let group = IPv6Address(high: 0xff02_0000_0000_0000, low: 2)
        try leaks(slaac.icmpv6(133, to: group, [0, 0, 0, 0]), .realHardwareAddress, "52:54")
    }

    @Test("a policy may allow the card's real address")
    func realAddressAllowed() throws {
        var real = guest
        real.source = Samples.realHardware
        let text = Samples.policyText.replacing("addresses: forbidden", with: "addresses: allowed")
        #expect(try Samples.finding(real.arp(target: Samples.gateway), by: text) == nil)
    }

    // MARK: - Records

    @Test("a finding holds what a reader needs")
    func content() throws {
        let finding = try #require(
            try Samples.finding(guest.udp(to: Samples.elsewhere, FrameBuilder.query("web.test")))
        )
        #expect(finding.summary == "UDP 10.2.1.100:40000 → 203.0.113.53:53, DNS query A web.test")
        #expect(finding.flow.description == "udp 10.2.1.100:40000 → 203.0.113.53:53")
        #expect(finding.isDNS)
        #expect(finding.hex.hasPrefix("020000000001020000000064" + "0800"))
        #expect(finding.timestamp == 1_700_000_000_000_000_000)
        #expect(
            LeakError.leaked(finding, step: "When I ping", allowed: ["Tor relays"]).summary
                == "The guest leaked: UDP 10.2.1.100:40000 → 203.0.113.53:53, DNS query A web.test: "
                + "no rule of the policy allows it."
        )
    }

    @Test("allowances count their use, and those never used are told")
    func allowances() throws {
        var judge = try Samples.judge()
        for _ in 0..<3 { _ = judge.judge(Samples.frame(guest.tcp(to: Samples.relay))) }
        _ = judge.judge(Samples.frame(guest.ping(Samples.gateway)))
        #expect(judge.report.allowances.map(\.frames) == [3, 0, 0])
        #expect(judge.report.unusedAllowances == ["DHCP", "ARP"])
        #expect(judge.report.flows.map(\.frames) == [3, 1])
        #expect(judge.report.findings == 1)
    }

    @Test("flows are bounded, whatever the guest sends")
    func boundedFlows() throws {
        var judge = try Samples.judge()
        for port in UInt16(1)...5_000 { _ = judge.judge(Samples.frame(guest.tcp(to: Samples.relay, from: port))) }
        #expect(judge.report.flows.count == 4096)
        #expect(judge.report.framesOfFlowsNotKept == 5_000 - 4096)
    }
}
