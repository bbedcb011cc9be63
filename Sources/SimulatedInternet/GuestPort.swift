/// Where a guest is plugged in, and what it meets there.
///
/// Fixed, so that all sandboxes look alike to a guest.
package struct GuestPort: Hashable, Sendable, Codable {
    /// The persistent tap that QEMU opens and the capture listens on.
    package let tap: String
    /// The bridge that the tap belongs to.
    package let bridge: String
    /// The link address of the gateway.
    ///
    /// A guest restored from a checkpoint has it in its neighbour table.
    package let gatewayLinkAddress: String
    /// The gateway's IPv4 address, where DHCP and DNS answer too.
    package let gateway: String
    /// The LAN in prefix notation.
    package let subnet: String
    /// The gateway's IPv6 address, or `nil` when there is no IPv6.
    package let gateway6: String?
    /// The gateway's link-local IPv6 address, or `nil` when there is no IPv6.
    package let gatewayLinkLocal: String?
    /// The prefix that router advertisements offer, or `nil` when there is no IPv6.
    package let prefix6: String?

    init(offersIPv6: Bool, tap: String = LinkPlan.tap) {
        self.tap = tap
        bridge = LinkPlan.lan
        gatewayLinkAddress = LinkPlan.gatewayLinkAddress
        gateway = AddressPlan.lanGateway
        subnet = AddressPlan.lanSubnet
        gateway6 = offersIPv6 ? AddressPlan.lanGateway6 : nil
        gatewayLinkLocal = offersIPv6 ? AddressPlan.lanGatewayLinkLocal : nil
        prefix6 = offersIPv6 ? AddressPlan.lanPrefix6 : nil
    }
}
