/// What tshark says of a frame: one line of its fields.
struct TsharkOpinion {
    let number: Int
    private(set) var opinion = Opinion()
    /// The protocols behind the transport's.
    private(set) var applications: Set<String> = []
    /// Whether tshark found the frame wanting too.
    let isMalformed: Bool

    /// The fields to ask tshark for, in the order in which a line is read.
    static let fields = [
        "frame.number", "frame.protocols", "eth.src", "eth.dst", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
        "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport", "sctp.srcport", "sctp.dstport",
        "arp.src.proto_ipv4", "arp.dst.proto_ipv4", "_ws.malformed",
    ]

    private static let transports: Set<String> = ["tcp", "udp", "sctp", "icmp", "icmpv6", "igmp"]
    private static let known: Set<String> = transports.union([
        "eth", "sll", "null", "vlan", "ieee8021ad", "arp", "ip", "ipv6", "llc", "stp", "lldp", "eapol", "slow", "macc",
        "gre", "ah",
    ])

    init?(line: String) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard fields.count >= Self.fields.count, let number = Int(fields[0]) else { return nil }
        self.number = number
        isMalformed = !fields[16].isEmpty || fields[1].contains("malformed")
        let protocols = fields[1].split(separator: ":").map(String.init)
        let end = protocols.firstIndex { Self.transports.contains($0) } ?? protocols.count - 1
        opinion.protocols = protocols[...end].filter { Self.known.contains($0) }
        applications = Set(protocols[(end + 1)...])
        opinion.stations = [fields[2], fields[3]]
        // Which of the two versions is the outer one is told by the order of the protocols.
        let isIPv6 = opinion.protocols.first { $0 == "ip" || $0 == "ipv6" } == "ipv6"
        opinion.addresses = isIPv6 ? [fields[6], fields[7]] : [fields[4], fields[5]]
        if opinion.protocols.contains("arp") { opinion.addresses = [fields[14], fields[15]] }
        switch opinion.protocols.last {
        case "tcp": opinion.ports = [fields[8], fields[9]]
        case "udp": opinion.ports = [fields[10], fields[11]]
        case "sctp": opinion.ports = [fields[12], fields[13]]
        default: break
        }
    }

    /// Wireshark's names for the application, or `nil` when ours is not to be compared.
    func agrees(on application: String) -> Bool? {
        let names: [String: Set<String>] = [
            "DHCP": ["dhcp"], "DHCPv6": ["dhcpv6"], "DNS": ["dns"], "mDNS": ["mdns"], "LLMNR": ["llmnr"],
            "NetBIOS": ["nbns"], "NTP": ["ntp"], "SSDP": ["ssdp"], "TLS": ["tls"], "QUIC": ["quic", "gquic"],
            "HTTP": ["http", "http2"], "SOCKS": ["socks"], "VXLAN": ["vxlan"],
        ]
        guard let expected = names[application] else { return nil }
        // tshark tells what a segment carries only when it knows its stream from the start.
        if applications.isEmpty, opinion.protocols.last == "tcp" { return nil }
        return !expected.isDisjoint(with: applications)
    }
}
