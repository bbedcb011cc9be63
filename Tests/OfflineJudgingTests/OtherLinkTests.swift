import FrameBuilding
import LeakPolicy
import OfflineJudging
import PacketDecoding
import Testing

private typealias Build = CaptureBuilder
private let guest = CaptureBuilder.guest
private let gateway = CaptureBuilder.gateway
private let host = IPAddress.v4(CaptureBuilder.guest.address)
private let allowed = guest.tcp(to: CaptureBuilder.relay)
private let leak = guest.ping(gateway)
/// What the gateway sends to the guest, and one neighbour to another.
private let answer = guest.ipv4(1, to: guest.address, [0, 0, 0xff, 0xff, 0, 0, 0, 0], from: gateway)
private let neighbours = guest.ipv4(
    1,
    to: IPv4Address(rawValue: 0x0a02_0107),
    [8, 0, 0xf7, 0xff, 0, 0, 0, 0],
    from: IPv4Address(rawValue: 0x0a02_0108)
)

private func captured(_ frame: [UInt8], _ link: LinkType, _ direction: UInt16 = 4) -> [UInt8] {
    FrameBuilder.captured(frame, on: link, direction: direction)
}

@Suite("Judging captures of other links than Ethernet")
struct OtherLinkTests {
    static let links = LinkType.decodable.filter { $0 != .ethernet && $0 != .ipv6 }
    static let cooked = [LinkType.linuxCooked, .linuxCooked2]

    @Test("the guest's leak is told with its flow, and nobody else's frame is", arguments: links)
    func leaked(_ link: LinkType) throws {
        let frames = [captured(allowed, link), captured(answer, link, 0), captured(neighbours, link, 3)]
        let verdict = try Build.judge(Build.pcap(link: link, frames + [captured(leak, link)]), hosts: [host])
        #expect(verdict.verdict == .leaked)
        #expect(verdict.findings.map(\.frameNumber) == [4])
        #expect(verdict.findings.map(\.check) == [.icmp])
        #expect(verdict.findings.map(\.flow.description) == ["icmp 10.2.1.100 → 10.2.1.1"])
        #expect((verdict.report.framesFromGuest, verdict.report.framesToGuest) == (2, 1))

        // Nothing can be said of what such a link does not show.
        let innocent = try Build.judge(Build.pcap(link: link, frames), hosts: [host])
        #expect(innocent.verdict == .inconclusive)
        #expect(innocent.findings == [])
        #expect(innocent.reasons.contains { $0.contains("without the header of Ethernet") })
        #expect(innocent.report.allowances.map(\.frames) == [1, 0])
    }

    @Test("IPv6 is judged on each link that carries it", arguments: links + [.ipv6])
    func version6(_ link: LinkType) throws {
        guard link != .ipv4 else { return }
        let question = guest.udp6(to: IPv6Address(high: 0xff02_0000_0000_0000, low: 0xfb), 5353, [1])
        let file = Build.pcap(link: link, [captured(question, link)])
        let verdict = try Build.judge(file, hosts: [.v6(guest.address6)])
        #expect(verdict.findings.map(\.check) == [.multicastDNS])
        #expect(verdict.findings.first?.flow.source.address == .v6(guest.address6))
        #expect(try Build.judge(file, hosts: [.v6(.unspecified)]).findings.isEmpty || Self.cooked.contains(link))
    }

    @Test("what is wrong with a frame's inside is laid at nobody's door but the guest's", arguments: links)
    func malformed(_ link: LinkType) throws {
        func broken(_ frame: [UInt8]) -> [UInt8] { Array(frame.prefix(40)) }
        let tcp = guest.tcp(to: Endpoint(address: host, port: 1), source: gateway)
        let file = Build.pcap(
            link: link,
            [captured(broken(tcp), link, 0), captured(broken(allowed), link), captured(allowed, link)]
        )
        let verdict = try Build.judge(file, hosts: [host])
        #expect(verdict.findings.map(\.check) == [.undecodable])
        #expect(verdict.findings.map(\.frameNumber) == [2])
        #expect(verdict.report.framesToGuest == 1)
    }

