package import PacketDecoding

/// What is known of a guest and its network from outside.
package struct GuestFacts: Hashable, Sendable {
    /// The addresses that the guest's network cards came with.
    package let hardwareAddresses: Set<MACAddress>
    /// The network that the guest's card is plugged into.
    package let subnet: IPv4Subnet
    /// The guest's gateway, which is also its DHCP server.
    package let gateway: IPv4Address
    /// The first halves of the IPv6 addresses that the network gives its hosts, besides those of the link.
    package let prefixes: Set<UInt64>
    /// What must never leave the guest, whatever it is encoded as.
    package let secrets: [PlantedSecret]

    /// Creates the facts of one network card.
    package init(
        hardwareAddresses: Set<MACAddress>,
        subnet: IPv4Subnet,
        gateway: IPv4Address,
        prefixes: Set<UInt64> = [],
        secrets: [PlantedSecret] = []
    ) {
        self.hardwareAddresses = hardwareAddresses
        self.subnet = subnet
        self.gateway = gateway
        self.prefixes = prefixes
        self.secrets = secrets
    }

    /// Whether it is an address that a host of the subnet can have.
    func isHost(_ address: IPv4Address) -> Bool {
        subnet.contains(address)
            && (subnet.prefixLength > 30 || address != subnet.network && address != subnet.broadcast)
    }

    /// Whether it is an address that a host of the link or of its prefixes can have.
    func isHost(_ address: IPv6Address) -> Bool {
        address.isLinkLocal || prefixes.contains(address.high)
    }
}

/// Something that the harness put into the guest, or knows of it, to see whether it gets out.
package struct PlantedSecret: Hashable, Sendable {
    /// What it is, as reports name it: `hostname`, `disk serial`.
    package let name: String
    let bytes: [UInt8]

    /// Shorter ones would be found by chance in encrypted traffic.
    package static let shortest = 6

    /// Creates a secret, or returns `nil` when it has too few bytes to be told from chance.
    package init?(name: String, bytes: [UInt8]) {
        guard bytes.count >= Self.shortest else { return nil }
        self.name = name
        self.bytes = bytes
    }
}
