import PacketDecoding

extension FrameBuilder {
    /// A valid frame of every protocol that is decoded.
    package var samples: [[UInt8]] {
        linkSamples + networkSamples + applicationSamples + tunnelSamples
    }

    private var other: IPv4Address { IPv4Address(rawValue: 0x0808_0808) }
    private var group: IPv6Address { IPv6Address(high: 0xff02_0000_0000_0000, low: 0x16) }

    private func at(_ port: UInt16, _ address: UInt32 = 0x0808_0808) -> Endpoint {
        Endpoint(address: .v4(IPv4Address(rawValue: address)), port: port)
    }

    private var linkSamples: [[UInt8]] {
        [
            lldp(systemName: "amnesia"), eapol(identity: "user"), lacp(), pause(), spanningTree(),
            arp(target: other), arp(2, target: other, targetHardware: destination, to: destination),
            arp(3, target: other, type: 0x8035), FrameBuilder.tagged(arp(target: other), 5),
            FrameBuilder.tagged(FrameBuilder.tagged(ping(other), 6), 7, type: 0x88a8),
            llc([0xaa, 0xaa, 3, 0, 0, 12, 1, 11] + spanningTree()[17...]),
            llc([0xaa, 0xaa, 3, 0, 0, 12, 0x20, 0, 2, 180, 0, 0]), ethernet(0x88b5, Array(repeating: 0, count: 46)),
        ]
    }

    private var networkSamples: [[UInt8]] {
        let record: [UInt8] = [4, 0, 0, 1] + Array(repeating: 3, count: 32)
        let options: [UInt8] = [2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 3, 3, 7]
        let igmp: [UInt8] = [0x22, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 224, 0, 0, 251]
        let hopByHop: [UInt8] = [58, 0, 5, 2, 0, 0, 1, 0]
        return [
            ping(other), ping(other) + [0, 0, 0], tcp(to: at(9), options: options), sctp(to: at(9)),
            tcp(to: at(9), flags: 0x18, acknowledgement: 1, Array("hello".utf8)), udp(to: at(9), [1, 2, 3]),
            ipv4(2, to: IPv4Address(rawValue: 0xe000_0016), igmp.putting(internetChecksum(igmp), at: 2)),
            ipv4(17, to: other, Array(repeating: 7, count: 24), fragment: 0x2000),
            ipv4(17, to: other, Array(repeating: 7, count: 24), fragment: 0x0003),
            ipv4(1, to: other, Array(ping(other)[34...]), options: [7, 7, 4, 0, 0, 0, 0, 0]),
            ipv4(51, to: other, [1, 4, 0, 0] + Array(repeating: 1, count: 20) + Array(ping(other)[34...])),
            ipv4(50, to: other, Array(repeating: 9, count: 40)),
            icmpv6(133, to: IPv6Address(high: 0xff02_0000_0000_0000, low: 2), [0, 0, 0, 0, 1, 1] + source.bytes),
            icmpv6(135, to: group, Array(repeating: 1, count: 20) + [1, 1, 2, 0, 0, 0, 0, 1]),
            icmpv6(136, to: group, Array(repeating: 1, count: 20) + [2, 1, 2, 0, 0, 0, 0, 1]),
            icmpv6(143, to: group, [0, 0, 0, 1] + record),
            icmpv6(128, to: group, [0, 1, 0, 1, 1, 2, 3]),
            ipv6(0, to: group, hopByHop + icmpv6(143, to: group, [0, 0, 0, 1] + record)[54...]),
            ipv6(44, to: group, [17, 0, 0, 1, 0, 0, 0, 1] + Array(repeating: 7, count: 24)),
            udp6(to: group, 9, [1, 2, 3]),
        ]
    }

    private var applicationSamples: [[UInt8]] {
        let query = FrameBuilder.query("a.long.name.web.test")
        let solicit: [UInt8] = [1, 1, 2, 3, 0, 1, 0, 10, 0, 3, 0, 1] + source.bytes + [0, 8, 0, 2, 0, 0]
        let hello = FrameBuilder.clientHello(serverName: "web.test", protocols: ["h2"])
        let quic: [UInt8] = [0xc3, 0, 0, 0, 1, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0x44, 0x9e]
        let request = Array("GET / HTTP/1.1\r\nHost: web.test\r\n\r\n".utf8)
        let search = Array("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nST: ssdp:all\r\n\r\n".utf8)
        return [
            dhcp(
                dhcpMessage(options: discover + [(12, Array("amnesia".utf8)), (52, [3])])
                    .replacingNameFields(with: [255])
            ),
            udp6(to: IPv6Address(high: 0xff02_0000_0000_0000, low: 0x1_0002), 547, from: 546, solicit),
            udp(to: at(53), query),
            tcp(to: at(53), flags: 0x18, acknowledgement: 1, bytes(UInt16(query.count)) + query),
            udp(to: at(5353, 0xe000_00fb), from: 5353, query), udp(to: at(5355, 0xe000_00fc), query),
            udp(to: at(137), from: 137, FrameBuilder.netBIOSQuery("HOST")), udp(to: at(1900, 0xefff_fffa), search),
            udp(to: at(123), from: 123, [0x23] + Array(repeating: 0, count: 47)),
            tcp(to: at(443), flags: 0x18, acknowledgement: 1, hello),
            udp(to: at(443), quic + Array(repeating: 0x5a, count: 1182)),
            tcp(to: at(80), flags: 0x18, acknowledgement: 1, request),
            tcp(to: at(1080), flags: 0x18, acknowledgement: 1, [5, 1, 0]),
        ]
    }

    private var tunnelSamples: [[UInt8]] {
        let inner = udp(to: at(53), FrameBuilder.query("web.test"))
        return [
            gre(inner, to: other), inIP(inner, to: other), inIP(udp6(to: group, 9, [1, 2, 3]), to: other),
            udp(to: at(4789), [8, 0, 0, 0, 0, 0, 5, 0] + inner),
            ipv4(47, to: other, [0, 0, 0x65, 0x58] + inner),
        ]
    }
}

extension [UInt8] {
    /// The same DHCP message with the given bytes at the beginning of the server name and boot file fields.
    fileprivate func replacingNameFields(with start: [UInt8]) -> [UInt8] {
        var copy = self
        copy.replaceSubrange(44..<44 + start.count, with: start)
        copy.replaceSubrange(108..<108 + start.count, with: start)
        return copy
    }
}