    @Test("a header that is not whole is a leak, on each link", arguments: links)
    func cutHeader(_ link: LinkType) throws {
        for length in 0..<3 {
            let file = Build.pcap(link: link, [Array(captured(leak, link).prefix(length))])
            #expect(try Build.judge(file, hosts: [host]).findings.map(\.check) == [.undecodable])
        }
    }

    @Test("where the link tells no directions, the guest's addresses are needed", arguments: links)
    func direction(_ link: LinkType) throws {
        let file = Build.pcap(link: link, [captured(leak, link)])
        guard !Self.cooked.contains(link) else {
            #expect(try Build.judge(file).verdict == .leaked)
            return
        }
        let error = #expect(throws: OfflineError.self) { try Build.judge(file, from: [guest.source]) }
        #expect(error == .noDirection(capture: "test", frame: 1, link))
        #expect(error?.hint?.contains("--guest-ip") == true)
    }

    @Test("Linux tells the direction, as seen from the side that captured", arguments: cooked)
    func side(_ link: LinkType) throws {
        func findings(_ direction: UInt16, _ side: GuestDirection.Side?) throws -> Int {
            try Build.judge(Build.pcap(link: link, [captured(leak, link, direction)]), at: side).findingCount
        }
        for direction in 0...4 as ClosedRange<UInt16> {
            let isSent = direction == 4 ? 1 : 0
            #expect(try findings(direction, nil) == isSent)
            #expect(try findings(direction, .guest) == isSent)
            #expect(try findings(direction, .host) == 1 - isSent)
        }
        // There is no such direction.
        #expect(try findings(5, nil) == 1)
        let others = try Build.judge(Build.pcap(link: link, [captured(neighbours, link, 3)]))
        #expect(others.reasons.contains("1 frames went between stations that are not the guest's."))
    }

    @Test("what Linux keeps of a link's header is judged", arguments: cooked)
    func stations(_ link: LinkType) throws {
        func check(_ frame: [UInt8], real: Set<MACAddress> = []) throws -> LeakCheck? {
            let file = Build.pcap(link: link, [captured(frame, link)])
            return try Build.judge(file, real: real).findings.first?.check
        }
        #expect(try check(allowed, real: [guest.source]) == .realSource)
        #expect(try check(allowed, real: [guest.destination]) == nil)
        #expect(try check(FrameBuilder.tagged(allowed, 5)) == .vlanTag)
        #expect(try check(guest.arp(target: gateway)) == nil)
        #expect(try check(guest.arp(senderHardware: guest.destination, target: gateway)) == .arpSenderHardware)
        #expect(try check(guest.lldp(systemName: "amnesia")) == .lldp)
    }

    @Test("the guest's lease is learned from each link that carries it", arguments: cooked)
    func lease(_ link: LinkType) throws {
        let policy = Build.policy.replacing(
            "operations: [request]",
            with: "operations: [request]\n      sender: leased"
        )
        func checks(_ server: IPv4Address) throws -> [LeakCheck] {
            let acknowledgement = guest.dhcpAcknowledgement(guest.address, from: server)
            let frames = [captured(acknowledgement, link, 0), captured(guest.arp(target: gateway), link)]
            return try Build.judge(Build.pcap(link: link, frames), policy: policy).findings.map(\.check)
        }
        #expect(try checks(gateway) == [])
        #expect(try checks(IPv4Address(rawValue: 0x0a02_0109)) == [.arpSender])
    }

