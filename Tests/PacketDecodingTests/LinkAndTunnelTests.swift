import FrameBuilding
import PacketDecoding
import Testing

private let frames = FrameBuilder()
private let other = IPv4Address(rawValue: 0x0808_0808)
private let server = Endpoint(address: .v4(other), port: 53)

@Suite("What stations of a link say, and frames in frames")
struct LinkAndTunnelTests {
    @Test("link control is read by field")
    func control() throws {
        func message(_ bytes: [UInt8]) throws -> LinkControl? {
            let frame = try decode(bytes)
            guard case .control(let message) = frame.content else { return nil }
            return message
        }
        guard case .lldp(let lldp) = try message(frames.lldp(systemName: "amnesia")),
            case .eapol(let eapol) = try message(frames.eapol(identity: "user")),
            case .slowProtocol(let lacp) = try message(frames.lacp()),
            case .pause(let pause) = try message(frames.pause())
        else {
            Issue.record("not decoded")
            return
        }
        #expect(lldp.systemName == "amnesia")
        #expect(lldp.elements.map(\.type) == [1, 2, 3, 5])
        #expect(eapol.eap?.data == Array("user".utf8))
        #expect(lacp.actor == frames.source && lacp.partner == frames.source)
        #expect(pause.quanta == [255])
    }

    @Test("bridges are told by root and address, with Cisco's variant too")
    func spanningTree() throws {
        let classic = frames.spanningTree()
        let variant = frames.llc([0xaa, 0xaa, 3, 0, 0, 12, 1, 11] + classic[17...])
        for bytes in [classic, variant] {
            guard case .llc(let llc) = try decode(bytes).content else { return }
            #expect(llc.spanningTree?.root?.address == frames.source)
            #expect(llc.spanningTree?.bridge?.priority == 0x8000)
        }
    }

    @Test("each has one line, which nothing in the frame can forge")
    func summaries() throws {
        let group = "02:00:00:00:00:64 → 01:80:c2:00:00:"
        let query = frames.udp(to: server, FrameBuilder.query("web.test"))
        let lines: [(String, [UInt8])] = [
            ("LLDP of “amnesia” \(group)0e", frames.lldp(systemName: "amnesia")),
            ("LLDP of “a\\u{1b}[2J\\u{a}b” \(group)0e", frames.lldp(systemName: "a\u{1b}[2J\nb")),
            ("EAPOL EAP, identity “user” \(group)03", frames.eapol(identity: "user")),
            ("LACP of system 02:00:00:00:00:64 \(group)02", frames.lacp()),
            ("pause for 255 \(group)01", frames.pause()),
            ("SCTP 10.2.1.100:40000 → 8.8.8.8:53, 1 chunks of type 1", frames.sctp(to: server)),
            (
                "GRE 10.2.1.100 → 8.8.8.8, with UDP 10.2.1.100:40000 → 8.8.8.8:53, 26 bytes",
                frames.gre(query, to: other)
            ),
            (
                "IPv4-in-IP 10.2.1.100 → 8.8.8.8, with UDP 10.2.1.100:40000 → 8.8.8.8:53, 26 bytes",
                frames.inIP(query, to: other)
            ),
        ]
        for (line, bytes) in lines { #expect(try decode(bytes).summary == line) }
    }

    @Test("bytes behind an inner packet are the inner frame's trailer")
    func innerTrailer() throws {
        let ping = Array(frames.ping(other)[14...])
        guard case .ipv4(let packet) = try decode(frames.ipv4(4, to: other, ping + [1, 2])).content,
            case .tunnel(let tunnel) = packet.transport
        else {
            Issue.record("no tunnel")
            return
        }
        #expect(tunnel.content.trailer.count == 2 && !tunnel.content.trailerIsZero)
    }

    @Test("an authentication header is looked behind, and told")
    func authentication() throws {
        let ping = Array(frames.ping(other)[34...])
        let header: [UInt8] = [1, 4, 0, 0] + Array(repeating: 1, count: 20)
        guard case .ipv4(let packet) = try decode(frames.ipv4(51, to: other, header + ping)).content else { return }
        #expect(packet.isAuthenticated)
        #expect(
            try decode(frames.ipv4(51, to: other, header + ping)).summary.hasSuffix(
                "echo request, with an authentication header"
            )
        )
    }

