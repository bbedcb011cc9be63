import ApplicationDecoding
import FrameBuilding
import PacketDecoding
import Testing

private let frames = FrameBuilder()

private func endpoint(_ text: String) throws -> Endpoint { try #require(Endpoint(text)) }

private func application(_ bytes: [UInt8]) throws -> Application {
    Application.decode(try decode(bytes), bytes.span)
}

private func summary(_ bytes: [UInt8]) throws -> String {
    let frame = try decode(bytes)
    return frame.summary(with: Application.decode(frame, bytes.span))
}

@Suite("What applications say")
struct ApplicationTests {
    @Test("a DNS query is told by name and type")
    func dnsQuery() throws {
        let query = frames.udp(to: try endpoint("203.0.113.53:53"), FrameBuilder.query("web.test"))
        #expect(try summary(query) == "UDP 10.2.1.100:40000 → 203.0.113.53:53, DNS query A web.test")
    }

    @Test("a DNS query over TCP is told from its first segment")
    func dnsOverTCP() throws {
        let query = FrameBuilder.query("web.test", type: 28)
        let segment = frames.tcp(
            to: try endpoint("203.0.113.53:53"),
            flags: 0x18,
            acknowledgement: 5,
            bytes(UInt16(query.count)) + query
        )
        #expect(
            try summary(segment)
                == "TCP 10.2.1.100:40000 → 203.0.113.53:53, PSH ACK, 28 bytes, DNS query AAAA web.test"
        )
    }

    @Test("a message that the segment ends within is incomplete, not malformed")
    func incomplete() throws {
        let query = FrameBuilder.query("web.test")
        let cut = (bytes(UInt16(query.count)) + query).prefix(20)
        #expect(
            try application(frames.tcp(to: try endpoint("203.0.113.53:53"), flags: 0x18, Array(cut)))
                == .incomplete(.dns)
        )
        let hello = FrameBuilder.clientHello(serverName: "web.test", protocols: ["h2"])
        for length in 9..<hello.count {
            let segment = frames.tcp(to: try endpoint("203.0.113.80:443"), flags: 0x18, Array(hello.prefix(length)))
            #expect(try application(segment) == .incomplete(.tls))
        }
    }

    @Test("other protocols have one line each")
    func summaries() throws {
        func udp(_ destination: String, from port: UInt16 = 40_000, _ payload: [UInt8]) throws -> [UInt8] {
            frames.udp(to: try endpoint(destination), from: port, payload)
        }
        func tcp(_ destination: String, _ payload: [UInt8]) throws -> [UInt8] {
            frames.tcp(to: try endpoint(destination), flags: 0x18, acknowledgement: 5, payload)
        }
        let hello = FrameBuilder.clientHello(serverName: "web.test", protocols: ["h2", "http/1.1"])
        let quic: [UInt8] = [0xc0, 0, 0, 0, 1, 4, 0xca, 0xfe, 0xba, 0xbe, 0, 0, 0]
        let search = "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nST: ssdp:all\r\n\r\n"
        let lines: [(String, [UInt8])] = [
            ("mDNS query A host.local", try udp("224.0.0.251:5353", from: 5353, FrameBuilder.query("host.local"))),
            ("LLMNR query A host", try udp("224.0.0.252:5355", FrameBuilder.query("host"))),
            ("NetBIOS query HOST<00>", try udp("10.2.1.255:137", from: 137, FrameBuilder.netBIOSQuery("HOST"))),
            ("SSDP M-SEARCH ssdp:all", try udp("239.255.255.250:1900", Array(search.utf8))),
            (
                "WS-Discovery Probe",
                try udp(
                    "239.255.255.250:3702",
                    Array(
                        "<d xmlns:w=\"http://x.test/ns/discovery/2009/01\"><a>http://x.test/ns/discovery/2009/01/Probe</a>"
                            .utf8
                    )
                )
            ),
            (
                "WS-Discovery Hello",
                try udp("239.255.255.250:3702", Array("<a>http://x.test/ws/2005/04/discovery/Hello</a>".utf8))
            ),
            ("NTP version 4 client", try udp("203.0.113.9:123", from: 123, [0x23] + Array(repeating: 0, count: 47))),
            ("QUIC initial to connection cafebabe", try udp("203.0.113.80:443", quic)),
            ("TLS client hello for web.test, offers h2 http/1.1", try tcp("203.0.113.80:443", hello)),
            ("TLS client hello for web.test, offers h2 http/1.1", try tcp("192.0.2.7:9001", hello)),
            (
                "HTTP GET /a at web.test",
                try tcp("203.0.113.80:80", Array("GET /a HTTP/1.1\r\nHost: web.test\r\n\r\n".utf8))
            ),
            ("SOCKS 5", try tcp("10.2.1.1:9050", [5, 1, 0])),
            (
                "SOCKS 4 to web.test",
                try tcp("10.2.1.1:1080", [4, 1, 0, 80, 0, 0, 0, 1, 0] + Array("web.test".utf8) + [0])
            ),
            (
                "VXLAN 5 with ICMP 10.2.1.100 → 8.8.8.8, echo request",
                try udp("10.2.1.9:4789", [8, 0, 0, 0, 0, 0, 5, 0] + frames.ping(IPv4Address(rawValue: 0x0808_0808)))
            ),
        ]
        for (line, bytes) in lines { #expect(try application(bytes).summary == line) }
    }

    @Test("what is said inside a tunnel is heard too")
    func tunnels() throws {
        let other = IPv4Address(rawValue: 0x0808_0808)
        let query = frames.udp(to: Endpoint(address: .v4(other), port: 53), FrameBuilder.query("web.test"))
        for bytes in [frames.gre(query, to: other), frames.inIP(frames.inIP(query, to: other), to: other)] {
            #expect(try application(bytes).summary == "DNS query A web.test")
        }
    }

    @Test("what an application says can't steer a terminal")
    func printable() throws {
        let request = Array("GET /\u{1b}[2J HTTP/1.1\r\nHost: a\u{202e}b\r\n\r\n".utf8)
        let line = try application(frames.tcp(to: try endpoint("203.0.113.80:80"), flags: 0x18, request)).summary
        #expect(line == "HTTP GET /\\u{1b}[2J at a\\u{202e}b")
    }

    // MARK: - By field

    @Test("a DHCP message is decoded with every option")
    func dhcp() throws {
        let options: [(UInt8, [UInt8])] = frames.discover + [(12, Array("amnesia".utf8))]
        guard case .dhcpv4(let message) = try application(frames.dhcp(frames.dhcpMessage(options: options))) else {
            Issue.record("not DHCP")
            return
        }
        #expect(message.messageType == .discover)
        #expect(message.options.map(\.code) == [53, 61, 55, 57, 12])
        #expect(message[12] == Array("amnesia".utf8))
        #expect(message.clientHardware == frames.source)
        #expect(message.trailerIsZero && message.nameFieldsAreZero && message.hardwarePaddingIsZero)
    }

    @Test("options in overloaded fields are found")
    func overloadedDHCP() throws {
        var message = frames.dhcpMessage(options: [(53, [1]), (52, [2])])
        message.replaceSubrange(44..<50, with: [12, 3, 97, 98, 99, 255])
        guard case .dhcpv4(let decoded) = try application(frames.dhcp(message)) else {
            Issue.record("not DHCP")
            return
        }
        #expect(decoded[12] == [97, 98, 99])
        #expect(!decoded.nameFieldsAreZero)
    }

    @Test("a DHCPv6 client's identifier tells its hardware address")
    func dhcpv6() throws {
        let identifier: [UInt8] = [0, 1, 0, 1, 0x2a, 0, 0, 0] + frames.source.bytes
        let message: [UInt8] = [1, 0xab, 0xcd, 0xef, 0, 1, 0, 14] + identifier + [0, 8, 0, 2, 0, 0]
        let group = IPv6Address(high: 0xff02_0000_0000_0000, low: 0x1_0002)
        let datagram = frames.udp6(to: group, 547, from: 546, message)
        guard case .dhcpv6(let decoded) = try application(datagram) else {
            Issue.record("not DHCPv6")
            return
        }
        #expect(decoded.clientIdentifier == .linkAddressAndTime(frames.source, seconds: 0x2a00_0000))
        #expect(try application(datagram).summary == "DHCPv6 SOLICIT for 02:00:00:00:00:64, options 1 8")
    }

    @Test("records are read, with the names in them and the abilities of EDNS")
    func dnsRecords() throws {
        // One question, one alias that points back into it, and EDNS with a cookie.
        var message: [UInt8] = [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 1]
        message += [3, 119, 119, 119, 4, 116, 101, 115, 116, 0, 0, 1, 0, 1]
        message += [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 5, 2, 102, 111, 0xc0, 16]
        message += [0, 0, 41, 0x10, 0, 0, 0, 0x80, 0, 0, 12, 0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]
        guard case .dns(let dns, .dns) = try application(frames.udp(to: try endpoint("10.2.1.9:53"), message)) else {
            Issue.record("not DNS")
            return
        }
        #expect(dns.answers.map(\.name) == ["www.test"])
        #expect(dns.answers.map(\.target) == ["fo.test"])
        #expect(dns.extensions?.options == [10])
        #expect(dns.extensions?.wantsSignatures == true)
        #expect(dns.trailer.isEmpty)
    }

    @Test("the versions of a Tor link are read, and other first cells refused")
    func torLink() throws {
        let cell: [UInt8] = [0, 0, 7, 0, 6, 0, 3, 0, 4, 0, 5]
        #expect(try TorLink.decode(cell.span, 0..<cell.count)?.versions == [3, 4, 5])
        #expect(try TorLink.decode(cell.span, 0..<cell.count - 1) == nil)
        let other: [UInt8] = [0, 0, 8, 0, 0]
        #expect(throws: FrameDecodingError.self) { try TorLink.decode(other.span, 0..<other.count) }
    }

    // MARK: - Malformed

    @Test(
        "what an application says may be malformed, and is kept as such",
        arguments: [
            [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 0x0c, 0, 1, 0, 1],
            [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 63, 1, 2, 3],
            [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x80, 1, 2, 3],
            [0x12, 0x34, 1, 0, 0, 0, 0, 9, 0, 0, 0, 0],
            Array("GET / HTTP/1.1".utf8), [],
        ]
    )
    func malformedDNS(_ payload: [UInt8]) throws {
        let datagram = frames.udp(to: try endpoint("8.8.8.8:53"), payload)
        guard case .malformed(let error) = try application(datagram) else {
            Issue.record("decoded: \(try summary(datagram))")
            return
        }
        #expect(error.header == .dns)
        #expect(try summary(datagram).hasSuffix("malformed DNS"))
    }

    @Test("data that does not keep what its port promises is malformed")
    func brokenPromises() throws {
        let noise = Array(repeating: UInt8(0xee), count: 60)
        let cases: [(String, Header)] = [
            ("8.8.8.8:67", .dhcpv4), ("8.8.8.8:123", .ntp), ("8.8.8.8:137", .netBIOS), ("8.8.8.8:547", .dhcpv6),
            ("8.8.8.8:1900", .ssdp), ("8.8.8.8:3702", .webServiceDiscovery), ("8.8.8.8:5353", .dns),
            ("8.8.8.8:5355", .dns),
        ]
        for (destination, header) in cases {
            guard case .malformed(let error) = try application(frames.udp(to: try endpoint(destination), noise)) else {
                Issue.record("no error at \(destination)")
                continue
            }
            #expect(error.header == header)
        }
        let segment = frames.tcp(to: try endpoint("8.8.8.8:9050"), flags: 0x18, noise)
        guard case .malformed(let error) = try application(segment) else { return }
        #expect(error.header == .socks)
    }
}
