import FrameBuilding
import HostileNetwork
import PacketDecoding
import SimulatedInternet
import Testing

@Suite("Frames of attacks")
struct AttackTests {
    private let guest = FrameBuilder()

    private func heard(_ frame: [UInt8]) throws -> HeardFrame { try #require(HeardFrame(frame)) }

    @Test("each router of a flood has a prefix of its own, and they come round")
    func flood() throws {
        var flood = RouterFlood(routers: 7)
        let frames = (0..<3).flatMap { _ in flood.speak() }
        #expect(frames.count == 15)
        #expect(Set(frames).count == 7)
        for frame in frames {
            guard case .ipv6(let packet) = try decode(frame).content, case .icmpv6(let message) = packet.transport
            else {
                Issue.record("no ICMPv6")
                continue
            }
            #expect(message.type == 134 && packet.hopLimit == 255 && packet.source.isLinkLocal)
        }
    }

    @Test("a reset continues the stream that it ends, from the other end's address")
    func reset() throws {
        var attack = ConnectionResets()
        let relay = try #require(Endpoint("198.51.100.61:5001"))
        let frame = guest.segment(to: relay, sequence: 1000, [1, 2, 3])
        let answers = attack.hear(try heard(frame))
        let answer = try #require(answers.first)
        guard case .ipv4(let packet) = try decode(answer).content, case .tcp(let segment) = packet.transport else {
            Issue.record("no TCP")
            return
        }
        #expect(answers.count == 1)
        #expect(packet.source == IPv4Address("198.51.100.61") && packet.destination == guest.address)
        #expect(segment.flags == .rst && segment.sequence == 7 && segment.checksum == .correct)
        #expect(segment.sourcePort == 5001 && segment.destinationPort == 40_000)
        #expect(Array(answer[..<6]) == guest.source.bytes)
    }

    @Test("a reset of an opening acknowledges it")
    func refusal() throws {
        var attack = ConnectionResets()
        let relay = try #require(Endpoint("198.51.100.61:5001"))
        let answer = try #require(attack.hear(try heard(guest.segment(to: relay, sequence: 41, flags: 0x02, []))).first)
        guard case .tcp(let segment)? = try decode(answer).transport else { return #expect(Bool(false)) }
        #expect(segment.flags == [.rst, .ack] && segment.acknowledgement == 42 && segment.sequence == 0)
    }

    @Test("neither a reset nor a datagram nor another end is reset")
    func notReset() throws {
        let relay = try #require(Endpoint("198.51.100.61:5001"))
        let other = try #require(Endpoint("198.51.100.62:5001"))
        var attack = ConnectionResets(only: [relay])
        #expect(attack.hear(try heard(guest.segment(to: relay, sequence: 1, flags: 0x04, []))).isEmpty)
        #expect(attack.hear(try heard(guest.udp(to: relay, [1]))).isEmpty)
        #expect(attack.hear(try heard(guest.segment(to: other, sequence: 1, []))).isEmpty)
        #expect(!attack.hear(try heard(guest.segment(to: relay, sequence: 1, []))).isEmpty)
    }

    @Test("only a question for a name is answered, in the name of whoever was asked")
    func forgery() throws {
        var forger = NameForger()
        let server = try #require(Endpoint("9.9.9.9:53"))
        let answer = try #require(forger.hear(try heard(guest.udp(to: server, FrameBuilder.query("a.test")))).first)
        guard case .ipv4(let packet) = try decode(answer).content, case .udp(let datagram) = packet.transport else {
            return #expect(Bool(false))
        }
        #expect(packet.source == IPv4Address("9.9.9.9") && datagram.checksum == .correct)
        #expect(Array(answer.suffix(4)) == bytes(forger.address.rawValue))
        #expect(forger.hear(try heard(guest.udp(to: server, [1, 2, 3]))).isEmpty)
        let elsewhere = try #require(Endpoint("9.9.9.9:54"))
        #expect(forger.hear(try heard(guest.udp(to: elsewhere, FrameBuilder.query("a.test")))).isEmpty)
    }

    @Test("an impostor answers for the gateway, and for nobody else")
    func impostor() throws {
        let gateway = try #require(IPv4Address("10.2.1.1"))
        var impostor = GatewayImpostor(gateway: gateway, gateways6: [])
        let answer = try #require(impostor.hear(try heard(guest.arp(target: gateway))).first)
        guard case .arp(let claim) = try decode(answer).content else { return #expect(Bool(false)) }
        #expect(claim.sender == gateway && claim.senderHardware == impostor.station.hardware)
        #expect(impostor.hear(try heard(guest.arp(target: #require(IPv4Address("10.2.1.2"))))).isEmpty)
        #expect(impostor.hear(try heard(guest.arp(2, target: gateway))).isEmpty)
    }

    @Test("a rogue server answers clients, and neither servers nor farewells")
    func rogue() throws {
        var server = RogueLeases()
        #expect(server.hear(try heard(guest.dhcp(guest.dhcpMessage(options: guest.discover)))).count == 1)
        #expect(server.hear(try heard(guest.dhcp(guest.dhcpMessage(options: [(53, [7])])))).isEmpty)
        #expect(server.hear(try heard(guest.dhcp([1, 2, 3]))).isEmpty)
    }

    @Test("a censor names what it blocks, each family for itself")
    func censor() {
        let servers: Set = [
            ServiceEndpoint(address: "192.0.2.11", port: 5001), ServiceEndpoint(address: "2001:db8::1", port: 80),
        ]
        #expect(
            Censorship(of: "relays", servers, by: .reset).rules == [
                "meta l4proto tcp ip daddr . tcp dport { 192.0.2.11 . 5001 } reject with tcp reset",
                "meta l4proto tcp ip6 daddr . tcp dport { 2001:db8::1 . 80 } reject with tcp reset",
            ]
        )
    }
}
