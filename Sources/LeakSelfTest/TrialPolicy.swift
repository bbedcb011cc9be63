import FrameBuilding
package import LeakPolicy
import PacketDecoding

/// The policies that trials go by.
package enum TrialPolicy: String, Sendable, CaseIterable {
    /// What a system may send that speaks to Tor only.
    case strict
    /// What a system may send that speaks to its whole link, over both versions of the Internet's protocol.
    case open

    /// When and how much a system may send.
    case timed
    /// That a system has no network.
    case silent
    /// What a system may send over IPv6 on its link.
    case linkLocal
    /// The same, but that there is to be no IPv6.
    case withoutIPv6

    /// The policy as a release manager would write it.
    package var text: String {
        switch self {
        case .strict: Self.strictText
        case .open: Self.openText
        case .timed: Self.timedText
        case .silent: Self.silentText
        case .linkLocal: Self.linkLocalText
        case .withoutIPv6: Self.linkLocalText.replacing("ipv6: link-local", with: "ipv6: none")
        }
    }

    private static let strictText = """
        version: 1
        name: self-test, strict
        ipv6: none
        real-hardware-addresses: forbidden
        planted-secrets: forbidden
        most-hardware-addresses: 1
        allowed:
          - purpose: The way into the Tor network
            phases: [bootstrapping]
            tcp:
              to: [tor-authorities]
          - purpose: The way into the Tor network, once found
            phases: [bootstrapping, connected, shutting-down]
            tcp:
              to: ["192.0.2.98:9001"]
              opens-in: [bootstrapping]
          - purpose: Entry relays
            phases: [bootstrapping, connected, shutting-down]
            tcp:
              to: [tor-relays]
              except: [tor-authorities]
              opens-with: tls
              direction: outgoing
              time-to-live: [64]
              distinct-destinations: 2
          - purpose: Time servers
            udp:
              to: ["192.0.2.123:123"]
              own-ports: [123]
          - purpose: The user's own connections
            user: amnesia
            process: /usr/bin/ssh
            tcp:
              to: ["10.2.1.0/24:22"]
              own-ports: [40000, 40001]
          - purpose: Names that captive portals need
            dns:
              to: ["10.2.1.1:53"]
              names: [portal.test]
          - purpose: Addresses of the local network
            phases: [boot, greeter, bootstrapping, connected, shutting-down]
            dhcpv4:
              messages: [discover, request, decline, release]
              options: [50, 54, 55, 57]
              client-identifier: frame-source
              hostnames: [localhost]
              vendor-classes: [plain]
              parameter-requests: [1, 3, 6, 12, 15, 119]
              parameter-order: [1, 3, 6, 12, 15, 119]
              most-seconds: 600
              most-bytes: 400
          - purpose: Stations of the local network
            arp:
              operations: [request, reply, probe]
              sender: leased
              before-lease: [probe]
        """

    private static let openText = """
        version: 1
        name: self-test, open
        ipv6: allowed
        real-hardware-addresses: allowed
        planted-secrets: allowed
        allowed:
          - purpose: The web
            tcp:
              to: ["198.51.100.0/24:80", "[2001:db8:80::80]:80", "8.8.8.8:53"]
          - purpose: Connections from the network
            tcp:
              to: ["203.0.113.0/24:*"]
              direction: incoming
          - purpose: Names and time
            udp:
              to: ["8.8.8.8:53", "8.8.8.8:123", "8.8.8.8:9"]
          - purpose: Addresses
            dhcpv4:
              messages: [discover, request, release, inform]
              options: [50, 54, 55, 57, 77, 81]
              client-identifier: any
              hostnames: [amnesia]
          - purpose: Stations
            arp:
              operations: [request, reply, probe, announcement]
          - purpose: Neighbours
            neighbours:
              messages:
                - router-solicitation
                - neighbour-solicitation
                - neighbour-advertisement
                - duplicate-address-detection
          - purpose: Groups
            listeners:
              groups: ["ff02::fb", solicited-node]
          - purpose: Addresses of IPv6
            dhcpv6:
              messages: [solicit, request, information-request]
              options: [6, 8, 25]
              identifiers: [uuid, frame-source]
          - purpose: What hosts tell everyone
            multicast:
              protocols: [mdns, llmnr, netbios, ssdp, ws-discovery, igmp]
          - purpose: What stations tell each other
            link:
              protocols: [lldp, eapol, lacp, pause, cdp, rarp, spanning-tree]
        """

    private static let timedText = """
        version: 1
        name: self-test, timed
        ipv6: none
        real-hardware-addresses: forbidden
        first-frame: [dhcpv4, arp]
        limits:
          - purpose: An offline system is silent
            phases: [offline]
            bytes-per-minute: 0
          - purpose: A connected system that nobody uses has little to say
            phases: [connected]
            bytes-per-minute: 200
        allowed:
          - purpose: Entry relays
            phases: [connected, offline]
            tcp:
              to: [tor-relays]
          - purpose: Stations
            arp:
              operations: [request]
        """

    private static let silentText = """
        version: 1
        name: self-test, silent
        ipv6: none
        real-hardware-addresses: forbidden
        allowed: []
        """

    private static let linkLocalText = """
        version: 1
        name: self-test, on the link
        ipv6: link-local
        real-hardware-addresses: forbidden
        allowed:
          - purpose: The web
            tcp:
              to: ["[fe80::1]:80", "[2001:db8:80::80]:80"]
          - purpose: Services of the link
            multicast:
              protocols: [mdns]
        """

    // MARK: - The world of the trials

    static let relays = (1...3).map { Endpoint(address: .v4(IPv4Address(rawValue: 0xc000_0200 + $0)), port: 9001) }
    static let authority = Endpoint(address: .v4(IPv4Address(rawValue: 0xc000_0263)), port: 9001)
    /// Where connections may go on that were opened while Tor was bootstrapping.
    static let directory = Endpoint(address: .v4(IPv4Address(rawValue: 0xc000_0262)), port: 9001)
    static let gateway = IPv4Address(rawValue: 0x0a02_0101)
    static let realAddress = MACAddress(rawValue: 0x5254_0012_3456)
    static let hostname = "tell-tale-host"
    /// Not text, as a machine's number.
    static let serial: [UInt8] = [0xde, 0xad, 0xfa, 0xce, 0x01, 0xff, 0x3e, 0x99]

    /// The judge that the events of a trial are given to.
    package func judge() throws -> LeakJudge {
        let groups = ["tor-relays": Set(Self.relays + [Self.authority]), "tor-authorities": [Self.authority]]
        let policy = try LeakPolicy(yaml: text, file: "\(rawValue).policy.yaml")
        let network = IPv4Subnet(containing: Self.gateway, prefixLength: 24)
        let secrets = [
            PlantedSecret(name: "host name", bytes: Array(Self.hostname.utf8)),
            PlantedSecret(name: "disk serial", bytes: Self.serial),
        ]
        guard let network, !secrets.contains(where: { $0 == nil }) else {
            preconditionFailure("The prefix length and the secrets are written above.")
        }
        return LeakJudge(
            policy: try policy.resolved(with: groups.filter { policy.groups.contains($0.key) }),
            guest: GuestFacts(
                hardwareAddresses: [Self.realAddress],
                subnet: network,
                gateway: Self.gateway,
                prefixes: [0x2001_0db8_0001_0000],
                secrets: secrets.compactMap(\.self)
            )
        )
    }
}
