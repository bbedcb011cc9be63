package import SystemPackage

/// DHCP, router advertisements and DNS by one dnsmasq: for the guest's LAN, and as the resolver of the exits.
package struct NameService: Sendable {
    let configuration: InternetConfiguration
    /// Names that the world's own tests use, besides those of the configuration.
    let hiddenNames: [String]

    /// Creates a service that is not running yet.
    package init(configuration: InternetConfiguration, hiddenNames: [String]) {
        self.configuration = configuration
        self.hiddenNames = hiddenNames
    }

    /// The configuration text, after dnsmasq(8), for a service that keeps its files in `folder`.
    package func text(in folder: FilePath) -> String {
        var listeners = [AddressPlan.lanGateway]
        listeners += (0..<configuration.torNetwork.exits).map(AddressPlan.resolver(ofExit:))
        if configuration.offersIPv6 { listeners += [AddressPlan.lanGateway6, AddressPlan.lanGatewayLinkLocal] }
        var lines = [
            "interface=\(LinkPlan.lan)",
            "except-interface=lo",
            "bind-interfaces",
            "no-resolv",
            "no-hosts",
            "pid-file=\(folder.appending("dnsmasq.pid"))",
            "log-facility=-",
            "log-queries=extra",
            "log-dhcp",
            "dhcp-leasefile=\(folder.appending("leases"))",
            "dhcp-range=\(AddressPlan.leases.0),\(AddressPlan.leases.1),\(AddressPlan.lanNetmask),1h",
            "dhcp-authoritative",
            // Without it an offer comes 3 s late.
            "no-ping",
            "dhcp-option=option:router,\(AddressPlan.lanGateway)",
            "dhcp-option=option:dns-server,\(AddressPlan.lanGateway)",
            "dhcp-option=option:ntp-server,\(AddressPlan.time)",
        ]
        // Where a program can ask whether the way is free (RFC 8910).
        if configuration.parts.contains(.portal) { lines.append("dhcp-option=114,\(CaptivePortal.interface)") }
        if configuration.sinkhole == nil {
            // Any other name does not exist. Were it refused, Tor's exits would give up on the whole resolver.
            lines.append("address=/#/")
        } else {
            lines += [AddressPlan.sinkhole, AddressPlan.sinkhole6].map { "address=/#/\($0)" }
        }
        lines += listeners.map { "listen-address=\($0)" }
        if configuration.offersIPv6 {
            lines += ["enable-ra", "dhcp-range=\(configuration.leasesIPv6 ? Self.leased : Self.advertised)"]
        }
        // Otherwise made of a link address and the time: a restored guest would meet another server.
        if configuration.leasesIPv6 { lines.append("dhcp-duid=\(Self.serverIdentifier)") }
        let web = [AddressPlan.web] + (configuration.offersIPv6 ? [AddressPlan.web6] : [])
        // Of parts that nobody has asked for too: they are down then, as others are now and then.
        let parts = InternetPart.allCases.compactMap { part in
            part.hostName.map { ($0, [AddressPlan.address(of: part)]) }
        }
        let own = ([SimulatedInternet.webName] + hiddenNames).map { ($0, web) } + parts
        let wished = configuration.names.sorted { $0.key < $1.key }
        for (name, addresses) in own + wished.map({ ($0.key, $0.value) }) {
            // One line each: a host record takes only one address of each kind.
            lines += addresses.map { "host-record=\(name),\($0)" }
        }
        // They have these addresses only: where a name has none by IPv6, the sinkhole's is not its.
        lines += own.map { "local=/\($0.0)/" }
        return lines.map { $0 + "\n" }.joined()
    }

    private static let network6 = AddressPlan.lanPrefix6.prefix { $0 != "/" }
    /// An enterprise number for examples (RFC 5612), and one of its identifiers.
    private static let serverIdentifier = "32473,00:00:00:01"
    /// A prefix of which guests make addresses by themselves.
    private static let advertised = "\(network6),ra-only,64,1h"
    /// The same, with addresses to be had by DHCPv6 as well.
    private static let leased = "\(AddressPlan.leases6.0),\(AddressPlan.leases6.1),slaac,64,1h"

    /// Writes the configuration; starts nothing yet.
    func service(folder: FilePath, log: ServiceLog) throws -> Service {
        try makeFolder(folder)
        let file = folder.appending("dnsmasq.conf")
        try writeFile(file, text(in: folder))
        return Service(
            name: "names and leases (dnsmasq)",
            program: .dnsmasq,
            arguments: ["--keep-in-foreground", "--conf-file=\(file)"],
            workingFolder: folder,
            log: log
        )
    }
}
