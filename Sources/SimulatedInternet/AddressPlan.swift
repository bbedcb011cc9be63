/// Who has which address.
///
/// The same in every sandbox, so that a restored guest finds what it remembers.
///
/// Relays, services and the guest's LAN are in different networks, so that a rule which accepts one of them can't
/// hide another. The public ones are documentation addresses (RFC 5737, RFC 3849), which Tor, unlike private ones,
/// takes for addresses of the internet, and which lead nowhere should they ever get out.
enum AddressPlan {
    static let lanGateway = "10.2.1.1"
    static let lanSubnet = "10.2.1.0/24"
    static let lanNetmask = "255.255.255.0"
    static let leases = ("10.2.1.100", "10.2.1.200")
    static let lanGateway6 = "2001:db8:1::1"
    static let lanPrefix6 = "2001:db8:1::/64"
    static let leases6 = ("2001:db8:1::100", "2001:db8:1::1ff")
    static let lanGatewayLinkLocal = "fe80::1"

    static let web = "203.0.113.80"
    static let web6 = "2001:db8:80::80"
    static let time = "203.0.113.123"

    /// The address of a part; the sinkhole's is the one that unknown names lead to.
    static func address(of part: InternetPart) -> String {
        switch part {
        case .sinkhole: sinkhole
        case .time: time
        case .updates: "203.0.113.81"
        case .mail: "203.0.113.25"
        case .git: "203.0.113.94"
        case .ssh: "203.0.113.22"
        case .portal: "203.0.113.8"
        }
    }

    /// Where unknown names lead when there is a sinkhole: of a network for benchmarks (RFC 2544) that nothing else uses.
    static let sinkhole = "198.18.0.1"
    static let sinkhole6 = "2001:db8:53::1"

    /// The resolver of an exit; `index` counts exits from zero.
    ///
    /// Tor doesn't bind its questions to the relay's address. All addresses being on one host, the kernel makes a
    /// question come from where it goes to: so an exit is told by the resolver it asks.
    static func resolver(ofExit index: Int) -> String { "203.0.113.\(53 + index)" }

    /// A relay's address; `index` counts from zero within a kind.
    static func relay(_ kind: TorRelay.Kind, index: Int) -> String {
        switch kind {
        case .authority: "192.0.2.\(11 + index)"
        case .guard: "192.0.2.\(21 + index)"
        case .exit: "198.51.100.\(61 + index)"
        case .bridge: "203.0.113.\(11 + index)"
        }
    }

    /// The public addresses that the edge of the sandbox has to carry.
    static func publicAddresses(_ configuration: InternetConfiguration) -> [String] {
        let relays = TorNodePlan.nodes(configuration.torNetwork).map(\.address)
        let resolvers = (0..<configuration.torNetwork.exits).map(resolver(ofExit:))
        // Those of parts that nobody has asked for too: they may be asked for later.
        let parts = InternetPart.allCases.map(address(of:))
        return relays + resolvers + [web] + parts + (configuration.offersIPv6 ? [web6, sinkhole6] : [])
    }
}
