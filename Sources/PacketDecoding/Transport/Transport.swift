/// What an Internet packet carries.
package enum Transport: Hashable, Sendable {
    case tcp(TCP)
    case udp(UDP)
    case icmp(ICMP)
    indirect case icmpv6(ICMPv6)
    indirect case igmp(IGMP)
    case sctp(SCTP)
    /// A whole packet or frame inside the packet.
    indirect case tunnel(Tunnel)
    /// A part of a packet, whose ports can't be known.
    case fragment(IPProtocol)
    /// Bytes of a protocol that is not decoded.
    case unknown(IPProtocol)

    /// The addresses that a checksum covers besides the transport's own bytes.
    struct PseudoHeader {
        /// Where source and destination stand in the frame.
        let addresses: Range<Int>
        var isIPv6: Bool { addresses.count == 32 }
    }

    static func decode(
        _ bytes: Span<UInt8>,
        _ window: Range<Int>,
        _ type: IPProtocol,
        pseudoHeader: PseudoHeader,
        depth: Int
    ) throws(FrameDecodingError) -> Transport {
        switch type {
        case .tcp: .tcp(try TCP.decode(bytes, window, pseudoHeader))
        case .udp: .udp(try UDP.decode(bytes, window, pseudoHeader))
        case .icmp where !pseudoHeader.isIPv6: .icmp(try ICMP.decode(bytes, window))
        case .igmp where !pseudoHeader.isIPv6: .igmp(try IGMP.decode(bytes, window))
        case .icmpv6 where pseudoHeader.isIPv6: .icmpv6(try ICMPv6.decode(bytes, window, pseudoHeader))
        case .sctp: .sctp(try SCTP.decode(bytes, window))
        case .ipv4InIP, .ipv6InIP, .gre: .tunnel(try Tunnel.decode(bytes, window, type, depth))
        default: .unknown(type)
        }
    }

    func summary(from source: IPAddress, to destination: IPAddress, saying application: String) -> String {
        switch self {
        case .tcp(let tcp):
            "TCP \(Endpoint(address: source, port: tcp.sourcePort)) → "
                + "\(Endpoint(address: destination, port: tcp.destinationPort))\(tcp.summary(saying: application))"
        case .udp(let udp):
            "UDP \(Endpoint(address: source, port: udp.sourcePort)) → "
                + "\(Endpoint(address: destination, port: udp.destinationPort))\(udp.summary(saying: application))"
        case .icmp(let icmp): "ICMP \(source) → \(destination), \(icmp.summary)"
        case .icmpv6(let icmp): "ICMPv6 \(source) → \(destination), \(icmp.summary)"
        case .igmp(let igmp): "IGMP \(source) → \(destination), \(igmp.summary)"
        case .sctp(let sctp):
            "SCTP \(Endpoint(address: source, port: sctp.sourcePort)) → "
                + "\(Endpoint(address: destination, port: sctp.destinationPort))\(sctp.summary)"
        case .tunnel(let tunnel): "\(tunnel.type) \(source) → \(destination)\(tunnel.summary)"
        case .fragment(let type), .unknown(let type): "\(type) \(source) → \(destination)"
        }
    }
}

extension InternetSum {
    /// The sum over a transport's bytes and its pseudo-header (RFC 9293, section 3.1; RFC 8200, section 8.1).
    static func isIntact(
        _ bytes: Span<UInt8>,
        _ window: Range<Int>,
        _ type: IPProtocol,
        _ pseudoHeader: Transport.PseudoHeader
    ) -> Bool {
        var sum = InternetSum()
        sum.add(bytes, pseudoHeader.addresses)
        sum.add(Int(type.rawValue))
        sum.add(window.count)
        sum.add(bytes, window)
        return sum.isIntact
    }
}