    @Test("rules about stations are broken by what a link shows, not by what it does not", arguments: links)
    func rulesOfStations(_ link: LinkType) throws {
        let policy =
            Build.policy + """

                  - purpose: Addresses
                    dhcpv4:
                      messages: [discover]
                      options: []
                      client-identifier: frame-source
                """
        let server = Endpoint(address: .v4(.broadcast), port: 67)
        func checks(_ message: [UInt8]) throws -> [LeakCheck] {
            let frame = captured(guest.udp(to: server, from: 68, message, source: .unspecified), link)
            return try Build.judge(Build.pcap(link: link, [frame]), policy: policy, hosts: [host]).findings.map(\.check)
        }
        func message(_ type: UInt8, hardware: MACAddress = guest.source, identifier: MACAddress = guest.source)
            -> [UInt8]
        {
            guest.dhcpMessage(options: [(53, [type]), (61, [1] + identifier.bytes)], hardware: hardware)
        }
        let showsSource = Self.cooked.contains(link)
        #expect(try checks(message(1)) == [])
        #expect(try checks(message(1, hardware: guest.destination)) == (showsSource ? [.dhcpHardware] : []))
        #expect(try checks(message(1, identifier: guest.destination)) == (showsSource ? [.dhcpClientIdentifier] : []))
        #expect(try checks(message(3)) == [.dhcpMessage])
    }

    @Test("what is no frame of a link with types is not taken for one", arguments: cooked)
    func oddLinks(_ link: LinkType) throws {
        // The kind of link, which is netlink then, and a type that stands for frames of 802.2.
        let (kindAt, typeAt) = link == .linuxCooked ? (2, 14) : (8, 0)
        let netlink = captured(allowed, link).putting(824, at: kindAt)
        #expect(try Build.judge(Build.pcap(link: link, [netlink])).findings.map(\.check) == [.undecodable])
        let received = captured(allowed, link, 0).putting(824, at: kindAt)
        #expect(try Build.judge(Build.pcap(link: link, [received])).findings == [])
        let llc = captured(guest.ethernet(0, [0x42, 0x42, 3, 0, 0, 0, 0x80]), link).putting(4, at: typeAt)
        #expect(try Build.judge(Build.pcap(link: link, [llc])).findings.map(\.check) == [.spanningTree])
    }

    @Test("each interface of a capture is read by its own link")
    func interfaces() throws {
        let links = [LinkType.linuxCooked2, .raw, .ethernet, .loop, .linuxCooked]
        let frames = links.indices.map { ($0, captured(leak, links[$0])) }
        let verdict = try Build.judge(
            Build.pcapng(links: links, frames + [(1, answer[14...] + [])]),
            from: [guest.source],
            hosts: [host]
        )
        #expect(verdict.findings.map(\.frameNumber) == [1, 2, 3, 4, 5])
        #expect(Set(verdict.findings.map(\.flow.description)) == ["icmp 10.2.1.100 → 10.2.1.1"])
        #expect(verdict.report.framesToGuest == 1)
    }

    @Test("hostile bytes on any link end in a verdict", arguments: LinkType.decodable)
    func hostile(_ link: LinkType) throws {
        var generator = SeededGenerator(seed: UInt64(link.rawValue))
        let frames = guest.samples.map { sample in
            var frame = captured(sample, link, UInt16.random(in: 0...5, using: &generator))
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                frame[Int.random(in: frame.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            return Array(frame.prefix(Int.random(in: 0...frame.count, using: &generator)))
        }
        let verdict = try Build.judge(Build.pcap(link: link, frames), from: [guest.source], hosts: [host])
        #expect(verdict.verdict == .leaked)
        let seen = verdict.report.framesFromGuest + verdict.report.framesToGuest
        #expect(seen <= frames.count && seen > 0)
    }

    @Test("a link that can't be decoded is refused by name")
    func unknown() {
        let error = #expect(throws: OfflineError.self) { try Build.judge(Build.pcap(link: 127, leak)) }
        #expect(error?.summary.contains("802.11 with radiotap (link type 127), which can't be decoded") == true)
    }
}
