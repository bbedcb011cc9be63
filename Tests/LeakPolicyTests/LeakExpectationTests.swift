import FrameBuilding
import LeakPolicy
import PacketDecoding
import Testing

private let guest = Samples.guest
private let other = Samples.elsewhere.address

@Suite("Expected leaks")
struct LeakExpectationTests {
    private func covers(_ expectation: LeakExpectation, _ bytes: [UInt8]) throws -> Bool {
        expectation.matches(try #require(try Samples.finding(bytes)))
    }

    @Test("TCP covers every segment to the endpoint, and no other endpoint")
    func tcp() throws {
        let web = Endpoint(address: other, port: 80)
        let expectation = LeakExpectation(.tcp, to: other, port: 80)
        #expect(try covers(expectation, guest.tcp(to: web)))
        #expect(try covers(expectation, guest.tcp(to: web, flags: 0x04)))
        #expect(try !covers(expectation, guest.tcp(to: Endpoint(address: other, port: 81))))
        #expect(try !covers(expectation, guest.udp(to: web, [1])))
        #expect(try !covers(expectation, guest.tcp(to: Endpoint(address: .v4(Samples.gateway), port: 80))))
    }

    @Test("DNS covers queries, not other bytes to the same port")
    func dns() throws {
        let query = guest.udp(to: Samples.elsewhere, FrameBuilder.query("web.test"))
        #expect(try covers(LeakExpectation(.dnsUDP, to: other), query))
        #expect(try covers(LeakExpectation(.udp, to: other, port: 53), query))
        #expect(try !covers(LeakExpectation(.dnsUDP), guest.udp(to: Samples.elsewhere, [1, 2, 3])))
        #expect(try !covers(LeakExpectation(.dnsTCP), query))
        #expect(try covers(LeakExpectation(.dnsTCP), guest.tcp(to: Samples.elsewhere)))
    }

    @Test("ICMP covers IPv4 to that destination alone")
    func icmp() throws {
        guard case .v4(let address) = other else { return }
        #expect(try covers(LeakExpectation(.icmp, to: other), guest.ping(address)))
        #expect(try !covers(LeakExpectation(.icmp, to: other), guest.ping(Samples.gateway)))
        let group = IPv6Address(high: 0xff02_0000_0000_0000, low: 2)
        #expect(try !covers(LeakExpectation(.icmp), guest.icmpv6(133, to: group, [0, 0, 0, 0])))
    }

    @Test("IPv6 covers the solicitations and reports that go with it")
    func ipv6() throws {
        let host = IPv6Address(high: 0x2001_0db8_0000_0000, low: 1)
        let group = IPv6Address(high: 0xff02_0000_0000_0000, low: 0x16)
        let echo = guest.icmpv6(128, to: host, [0, 1, 0, 1])
        let expectation = LeakExpectation(.ipv6, to: .v6(host))
        #expect(try covers(expectation, echo))
        #expect(try covers(expectation, guest.icmpv6(133, to: group, [0, 0, 0, 0])))
        #expect(try covers(expectation, guest.icmpv6(143, to: group, [0, 0, 0, 0])))
        #expect(try !covers(expectation, guest.icmpv6(128, to: group, [0, 1, 0, 1])))
        #expect(try covers(LeakExpectation(.ipv6), guest.ipv6(17, to: group, [0, 1, 0, 2, 0, 8, 1, 1])))
        #expect(try !covers(LeakExpectation(.ipv6), guest.ping(Samples.gateway)))
    }

    @Test("a broken rule, a real address and undecodable bytes are never part of it")
    func neverExpected() throws {
        var real = guest
        real.source = Samples.realHardware
        let segment = real.tcp(to: Samples.elsewhere)
        #expect(try !covers(LeakExpectation(.tcp, to: other), segment))
        #expect(try covers(LeakExpectation(.any), segment))
        guard case .v4(let address) = other else { return }
        #expect(try !covers(LeakExpectation(.tcp), guest.ipv4(6, to: address, [1, 2])))
    }
}
