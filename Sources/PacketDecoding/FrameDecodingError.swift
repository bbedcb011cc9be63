package import Diagnostics

/// A header that the decoders know, named as reports name it.
package enum Header: String, Hashable, Sendable, Codable, CaseIterable {
    case linuxCooked = "Linux cooked"
    case loopback = "loopback"
    case ethernet = "Ethernet"
    case vlan = "802.1Q"
    case llc = "802.2 LLC"
    case spanningTree = "spanning tree"
    case lldp = "LLDP"
    case eapol = "EAPOL"
    case slowProtocol = "slow protocol"
    case pause = "pause"
    case arp = "ARP"
    case rawIP = "raw IP"
    case ipv4 = "IPv4"
    case ipv6 = "IPv6"
    case ipv6Extension = "IPv6 extension"
    case authentication = "authentication"
    case gre = "GRE"
    case tunnel = "tunnel"
    case icmp = "ICMP"
    case icmpv6 = "ICMPv6"
    case igmp = "IGMP"
    case tcp = "TCP"
    case udp = "UDP"
    case sctp = "SCTP"
    case vxlan = "VXLAN"
    case dhcpv4 = "DHCPv4"
    case dhcpv6 = "DHCPv6"
    case dns = "DNS"
    case netBIOS = "NetBIOS name service"
    case ntp = "NTP"
    case ssdp = "SSDP"
    case webServiceDiscovery = "WS-Discovery"
    case tls = "TLS"
    case quic = "QUIC"
    case http = "HTTP"
    case socks = "SOCKS"
    case tor = "Tor link"
}

/// What a header required and what was there instead.
package struct FrameDecodingError: ExplainedError, Hashable, Codable {
    /// The ways in which bytes fail to be a header.
    package enum Problem: Hashable, Sendable, Codable {
        /// The header, or what it announces, needs more bytes than there are.
        case tooShort(required: Int, present: Int)
        /// A field has a value that the protocol rules out or that is not decoded.
        case invalid(field: String, expected: String, seen: String)
    }

    /// The header that could not be decoded.
    package let header: Header
    /// Where in the frame the header or the field begins, in bytes.
    package let offset: Int
    /// What was required and what was there.
    package let problem: Problem
    /// The headers around it that could be decoded, outermost last.
    package private(set) var inside: [String] = []

    package init(header: Header, offset: Int, problem: Problem) {
        (self.header, self.offset, self.problem) = (header, offset, problem)
    }

    package static func invalid(
        _ header: Header,
        at offset: Int,
        _ field: String,
        expected: String,
        seen: some CustomStringConvertible
    ) -> Self {
        Self(
            header: header,
            offset: offset,
            problem: .invalid(field: field, expected: expected, seen: seen.description)
        )
    }

    /// The same error, told apart by the decoded header that it was found in.
    package func inside(_ outer: String) -> Self {
        var copy = self
        copy.inside.append(outer)
        return copy
    }

    package var blame: Blame { .systemUnderTest }

    package var summary: String {
        switch problem {
        case .tooShort(let required, let present):
            "The \(header.rawValue) header at byte \(offset) needs \(required) bytes, but there are \(present)."
        case .invalid(let field, let expected, let seen):
            "The \(header.rawValue) header's \(field) at byte \(offset) is \(seen), expected \(expected)."
        }
    }

    package var context: [String] { inside.map { "in \($0)" } }
}
