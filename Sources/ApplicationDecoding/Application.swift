package import PacketDecoding

/// What the data of a segment or datagram says.
///
/// Protocols that have a port are held to it: data that does not keep what its port promises is ``malformed(_:)``.
/// Those that run anywhere, such as TLS and HTTP, are told by their first bytes.
package indirect enum Application: Hashable, Sendable {
    /// There is no data, or nothing that is known by its port or first bytes.
    case none
    case dhcpv4(DHCPv4)
    case dhcpv6(DHCPv6)
    /// DNS, and in the same format multicast DNS and LLMNR.
    case dns(DNS, DNS.Kind)
    case netBIOS(NetBIOS)
    case ntp(NTP)
    case ssdp(SSDP)
    case webServiceDiscovery(WebServiceDiscovery)
    case tls(TLS)
    case quic(QUIC)
    case http(HTTP)
    case socks(SOCKS)
    case vxlan(VXLAN)
    /// The data begins like the protocol, and ends before it can be told more.
    case incomplete(Header)
    /// The ports or first bytes promise a protocol that the data doesn't keep.
    case malformed(FrameDecodingError)

    /// The name by which the protocol is known, or `nil`.
    package var name: String? {
        switch self {
        case .none: nil
        case .dhcpv4: "DHCP"
        case .dhcpv6: "DHCPv6"
        case .dns(_, let kind): kind.rawValue
        case .netBIOS: "NetBIOS"
        case .ntp: "NTP"
        case .ssdp: "SSDP"
        case .webServiceDiscovery: "WS-Discovery"
        case .tls: "TLS"
        case .quic: "QUIC"
        case .http: "HTTP"
        case .socks: "SOCKS"
        case .vxlan: "VXLAN"
        case .incomplete(let header): header.rawValue
        case .malformed(let error): error.header.rawValue
        }
    }

    /// What a report adds to the line of the frame, such as `DNS query A web.test`; empty for ``none``.
    package var summary: String {
        switch self {
        case .none: ""
        case .dhcpv4(let message): message.summary
        case .dhcpv6(let message): message.summary
        case .dns(let message, let kind): message.summary(as: kind)
        case .netBIOS(let message): message.summary
        case .ntp(let message): message.summary
        case .ssdp(let message): message.summary
        case .webServiceDiscovery(let message): message.summary
        case .tls(let message): message.summary
        case .quic(let message): message.summary
        case .http(let message): message.summary
        case .socks(let message): message.summary
        case .vxlan(let tunnel): tunnel.summary
        case .incomplete(let header): "the beginning of \(header.rawValue)"
        case .malformed(let error): "malformed \(error.header.rawValue)"
        }
    }
}

// MARK: - Decoding

extension Application {
    /// Decodes what the frame's segment or datagram carries, or the innermost one's; of TCP as if a stream began there.
    ///
    /// The depth says how many frames the frame lies in.
    package static func decode(_ frame: DecodedFrame, _ bytes: Span<UInt8>, depth: Int = 0) -> Application {
        switch frame.transport {
        case .udp(let datagram):
            .decode(bytes, datagram.payload, udp: datagram.sourcePort, datagram.destinationPort, depth: depth)
        case .tcp(let segment):
            .decode(bytes, segment.payload, tcp: segment.sourcePort, segment.destinationPort)
        case .tunnel(let tunnel): .decode(tunnel.content, bytes, depth: depth + 1)
        case .icmp, .icmpv6, .igmp, .sctp, .fragment, .unknown, nil: .none
        }
    }

    /// Decodes the data of a datagram from one port to another.
    package static func decode(
        _ bytes: Span<UInt8>,
        _ payload: Range<Int>,
        udp source: UInt16,
        _ destination: UInt16,
        depth: Int = 0
    ) -> Application {
        do throws(FrameDecodingError) {
            switch (source, destination) {
            case (53, _), (_, 53): return .dns(try DNS.decode(bytes, payload), .dns)
            case (67...68, _), (_, 67...68): return .dhcpv4(try DHCPv4.decode(bytes, payload))
            case (5353, _), (_, 5353): return .dns(try DNS.decode(bytes, payload), .multicast)
            case (5355, _), (_, 5355): return .dns(try DNS.decode(bytes, payload), .linkLocal)
            case (546...547, _), (_, 546...547): return .dhcpv6(try DHCPv6.decode(bytes, payload))
            case (123, _), (_, 123): return .ntp(try NTP.decode(bytes, payload))
            case (137, _), (_, 137): return .netBIOS(try NetBIOS.decode(bytes, payload))
            case (1900, _), (_, 1900): return .ssdp(try SSDP.decode(bytes, payload))
            case (3702, _), (_, 3702): return .webServiceDiscovery(try WebServiceDiscovery.decode(bytes, payload))
            case (_, 4789): return .vxlan(try VXLAN.decode(bytes, payload, depth))
            default: break
            }
            if let message = try QUIC.decode(bytes, payload) { return .quic(message) }
        } catch {
            return .malformed(error)
        }
        return .none
    }

    /// Decodes what a stream begins with, as far as the bytes reach.
    package static func decode(
        _ bytes: Span<UInt8>,
        _ payload: Range<Int>,
        tcp source: UInt16,
        _ destination: UInt16
    ) -> Application {
        if payload.isEmpty { return .none }
        do throws(FrameDecodingError) {
            switch (source, destination) {
            case (53, _), (_, 53):
                return try DNS.decodeFirst(bytes, payload).map { .dns($0, .dns) } ?? .incomplete(.dns)
            case (_, 1080), (_, 9050), (_, 9150):
                return try SOCKS.decode(bytes, payload).map { .socks($0) } ?? .incomplete(.socks)
            default: break
            }
            switch bytes[payload.lowerBound] {
            case 0x14...0x17 where TLS.isLikely(bytes, payload):
                return try TLS.decode(bytes, payload).map { .tls($0) } ?? .incomplete(.tls)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                guard HTTP.isLikely(bytes, payload) else { return .none }
                return try HTTP.decode(bytes, payload).map { .http($0) } ?? .incomplete(.http)
            default: return .none
            }
        } catch {
            return .malformed(error)
        }
    }
}

extension DecodedFrame {
    /// One line for a report, such as `UDP 10.2.1.100:40000 → 203.0.113.53:53, DNS query A web.test`.
    package func summary(with application: Application) -> String {
        summary(saying: application.summary)
    }
}
