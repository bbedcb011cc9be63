import PacketDecoding

/// One thing that the judge looks for, by the name that findings, the self-test and its matrix use.
///
/// A check is a case here, the place in a rule that reports it, and an entry of the self-test that provokes it:
/// the self-test does not pass while one of the three is missing.
package enum LeakCheck: String, Hashable, Sendable, Codable, CaseIterable {
    // What no allowance is about, by protocol.
    case arp = "traffic.arp"
    case rarp = "traffic.rarp"
    case vlan = "traffic.vlan"
    case llc = "traffic.802.3"
    case cdp = "traffic.cdp"
    case spanningTree = "traffic.spanning-tree"
    case lldp = "traffic.lldp"
    case eapol = "traffic.eapol"
    case slowProtocol = "traffic.lacp"
    case pause = "traffic.pause"
    case macsec = "traffic.macsec"
    case pppoe = "traffic.pppoe"
    case experimentalEtherType = "traffic.experimental-ethertype"
    case unknownEtherType = "traffic.unknown-ethertype"
    case tcp = "traffic.tcp"
    case udp = "traffic.udp"
    case dns = "traffic.dns"
    case ntp = "traffic.ntp"
    case dhcpv4 = "traffic.dhcpv4"
    case dhcpv6 = "traffic.dhcpv6"
    case icmp = "traffic.icmp"
    case icmpv6 = "traffic.icmpv6"
    case neighbourDiscovery = "traffic.neighbour-discovery"
    case multicastListener = "traffic.mld"
    case igmp = "traffic.igmp"
    case sctp = "traffic.sctp"
    case tunnel = "traffic.tunnel"
    case unknownProtocol = "traffic.unknown-protocol"
    case fragment = "traffic.fragment"
    case multicastDNS = "traffic.mdns"
    case llmnr = "traffic.llmnr"
    case netBIOS = "traffic.netbios"
    case ssdp = "traffic.ssdp"
    case webServicesDiscovery = "traffic.ws-discovery"
    case otherMulticast = "traffic.multicast"

    // Frames as such.
    case undecodable = "frame.undecodable"
    case cutOff = "frame.cut-off"
    case vlanTag = "link.vlan-tag"
    case padding = "link.padding"
    case groupStation = "link.group"
    case hardwareAddressCount = "link.hardware-addresses"

    // Who the guest is.
    case realSource = "identity.real-source"
    case realAddressInside = "identity.real-address"
    case realInterfaceIdentifier = "identity.eui-64"
    case secret = "identity.secret"
    case secretAcrossSegments = "identity.secret-across-segments"

    case arpOperation = "arp.operation"
    case arpSenderHardware = "arp.sender-hardware"
    case arpSender = "arp.sender"
    case arpTarget = "arp.target"
    case arpTargetHardware = "arp.target-hardware"
    case arpStation = "arp.station"
    case arpBeforeLease = "arp.before-lease"

    case ipv4Options = "ipv4.options"
    case ipv4ReservedFlag = "ipv4.reserved-flag"
    case ipv4Checksum = "ipv4.checksum"
    case ipv4TimeToLive = "ipv4.time-to-live"
    case sourceAddress = "ip.source"

    case tcpChecksum = "tcp.checksum"
    case tcpReserved = "tcp.reserved-bits"
    case tcpUrgent = "tcp.urgent"
    case tcpAcknowledgement = "tcp.acknowledgement"
    case tcpOption = "tcp.option"
    case tcpHiddenOptions = "tcp.hidden-options"
    case tcpDirection = "tcp.direction"
    case tcpOwnPort = "tcp.own-port"
    case tcpOpening = "tcp.opening"
    case tcpRecords = "tcp.records"
    case tcpWithoutBeginning = "tcp.without-beginning"
    case tcpDataWithSyn = "tcp.data-with-syn"
    case tcpConflict = "tcp.conflict"
    case udpChecksum = "udp.checksum"
    case udpOwnPort = "udp.own-port"

    case dnsMalformed = "dns.malformed"
    case dnsName = "dns.name"
    case dnsShape = "dns.shape"

    case dhcpPorts = "dhcpv4.ports"
    case dhcpMalformed = "dhcpv4.malformed"
    case dhcpDestination = "dhcpv4.destination"
    case dhcpOperation = "dhcpv4.operation"
    case dhcpMessage = "dhcpv4.message"
    case dhcpHardware = "dhcpv4.hardware"
    case dhcpRelay = "dhcpv4.relay-fields"
    case dhcpServerFields = "dhcpv4.server-fields"
    case dhcpClientAddress = "dhcpv4.client-address"
    case dhcpFlags = "dhcpv4.flags"
    case dhcpHardwarePadding = "dhcpv4.hardware-padding"
    case dhcpNames = "dhcpv4.name-fields"
    case dhcpTrailer = "dhcpv4.trailer"
    case dhcpSeconds = "dhcpv4.seconds"
    case dhcpLength = "dhcpv4.length"
    case dhcpOption = "dhcpv4.option"
    case dhcpRepeatedOption = "dhcpv4.repeated-option"
    case dhcpOptionLength = "dhcpv4.option-length"
    case dhcpHostname = "dhcpv4.hostname"
    case dhcpVendorClass = "dhcpv4.vendor-class"
    case dhcpClientIdentifier = "dhcpv4.client-identifier"
    case dhcpParameter = "dhcpv4.parameter"
    case dhcpParameterOrder = "dhcpv4.parameter-order"

    case ipv6Scope = "ipv6.scope"
    case ipv6Extension = "ipv6.extension"
    case ipv6Station = "ipv6.station"
    case icmpv6Checksum = "icmpv6.checksum"
    case neighbourMessage = "neighbours.message"
    case neighbourHopLimit = "neighbours.hop-limit"
    case neighbourReserved = "neighbours.reserved"
    case neighbourOption = "neighbours.option"
    case neighbourHardware = "neighbours.hardware"
    case neighbourTarget = "neighbours.target"
    case listenerDestination = "listeners.destination"
    case listenerHopLimit = "listeners.hop-limit"
    case listenerGroup = "listeners.group"
    case listenerHidden = "listeners.hidden-bytes"
    case dhcpv6Malformed = "dhcpv6.malformed"
    case dhcpv6Destination = "dhcpv6.destination"
    case dhcpv6Message = "dhcpv6.message"
    case dhcpv6Option = "dhcpv6.option"
    case dhcpv6Identifier = "dhcpv6.identifier"

    case multicastMalformed = "multicast.malformed"
    case multicastDestination = "multicast.destination"
    case multicastTimeToLive = "multicast.time-to-live"
    case multicastChecksum = "multicast.checksum"

    // What a single frame can't break.
    case phase = "run.phase"
    case unknownPhase = "run.unknown-phase"
    case firstFrame = "run.first-frame"
    case volume = "run.volume"
    case distinctDestinations = "run.distinct-destinations"
    case foreignOwner = "run.foreign-owner"
    case unprovenOwner = "run.unproven-owner"
}

