import PacketDecoding
import StrictYAML

/// Allows TCP or UDP to endpoints: whole packets in the guest's own name, as a plain system sends them.
struct EndpointRule: Hashable, Sendable {
    enum Transport: Hashable, Sendable {
        case tcp
        case udp
    }

    let transport: Transport
    /// The groups whose endpoints become known when a run begins.
    let groups: Set<String>
    private var destinations: Set<Endpoint>

    init(_ mapping: YAMLMapping, transport: Transport) throws(YAMLError) {
        self.transport = transport
        var groups: Set<String> = []
        var destinations: Set<Endpoint> = []
        let elements = try mapping.list("to")
        if elements.isEmpty { throw try mapping.value("to").unexpected("at least one group or address:port") }
        for element in elements {
            let text = try element.string()
            if let endpoint = Endpoint(text) {
                destinations.insert(endpoint)
            } else if text.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) != nil {
                groups.insert(text)
            } else {
                throw element.unexpected("the name of a group or address:port")
            }
        }
        self.groups = groups
        self.destinations = destinations
    }

    mutating func resolve(_ groups: [String: Set<Endpoint>]) {
        for group in self.groups { destinations.formUnion(groups[group, default: []]) }
    }

    func verdict(on frame: DecodedFrame, _ ethernet: Ethernet, guest: GuestFacts) -> RuleVerdict {
        guard case .ipv4(let packet) = frame.content else { return .unconcerned }
        let flaw: String?
        switch (transport, packet.transport) {
        case (.tcp, .tcp(let segment)):
            guard allows(packet.destination, segment.destinationPort) else { return .unconcerned }
            flaw = flawOfSegment(segment)
        case (.udp, .udp(let datagram)):
            guard allows(packet.destination, datagram.destinationPort) else { return .unconcerned }
            flaw = datagram.checksum == .correct ? nil : "the UDP checksum is missing or wrong"
        default:
            return .unconcerned
        }
        if let flaw = flawOfPacket(packet, in: frame) ?? flaw { return .broken(flaw) }
        guard guest.isHost(packet.source) else {
            return .broken("the source \(packet.source) is not in the guest's subnet \(guest.subnet)")
        }
        guard !ethernet.destination.isMulticast else {
            return .broken("the frame goes to the group \(ethernet.destination)")
        }
        return .allowed
    }

    private func allows(_ address: IPv4Address, _ port: UInt16) -> Bool {
        destinations.contains(Endpoint(address: .v4(address), port: port))
    }

    private func flawOfSegment(_ segment: TCP) -> String? {
        if segment.checksum != .correct { return "the TCP checksum is wrong" }
        if segment.reserved != 0 { return "reserved bits of the TCP header are set" }
        if segment.flags.contains(.urg) || segment.urgentPointer != 0 { return "the segment has urgent data" }
        if !segment.flags.contains(.ack), segment.acknowledgement != 0 {
            return "the segment acknowledges a number without the flag for it"
        }
        if let kind = segment.options.otherKinds.first { return "the segment has TCP option \(kind)" }
        if segment.options.hasHiddenBytes { return "there are bytes behind the end of the TCP options" }
        return nil
    }
}
