import FrameBuilding
import PacketDecoding

// The frames of a scan.
extension ScanPlan {
    /// The port that probes come from, so that answers can be told from all else.
    package static let sourcePort: UInt16 = 40_247
    private static let scanner = StationIdentity.scanner

    /// What is asked of everybody: `addresses` are those that a guest may have been given.
    package func broadcastProbes(addresses: ClosedRange<UInt32>) -> [Probe] {
        let frames = Self.scanner.frames
        var probes: [Probe] = []
        func add(_ kind: Kind, _ frame: [UInt8]) {
            if kinds.contains(kind) { probes.append(Probe(kind: kind, frame: frame)) }
        }
        for address in addresses { add(.arp, frames.arp(target: IPv4Address(rawValue: address))) }
        let network = IPv4Address(rawValue: addresses.lowerBound | 0xff)
        for group in [IPv4Address.broadcast, network, .allHosts] {
            var frame = frames.ping(group)
            frame.replaceSubrange(0..<6, with: group == .allHosts ? [1, 0, 0x5e, 0, 0, 1] : MACAddress.broadcast.bytes)
            add(.echo, frame)
        }
        add(.echo6, frames.icmpv6(128, to: .allNodes, [0, 1, 0, 1] + Array("ping".utf8)))
        let services = FrameBuilder.query("_services._dns-sd._udp.local", type: 12)
        add(.multicastNames, frames.multicast(to: .multicastNames, 5353, timeToLive: 255, services))
        let hello = FrameBuilder.query("localhost")
        add(.linkLocalNames, frames.multicast(to: .linkLocalNames, 5355, from: Self.sourcePort, hello))
        let datagram = Endpoint(address: .v4(network), port: 137)
        add(.netBIOS, frames.udp(to: datagram, from: 137, Self.nodeStatus, to: .broadcast))
        return probes
    }

    /// What is asked of the guest alone.
    package func probes(of target: ScanTarget) -> [Probe] {
        var frames = Self.scanner.frames
        frames.destination = target.hardware
        var probes: [Probe] = []
        func add(_ kind: Kind, _ frame: @autoclosure () -> [UInt8]) {
            if kinds.contains(kind) { probes.append(Probe(kind: kind, frame: frame())) }
        }
        let interface = target.hardware.modifiedEUI64
        for prefix in [0xfe80_0000_0000_0000, 0x2001_0db8_0001_0000] as [UInt64] {
            add(.neighbours, frames.neighbourSolicitation(for: IPv6Address(high: prefix, low: interface)))
        }
        if let address = target.address {
            add(.arp, frames.arp(target: address, to: target.hardware))
            add(.echo, frames.ping(address))
            let reverse = "\(IPv4Address(rawValue: address.rawValue.byteSwapped)).in-addr.arpa"
            let question = FrameBuilder.query(reverse, type: 12)
            add(.multicastNames, frames.udp(to: Endpoint(address: .v4(address), port: 5353), from: 5353, question))
            let local = Endpoint(address: .v4(address), port: 5355)
            add(.linkLocalNames, frames.udp(to: local, from: Self.sourcePort, question))
            add(.netBIOS, frames.udp(to: Endpoint(address: .v4(address), port: 137), from: 137, Self.nodeStatus))
            for port in tcpPorts {
                add(.tcp, frames.tcp(to: Endpoint(address: .v4(address), port: port), from: Self.sourcePort))
            }
            for port in udpPorts {
                let endpoint = Endpoint(address: .v4(address), port: port)
                add(.udp, frames.udp(to: endpoint, from: Self.sourcePort, Self.greeting(port)))
            }
        }
        for address in target.addresses6.sorted() {
            add(.neighbours, frames.neighbourSolicitation(for: address, to: address))
            add(.echo6, frames.icmpv6(128, to: address, [0, 1, 0, 1] + Array("ping".utf8)))
            for port in tcpPorts { add(.tcp, frames.tcp6(to: address, port, from: Self.sourcePort)) }
            for port in udpPorts {
                add(.udp, frames.udp6(to: address, port, from: Self.sourcePort, Self.greeting(port)))
            }
        }
        return probes
    }

    /// What a server at a port may think worth an answer.
    private static func greeting(_ port: UInt16) -> [UInt8] {
        switch port {
        case 53, 5353, 5355: FrameBuilder.query("localhost")
        case 123: [0x23] + Array(repeating: 0, count: 47)
        case 137: nodeStatus
        default: Array("hello".utf8)
        }
    }

    /// Asks a host for all of its NetBIOS names (RFC 1002, section 4.2.17): the name `*` and fifteen zeros.
    private static let nodeStatus: [UInt8] =
        [0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 32] + Array("CK".utf8) + Array(repeating: 0x41, count: 30)
        + [0, 0, 0x21, 0, 1]
}

extension IPv4Address {
    fileprivate static let allHosts = IPv4Address(rawValue: 0xe000_0001)
    fileprivate static let multicastNames = IPv4Address(rawValue: 0xe000_00fb)
    fileprivate static let linkLocalNames = IPv4Address(rawValue: 0xe000_00fc)
}
