/// What makes packets to anywhere reach the sinkhole, as texts for `ip` and `nft`.
package enum SinkholeRules {
    /// Of packets that are taken for local ones, whatever their destination.
    static let mark: UInt32 = 0x53
    /// Of packets that belong to connections with the sinkhole.
    private static let connectionMark: UInt32 = 0x54
    private static let table = "83"

    /// Input of `ip -batch` for each family: packets with the mark are ours, whatever their destination.
    ///
    /// The route leads to the loopback and stands in a table of its own, so there is still no default route.
    package static let routes = """
        rule add fwmark \(mark) lookup \(table)
        route add local default dev lo table \(table)

        """

    /// Input of `nft -f`, with the ports at which connections are accepted; for IPv6 `nil` when there is none.
    ///
    /// Services keep what is theirs: a packet for which there is a socket goes to it.
    package static func rules(port: UInt16, port6: UInt16?) -> String {
        let ports = [("ipv4", port)] + (port6.map { [("ipv6", $0)] } ?? [])
        let redirects = ports.map {
            "meta mark \(connectionMark) meta nfproto \($0.0) meta l4proto tcp redirect to :\($0.1)"
        }
        return """
            table inet sinkhole {
                chain strangers {
                    type filter hook prerouting priority mangle; policy accept;
                    iifname != "\(LinkPlan.lan)" accept
                    fib daddr type { broadcast, multicast } accept
                    # Neighbours are no part of the internet.
                    ip daddr \(AddressPlan.lanSubnet) ip daddr != \(AddressPlan.lanGateway) accept
                    ip daddr { 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16 } accept
                    ip6 daddr \(AddressPlan.lanPrefix6) ip6 daddr != \(AddressPlan.lanGateway6) accept
                    ip6 daddr fe80::/10 ip6 daddr != \(AddressPlan.lanGatewayLinkLocal) accept
                    icmp type echo-request meta mark set \(mark) accept
                    icmpv6 type echo-request meta mark set \(mark) accept
                    meta l4proto != { tcp, udp } accept
                    socket wildcard 0 accept
                    fib daddr type local socket wildcard 1 accept
                    meta l4proto udp meta mark set \(mark) accept
                    meta mark set \(connectionMark)
                }
                chain connections {
                    type nat hook prerouting priority dstnat; policy accept;
                    \(redirects.joined(separator: "\n        "))
                }
                # What exits connect to when a name led here.
                chain exits {
                    type nat hook output priority -100; policy accept;
                    ip daddr \(AddressPlan.sinkhole) meta l4proto tcp redirect to :\(port)
                    \(port6.map { "ip6 daddr \(AddressPlan.sinkhole6) meta l4proto tcp redirect to :\($0)" } ?? "")
                }
                chain silence {
                    type filter hook output priority 0; policy accept;
                    # The kernel knows no socket for what we hear beside it.
                    icmp type destination-unreachable icmp code port-unreachable drop
                    icmpv6 type destination-unreachable icmpv6 code port-unreachable drop
                }
            }

            """
    }
}
