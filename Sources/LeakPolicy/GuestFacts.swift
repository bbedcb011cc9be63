package import PacketDecoding

/// What is known of a guest and its network from outside.
package struct GuestFacts: Hashable, Sendable {
    /// The addresses that the guest's network cards came with.
    package let hardwareAddresses: Set<MACAddress>
    /// The network that the guest's card is plugged into.
    package let subnet: IPv4Subnet
    /// The guest's gateway, which is also its DHCP server.
    package let gateway: IPv4Address

    /// Creates the facts of one network card.
    package init(hardwareAddresses: Set<MACAddress>, subnet: IPv4Subnet, gateway: IPv4Address) {
        self.hardwareAddresses = hardwareAddresses
        self.subnet = subnet
        self.gateway = gateway
    }

    /// Whether it is an address that a host of the subnet can have.
    func isHost(_ address: IPv4Address) -> Bool {
        subnet.contains(address)
            && (subnet.prefixLength > 30 || address != subnet.network && address != subnet.broadcast)
    }
}
