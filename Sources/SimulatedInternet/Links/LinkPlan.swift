/// The links of a sandbox, as texts for `ip`, `nft` and the kernel's settings.
///
/// ```
/// guest ── tap0 ── lan0 (10.2.1.1, RA, DHCP, DNS) ── this network namespace ── pub0 (relays, resolver, web, …)
/// ```
/// There is no way out: `pub0` is a bridge without ports that merely carries addresses.
package struct LinkPlan: Sendable {
    static let tap = "tap0"
    static let lan = "lan0"
    static let edge = "pub0"
    // Locally administered, and fixed: a guest that is restored in another sandbox has the gateway's in its cache.
    static let gatewayLinkAddress = "02:00:0a:02:01:01"
    static let edgeLinkAddress = "02:00:0a:02:01:02"
    static let tapLinkAddress = "02:00:0a:02:01:03"

    /// A file below `/proc/sys/net`, and what to write to it.
    package struct Setting: Hashable, Sendable {
        /// The path below `/proc/sys/net`.
        package let name: String
        /// The text to write.
        package let value: String
    }

    let configuration: InternetConfiguration
    /// Who may open the tap.
    ///
    /// Has to be a user that exists in this user namespace.
    let tapOwner: UInt32

    /// Creates a plan; nothing is made yet.
    package init(configuration: InternetConfiguration, tapOwner: UInt32) {
        self.configuration = configuration
        self.tapOwner = tapOwner
    }

    // MARK: - Steps, in their order

    /// Made first, because new links take them over: the host side must not speak by itself.
    package var settingsBeforeLinks: [Setting] {
        let silence = ["disable_ipv6": "1", "accept_dad": "0", "dad_transmits": "0", "accept_ra": "0"]
        return [
            Setting(name: "ipv4/ip_forward", value: "1"),
            // Services run as an ordinary user and listen on the ports that guests expect.
            Setting(name: "ipv4/ip_unprivileged_port_start", value: "0"),
            // A leak with a forged source should arrive like any other.
            Setting(name: "ipv4/conf/all/rp_filter", value: "0"),
            Setting(name: "ipv4/conf/default/rp_filter", value: "0"),
            Setting(name: "ipv4/conf/all/send_redirects", value: "0"),
            Setting(name: "ipv4/conf/default/send_redirects", value: "0"),
        ] + silence.sorted { $0.key < $1.key }.map { Setting(name: "ipv6/conf/default/\($0.key)", value: $0.value) }
    }

    /// Input of `ip -batch`: links and IPv4 addresses.
    package var makeLinks: String {
        lines(
            [
                "link set lo up",
                "link add \(Self.edge) address \(Self.edgeLinkAddress) type bridge mcast_snooping 0",
                "link add \(Self.lan) address \(Self.gatewayLinkAddress) type bridge mcast_snooping 0",
                "tuntap add dev \(Self.tap) mode tap user \(tapOwner)",
                "link set \(Self.tap) address \(Self.tapLinkAddress) master \(Self.lan)",
                "addr add \(AddressPlan.lanGateway)/24 brd + dev \(Self.lan)",
            ]
                + AddressPlan.publicAddresses(configuration).filter { !$0.contains(":") }
                .map { "addr add \($0)/32 dev \(Self.edge)" }
        )
    }

    /// Made while the links are down.
    package var settingsBeforeUp: [Setting] {
        // A router answers ARP for its own address on that LAN, not for the whole internet.
        // Nor does it ask for the guest in the name of a host behind it, as it otherwise would for what that host sends
        // to a guest it has not spoken with yet, such as one that was just restored.
        let quiet = [
            Setting(name: "ipv4/conf/\(Self.lan)/arp_ignore", value: "1"),
            Setting(name: "ipv4/conf/\(Self.lan)/arp_announce", value: "2"),
        ]
        guard configuration.offersIPv6 else { return quiet }
        return quiet
            + [Self.lan, Self.edge].flatMap {
                [
                    // No address made from the link address: the gateway's is fixed and known.
                    Setting(name: "ipv6/conf/\($0)/addr_gen_mode", value: "1"),
                    Setting(name: "ipv6/conf/\($0)/disable_ipv6", value: "0"),
                ]
            } + [Setting(name: "ipv6/conf/all/forwarding", value: "1")]
    }

    /// Input of `nft -f`: drops what the kernel would say about multicast groups on the guest's LAN.
    package var silenceMulticast: String {
        """
        table inet silence {
            chain output {
                type filter hook output priority 0; policy accept;
                oifname "\(Self.lan)" meta l4proto igmp drop
                oifname "\(Self.lan)" icmpv6 type { 130, 131, 132, 143 } drop
            }
        }

        """
    }

    /// Input of `ip -batch`: everything up, and IPv6 addresses, which need a link that is up to be usable at once.
    package var bringUp: String {
        let up = [Self.edge, Self.lan, Self.tap].map { "link set \($0) up" }
        guard configuration.offersIPv6 else { return lines(up) }
        return lines(
            up + [
                "addr add \(AddressPlan.lanGatewayLinkLocal)/64 dev \(Self.lan) nodad",
                "addr add \(AddressPlan.lanGateway6)/64 dev \(Self.lan) nodad",
            ]
                + AddressPlan.publicAddresses(configuration).filter { $0.contains(":") }
                .map { "addr add \($0)/128 dev \(Self.edge) nodad" }
        )
    }

    private func lines(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
}
