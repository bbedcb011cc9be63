import FrameBuilding
import HostileNetwork
import PacketDecoding
import Testing

@Suite("Books of a scan")
struct ScanBookTests {
    private let guest = FrameBuilder()
    private let scanner = StationIdentity.scanner
    private var target: ScanTarget { ScanTarget(hardware: guest.source, address: guest.address) }
    private var endpoint: Endpoint { Endpoint(address: .v4(scanner.address), port: ScanPlan.sourcePort) }
    private let plan = ScanPlan(kinds: [.tcp, .echo], tcpPorts: [22, 80], udpPorts: [])

    /// The frames of a guest that is asked everything, and what the books say of them.
    private func heard(_ frames: [[UInt8]]) throws -> ScanReport {
        var book = ScanBook(plan, target: target)
        for frame in frames { _ = book.heard(try #require(HeardFrame(frame))) }
        return book.report
    }

    private func fromGuest(to scanner: Bool = true) -> FrameBuilder {
        var frames = guest
        if scanner { frames.destination = self.scanner.hardware }
        return frames
    }

    @Test("a scan whose every probe arrives is conclusive, and one that lacks a single one is not", arguments: 0..<4)
    func arrival(missing: Int) {
        var book = ScanBook(plan, target: target)
        let probes = plan.probes(of: target)
        #expect(probes.count == 3)
        for probe in probes { book.sent(probe) }
        // 3 stands for none.
        for (index, probe) in probes.enumerated() where index != missing { book.passed(probe.frame) }
        #expect(book.allArrived == (missing != 2))
        book.close()
        #expect(book.report.isConclusive == (missing == 3))
        #expect(book.report.tallies.values.reduce(0) { $0 + $1.arrived } == (missing == 3 ? 3 : 2))
    }

    @Test("a kind that could not be tried proves nothing")
    func untried() {
        var book = ScanBook(plan)
        book.close()
        #expect(book.report.doubts.count == 2)
    }

    @Test("frames of others are no probes")
    func others() {
        var book = ScanBook(plan, target: target)
        let probe = plan.probes(of: target)[0]
        book.sent(probe)
        book.passed(Array(probe.frame[..<6]) + guest.source.bytes + Array(probe.frame[12...]))
        book.passed([1, 2, 3])
        #expect(!book.allArrived)
    }

    @Test("an open port, a closed one, an echo and an unreachable port are answers of their kinds")
    func answers() throws {
        let frames = fromGuest()
        var echo = frames.ping(scanner.address)
        echo[34] = 0
        var unreachable = echo
        (unreachable[34], unreachable[35]) = (3, 3)
        let seen = try heard([
            frames.tcp(to: endpoint, from: 22, flags: 0x12), frames.tcp(to: endpoint, from: 80, flags: 0x14), echo,
            unreachable, frames.udp(to: endpoint, from: 123, [1]),
            frames.arp(2, target: scanner.address, targetHardware: scanner.hardware, to: scanner.hardware),
        ])
        #expect(seen.answers.map(\.kind) == [.tcp, .tcp, .echo, .udp, .udp, .arp])
        #expect(seen.answers.map(\.port) == [22, 80, nil, nil, 123, nil])
        #expect(seen.answers.filter(\.isService).map(\.port) == [22, 123])
        #expect(seen.answers(besides: [.tcp, .udp]).map(\.kind) == [.echo, .arp])
        #expect(seen.answers(besides: []).first?.port == 22, "services come first")
    }

    @Test("who looks for the scanner is found, and is answered")
    func lookup() throws {
        var book = ScanBook(plan, target: target)
        let reply = book.heard(try #require(HeardFrame(guest.arp(target: scanner.address))))
        guard case .arp(let answer)? = try reply.map({ try decode($0) })?.content else { return #expect(Bool(false)) }
        #expect(answer.sender == scanner.address && answer.senderHardware == scanner.hardware)
        #expect(book.report.answers.map(\.kind) == [.other])
    }

    @Test("an answer of mDNS to everybody counts, and a question does not")
    func multicast() throws {
        let group = try #require(IPv4Address("224.0.0.251"))
        var response = FrameBuilder.query("printer.local")
        response[2] = 0x84
        let seen = try heard([
            guest.multicast(to: group, 5353, timeToLive: 255, FrameBuilder.query("printer.local")),
            guest.multicast(to: group, 5353, timeToLive: 255, response),
        ])
        #expect(seen.answers.map(\.kind) == [.multicastNames])
    }

    @Test("what a guest says to others has nothing to do with the scan")
    func innocent() throws {
        let relay = try #require(Endpoint("198.51.100.61:5001"))
        let gateway = try #require(IPv4Address("10.2.1.1"))
        let seen = try heard([
            guest.tcp(to: relay), guest.arp(target: gateway), guest.ping(gateway),
            guest.dhcp(guest.dhcpMessage(options: guest.discover)),
            guest.listenerReport([IPv6Address(high: 1, low: 2)]),
        ])
        #expect(seen.answers.isEmpty && seen.tallies[.other] == nil)
    }

    @Test("where the guest is, any of its frames tells")
    func learning() throws {
        var book = ScanBook(plan)
        _ = book.heard(try #require(HeardFrame(guest.dhcp(guest.dhcpMessage(options: guest.discover)))))
        #expect(book.target == ScanTarget(hardware: guest.source))
        let gateway = try #require(IPv4Address("10.2.1.1"))
        _ = book.heard(try #require(HeardFrame(guest.ping(gateway))))
        #expect(book.target == target)
    }

    @Test("a guest that answers everything can't make the report grow, nor hide a service in it")
    func bound() throws {
        let frames = fromGuest()
        let refusals = (1...1000).map { frames.tcp(to: endpoint, from: UInt16($0), flags: 0x14) }
        let seen = try heard(refusals + [frames.tcp(to: endpoint, from: 4444, flags: 0x12)])
        #expect(seen.answers.count == 201 && seen.tallies[.tcp]?.answered == 1001)
        #expect(seen.answers(besides: []).first?.port == 4444)
    }

    @Test("every probe of a whole scan is well-formed")
    func wellFormed() throws {
        var target = target
        target.addresses6 = [guest.address6]
        let plan = ScanPlan()
        let probes = plan.broadcastProbes(addresses: 0x0a02_0164...0x0a02_01d2) + plan.probes(of: target)
        for probe in probes {
            let frame = try #require(HeardFrame(probe.frame), "\(probe.kind)")
            #expect(frame.source == scanner.hardware)
            switch frame.content.transport {
            case .tcp(let segment): #expect(segment.checksum == .correct)
            case .udp(let datagram): #expect(datagram.checksum == .correct)
            case .icmp(let message): #expect(message.checksum == .correct)
            case .icmpv6(let message): #expect(message.checksum == .correct)
            default: #expect(probe.kind == .arp)
            }
        }
        #expect(Set(probes.map(\.kind)) == plan.kinds)
    }
}