// MARK: - Traffic that no allowance is about

extension LeakCheck {
    /// The check that reports a frame which no allowance is about.
    init(unallowed frame: DecodedFrame) {
        if !frame.link.tags.isEmpty {
            self = .vlan
            return
        }
        switch frame.content {
        case .arp(let arp): self = arp.operation.rawValue > 2 ? .rarp : .arp
        case .ipv4(let packet): self.init(packet.transport, toGroup: packet.destination.isMulticast)
        case .ipv6(let packet): self.init(packet.transport, toGroup: packet.destination.isMulticast)
        case .llc(let llc):
            let isCDP = llc.snap.map { $0.organisation == 0x00_000c && $0.type == 0x2000 } ?? false
            self = llc.spanningTree != nil ? .spanningTree : isCDP ? .cdp : .llc
        case .control(.lldp): self = .lldp
        case .control(.eapol): self = .eapol
        case .control(.slowProtocol): self = .slowProtocol
        case .control(.pause): self = .pause
        case .unknown(let type):
            switch type.rawValue {
            case 0x88e5: self = .macsec
            case 0x8863, 0x8864: self = .pppoe
            case 0x88b5, 0x88b6: self = .experimentalEtherType
            default: self = .unknownEtherType
            }
        }
    }

    private init(_ transport: Transport, toGroup: Bool) {
        switch transport {
        case .tcp(let segment): self = segment.destinationPort == 53 ? .dns : .tcp
        case .udp(let datagram):
            switch datagram.destinationPort {
            case 53: self = .dns
            case 67, 68: self = .dhcpv4
            case 123: self = .ntp
            case 137, 138: self = .netBIOS
            case 546, 547: self = .dhcpv6
            case 1900: self = .ssdp
            case 3702: self = .webServicesDiscovery
            case 5353: self = .multicastDNS
            case 5355: self = .llmnr
            default: self = toGroup ? .otherMulticast : .udp
            }
        case .icmp: self = .icmp
        case .icmpv6(let icmp):
            switch icmp.message {
            case .neighbourDiscovery: self = .neighbourDiscovery
            case .multicastListener: self = .multicastListener
            case .echoRequest, .echoReply, .other: self = .icmpv6
            }
        case .igmp: self = .igmp
        case .sctp: self = .sctp
        case .tunnel: self = .tunnel
        case .fragment: self = .fragment
        case .unknown: self = .unknownProtocol
        }
    }
}
