import ApplicationDecoding
import CaptureFiles
import PacketDecoding

/// What one reader says of a frame: protocols, addresses and ports, in the words of Wireshark.
struct Opinion: Equatable {
    /// From the link to the transport, such as `eth`, `ip`, `udp`.
    var protocols: [String] = []
    var stations: [String] = ["", ""]
    /// The outermost Internet addresses.
    var addresses: [String] = ["", ""]
    /// The innermost ports.
    var ports: [String] = ["", ""]
    var application = ""
}

/// What our decoder says of a frame.
struct OwnOpinion {
    private(set) var opinion = Opinion()
    /// Whether the decoder names a protocol that it does not look into.
    private(set) var isOpaque = false
    /// Whether the frame holds a part of a packet; tshark reads ports from the first part, we don't.
    private(set) var isFragment = false
    /// Why the decoder refuses the frame.
    private(set) var refusal: String?

    init(_ bytes: Span<UInt8>, as link: LinkType) {
        do throws(FrameDecodingError) {
            let frame = try decode(bytes, as: link)
            add(frame, isOutermost: true)
            opinion.application = Application.decode(frame, bytes).name ?? ""
        } catch {
            refusal =
                switch error.problem {
                case .tooShort: "\(error.header.rawValue) too short"
                case .invalid(let field, _, _): "\(error.header.rawValue) \(field)"
                }
        }
    }

    private mutating func add(_ frame: DecodedFrame, isOutermost: Bool) {
        switch frame.link {
        case .ethernet(let header):
            opinion.protocols.append("eth")
            if isOutermost { opinion.stations = [header.source.description, header.destination.description] }
        case .linuxCooked: opinion.protocols.append("sll")
        case .loopback: opinion.protocols.append("null")
        case .none: break
        }
        opinion.protocols += frame.link.tags.map { $0.type == 0x88a8 ? "ieee8021ad" : "vlan" }
        switch frame.content {
        case .ipv4(let packet):
            opinion.protocols.append("ip")
            if isOutermost { opinion.addresses = [packet.source.description, packet.destination.description] }
            if packet.isAuthenticated { opinion.protocols.append("ah") }
            add(packet.transport)
        case .ipv6(let packet):
            opinion.protocols.append("ipv6")
            if isOutermost { opinion.addresses = [packet.source.description, packet.destination.description] }
            if packet.extensions.contains(51) { opinion.protocols.append("ah") }
            add(packet.transport)
        case .arp(let arp):
            opinion.protocols.append("arp")
            opinion.addresses = [arp.sender.description, arp.target.description]
        case .llc(let llc):
            opinion.protocols.append("llc")
            if llc.spanningTree != nil { opinion.protocols.append("stp") } else { isOpaque = true }
        case .control(let control):
            let names: [EtherType: String] = [
                .lldp: "lldp", .eapol: "eapol", .slowProtocol: "slow", .pause: "macc",
            ]
            opinion.protocols.append(names[control.type] ?? "")
        case .unknown: isOpaque = true
        }
    }

    private mutating func add(_ transport: Transport) {
        switch transport {
        case .tcp(let segment): add("tcp", segment.sourcePort, segment.destinationPort)
        case .udp(let datagram): add("udp", datagram.sourcePort, datagram.destinationPort)
        case .sctp(let packet): add("sctp", packet.sourcePort, packet.destinationPort)
        case .icmp: opinion.protocols.append("icmp")
        case .icmpv6: opinion.protocols.append("icmpv6")
        case .igmp: opinion.protocols.append("igmp")
        case .tunnel(let tunnel):
            if tunnel.gre != nil { opinion.protocols.append("gre") }
            add(tunnel.content, isOutermost: false)
        case .fragment: (isOpaque, isFragment) = (true, true)
        case .unknown: isOpaque = true
        }
    }

    private mutating func add(_ name: String, _ source: UInt16, _ destination: UInt16) {
        opinion.protocols.append(name)
        opinion.ports = ["\(source)", "\(destination)"]
    }
}
