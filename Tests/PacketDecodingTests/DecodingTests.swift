import FrameBuilding
import PacketDecoding
import Testing

private let frames = FrameBuilder()

private func ip(_ text: String) throws -> IPv4Address { try #require(IPv4Address(text)) }
private func endpoint(_ text: String) throws -> Endpoint { try #require(Endpoint(text)) }

@Suite("Decoding")
struct DecodingTests {
    private func ipv4(_ bytes: [UInt8]) throws -> IPv4 {
        let frame = try decode(bytes)
        guard case .ipv4(let packet) = frame.content else { throw Unexpected(frame: frame) }
        return packet
    }

    private struct Unexpected: Error {
        let frame: DecodedFrame
    }

    // MARK: - Summaries

    @Test("other protocols have one line each")
    func summaries() throws {
        let group = IPv6Address(high: 0xff02_0000_0000_0000, low: 2)
        let lines: [(String, [UInt8])] = [
            ("ICMP 10.2.1.100 → 8.8.8.8, echo request", frames.ping(try ip("8.8.8.8"))),
            (
                "ARP who has 10.2.1.1? tell 10.2.1.100 at 02:00:00:00:00:64",
                frames.arp(target: try ip("10.2.1.1"))
            ),
            ("ICMPv6 fe80::ff:fe00:64 → ff02::2, router solicitation", frames.icmpv6(133, to: group, [0, 0, 0, 0])),
            (
                "MACsec EtherType 0x88e5 02:00:00:00:00:64 → 02:00:00:00:00:01",
                frames.ethernet(0x88e5, [1, 2, 3])
            ),
            ("ESP 10.2.1.100 → 8.8.8.8", frames.ipv4(50, to: try ip("8.8.8.8"), [0, 0, 8, 0])),
            (
                "spanning tree (802.3) 02:00:00:00:00:64 → 02:00:00:00:00:01",
                frames.ethernet(7, [0x42, 0x42, 3, 0, 0, 0, 0x80])
            ),
            ("VLAN 5 ICMP 10.2.1.100 → 8.8.8.8, echo request", tagged(frames.ping(try ip("8.8.8.8")), 5)),
        ]
        for (line, bytes) in lines { #expect(try decode(bytes).summary == line) }
    }

    // MARK: - Fields that betray

    @Test("each checksum is told right from wrong", arguments: [24, 50, 51, 60])
    func checksums(_ offset: Int) throws {
        let segment = frames.tcp(to: try endpoint("10.2.1.1:80"), Array("hello there".utf8))
        guard case .tcp(let good) = try ipv4(segment).transport else { return }
        #expect(try ipv4(segment).header.checksum == .correct)
        #expect(good.checksum == .correct)
        var bad = segment
        bad[offset] ^= 0x10
        let packet = try ipv4(bad)
        guard case .tcp(let broken) = packet.transport else { return }
        #expect((packet.header.checksum == .wrong) == (offset < 34))
        #expect((broken.checksum == .wrong) == (offset >= 34))
    }

    @Test("UDP without a checksum is told from one that is wrong")
    func noChecksum() throws {
        let datagram = frames.udp(to: try endpoint("10.2.1.1:80"), [1, 2, 3])
        guard case .udp(let absent) = try ipv4(datagram.putting(0, at: 40)).transport,
            case .udp(let wrong) = try ipv4(datagram.putting(7, at: 40)).transport
        else { return }
        #expect(absent.checksum == .absent)
        #expect(wrong.checksum == .wrong)
    }

    @Test("fragments are seen as such, the first and the others", arguments: [UInt16(0x2000), 0x2010, 0x0010])
    func fragments(_ field: UInt16) throws {
        let packet = try ipv4(frames.ipv4(6, to: try ip("10.2.1.1"), Array(repeating: 7, count: 24), fragment: field))
        #expect(packet.header.isFragment)
        #expect(packet.transport == .fragment(.tcp))
    }

    @Test("bytes behind a packet are its trailer, and tell zero from something")
    func trailer() throws {
        let ping = frames.ping(try ip("10.2.1.1"))
        #expect(try decode(ping).trailer.isEmpty)
        #expect(try decode(ping + [0, 0, 0]).trailerIsZero)
        #expect(try !decode(ping + [0, 1, 0]).trailerIsZero)
    }

    @Test("IPv6 extension headers are walked through, and a fragment stops the walk")
    func ipv6Extensions() throws {
        let group = IPv6Address(high: 0xff02_0000_0000_0000, low: 0x16)
        let report: [UInt8] = [143, 0, 0, 0, 0, 0, 0, 0]
        let hopByHop: [UInt8] = [58, 0, 5, 2, 0, 0, 1, 0]
        guard case .ipv6(let packet) = try decode(frames.ipv6(0, to: group, hopByHop + report)).content else { return }
        #expect(packet.extensions == [0])
        guard case .icmpv6(let message) = packet.transport, case .multicastListener = message.message else {
            Issue.record("not a listener report: \(packet)")
            return
        }
        let fragment: [UInt8] = [58, 0, 0, 1, 0, 0, 0, 1]
        guard case .ipv6(let part) = try decode(frames.ipv6(44, to: group, fragment + report)).content else { return }
        #expect(part.transport == .fragment(.icmpv6))
    }

    @Test("TCP options are read by field, and unusual ones are kept")
    func tcpOptions() throws {
        let options: [UInt8] = [2, 4, 5, 0xb4, 1, 3, 3, 7, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 34, 2, 0, 0]
        let segment = frames.tcp(to: try endpoint("10.2.1.1:80"), options: options)
        guard case .tcp(let tcp) = try ipv4(segment).transport else { return }
        #expect(tcp.options.maximumSegmentSize == 1460)
        #expect(tcp.options.windowScale == 7)
        #expect(tcp.options.permitsSelectiveAcknowledgement)
        #expect(tcp.options.timestamp == 9)
        #expect(tcp.options.otherKinds == [34])
        #expect(!tcp.options.hasHiddenBytes)
    }

    private func tagged(_ frame: [UInt8], _ identifier: UInt16) -> [UInt8] {
        frame[..<12] + bytes(UInt16(0x8100)) + bytes(identifier) + frame[12...]
    }
}
