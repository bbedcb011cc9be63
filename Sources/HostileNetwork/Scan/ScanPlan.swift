import FrameBuilding
package import PacketDecoding

/// What a station of the network asks a guest, to find out whether it answers.
package struct ScanPlan: Hashable, Sendable {
    /// A way to ask, and to answer.
    package enum Kind: String, Hashable, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
        case arp = "ARP"
        case neighbours = "neighbour discovery"
        case echo = "ICMP echo"
        case echo6 = "ICMPv6 echo"
        case tcp = "TCP"
        case udp = "UDP"
        case multicastNames = "mDNS"
        case linkLocalNames = "LLMNR"
        case netBIOS = "NetBIOS"
        /// No probe: the guest looks for the scanner, or tells it something that it has not asked.
        case other = "something else"

        /// Whether it needs to be known where the guest is.
        var needsTarget: Bool { self == .tcp || self == .udp || self == .neighbours }
    }

    /// A question, as a frame.
    package struct Probe: Hashable, Sendable {
        package let kind: Kind
        package let frame: [UInt8]
    }

    /// How it asks.
    package var kinds: Set<Kind>
    /// The TCP ports that it tries.
    package var tcpPorts: [UInt16]
    /// The UDP ports that it tries.
    package var udpPorts: [UInt16]
    /// How many probes it sends in a second.
    package var probesPerSecond: Int
    /// How long it waits for an answer after the last probe, and for a sign of where the guest is.
    package var patience: Duration

    /// Creates a plan; by default it asks in every way, at the ports that systems of all kinds listen on.
    package init(
        kinds: Set<Kind> = Set(Kind.allCases).subtracting([.other]),
        tcpPorts: [UInt16] = ScanPlan.commonTCPPorts,
        udpPorts: [UInt16] = ScanPlan.commonUDPPorts,
        probesPerSecond: Int = 500,
        patience: Duration = .seconds(1)
    ) {
        precondition((1...5000).contains(probesPerSecond), "A scan sends 1 to 5,000 probes in a second.")
        (self.kinds, self.tcpPorts, self.udpPorts) = (kinds.subtracting([.other]), tcpPorts, udpPorts)
        (self.probesPerSecond, self.patience) = (probesPerSecond, patience)
    }

    /// What can be asked of everybody at once, such as of a guest that has no address.
    package static let broadcast: Set<Kind> = Set(Kind.allCases.filter { !$0.needsTarget }).subtracting([.other])

    /// Where services of desktops, servers and Tor listen (IANA's registry, and their own defaults).
    package static let commonTCPPorts: [UInt16] = [
        7, 9, 13, 21, 22, 23, 25, 37, 53, 79, 80, 88, 110, 111, 113, 119, 135, 139, 143, 179, 389, 427, 443, 445, 465,
        514, 515, 548, 554, 587, 631, 636, 646, 873, 990, 993, 995, 1025, 1080, 1433, 1723, 1900, 2000, 2049, 2121,
        2628, 3000, 3128, 3306, 3389, 4444, 5000, 5222, 5353, 5432, 5555, 5900, 5901, 6000, 6001, 6379, 6667, 7777,
        8000, 8008, 8080, 8118, 8123, 8443, 8888, 9001, 9030, 9040, 9050, 9051, 9052, 9053, 9062, 9090, 9100, 9150,
        9151, 9418, 9999, 10_000, 17_500, 22_000, 27_017, 32_768, 49_152, 50_000,
    ]
    /// Where their datagrams go.
    package static let commonUDPPorts: [UInt16] = [
        7, 9, 53, 67, 68, 69, 111, 123, 137, 138, 161, 162, 177, 427, 500, 514, 518, 520, 546, 631, 1194, 1434, 1645,
        1812, 1900, 2049, 3702, 4500, 5060, 5351, 5353, 5355, 6771, 10_000, 17_500, 21_027, 32_768, 49_152, 51_820,
    ]
}

/// Where a guest is, as its frames tell.
package struct ScanTarget: Hashable, Sendable {
    package var hardware: MACAddress
    package var address: IPv4Address?
    package var addresses6: Set<IPv6Address> = []

    /// Guests have a handful; one that claims more does so to keep us busy.
    private static let mostAddresses = 8

    package init(hardware: MACAddress, address: IPv4Address? = nil) {
        (self.hardware, self.address) = (hardware, address)
    }

    mutating func note(_ address: IPv6Address) {
        if addresses6.count < Self.mostAddresses, !address.isMulticast, address != .unspecified {
            addresses6.insert(address)
        }
    }
}