    @Test("SCTP's checksum is told right from wrong")
    func crc() throws {
        func checksum(_ bytes: [UInt8]) throws -> Checksum? {
            let frame = try decode(bytes)
            guard case .sctp(let packet)? = frame.transport else { return nil }
            return packet.checksum
        }
        let good = frames.sctp(to: server)
        #expect(try checksum(good) == .correct)
        var bad = good
        bad[bad.count - 1] ^= 1
        #expect(try checksum(bad) == .wrong)
    }

    @Test("packets are found behind every link header that is known")
    func links() throws {
        let packet = Array(frames.ping(other)[14...])
        let packet6 = Array(frames.udp6(to: .unspecified, 9, [1])[14...])
        let cooked: [UInt8] = [0, 4, 0, 1, 0, 6] + frames.source.bytes + [0, 0]
        let cooked2: [UInt8] = [8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6] + frames.source.bytes + [0, 0]
        let cases: [(LinkType, [UInt8])] = [
            (.raw, packet), (.raw, packet6), (.ipv4, packet), (.ipv6, packet6), (.null, [2, 0, 0, 0] + packet),
            (.null, [0, 0, 0, 2] + packet), (.null, [30, 0, 0, 0] + packet6), (.loop, [0, 0, 0, 24] + packet6),
            (.linuxCooked, cooked + [8, 0] + packet), (.linuxCooked2, cooked2 + packet),
            (LinkType(rawValue: 12), packet),
        ]
        for (type, bytes) in cases {
            let frame = try decode(bytes, as: type)
            #expect(frame.transport != nil, "\(type)")
            #expect(frame.ethernet == nil)
        }
        guard case .linuxCooked(let header) = try decode(cooked2 + packet, as: .linuxCooked2).link else { return }
        #expect(header.source == frames.source && header.interface == 3 && header.direction == .fromHost)
        #expect(throws: FrameDecodingError.self) { try decode(packet, as: LinkType(rawValue: 127)) }
    }

    @Test("each header's impossible fields are refused")
    func impossible() {
        func header(_ bytes: [UInt8], as type: LinkType = .ethernet) -> Header? {
            do {
                _ = try decode(bytes, as: type)
                return nil
            } catch {
                return error.header
            }
        }
        let cases: [(Header, [UInt8])] = [
            (.lldp, frames.ethernet(0x88cc, [0, 0])), (.lldp, frames.ethernet(0x88cc, [4, 1, 0, 0, 0])),
            (.lldp, frames.ethernet(0x88cc, [2, 200, 1])), (.eapol, frames.ethernet(0x888e, [1, 0, 0, 9, 1])),
            (.eapol, frames.ethernet(0x888e, [1, 0, 0, 4, 1, 1, 0, 9])),
            (.slowProtocol, frames.ethernet(0x8809, [1, 1] + Array(repeating: 0, count: 108))),
            (.pause, frames.ethernet(0x8808, [0, 2, 0, 0])),
            (.spanningTree, frames.llc([0x42, 0x42, 3, 0, 0, 0, 9])),
            (.sctp, frames.ipv4(132, to: other, Array(repeating: 0, count: 16))),
            (.gre, frames.ipv4(47, to: other, [0, 2, 8, 0])), (.gre, frames.ipv4(47, to: other, [0x40, 0, 8, 0])),
            (.gre, frames.ipv4(47, to: other, [0x20, 0, 8, 0])),
            (.authentication, frames.ipv4(51, to: other, [1, 200] + Array(repeating: 0, count: 10))),
            (.ipv4, frames.ipv4(4, to: other, [0x45, 0])),
        ]
        for (expected, bytes) in cases { #expect(header(bytes) == expected) }
        #expect(header([9, 0, 0, 0, 1], as: .null) == .loopback)
        #expect(header(Array(repeating: 9, count: 20), as: .linuxCooked) == .linuxCooked)
        #expect(header([], as: .raw) == .rawIP)
    }
}
