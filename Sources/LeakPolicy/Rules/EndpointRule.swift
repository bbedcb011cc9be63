import PacketDecoding
import StrictYAML

/// Allows TCP or UDP to endpoints: whole packets in the guest's own name, as a plain system sends them.
///
/// A class that never changes, since it is looked at for nearly every frame and a copy of its sets would cost as much
/// as all that it does.
final class EndpointRule: Sendable {
    enum Transport: Hashable, Sendable {
        case tcp
        case udp
    }

    /// Who opens a connection.
    enum Direction: String, Hashable, Sendable, CaseIterable {
        case outgoing
        case incoming
        case any
    }

    /// What a stream from the guest must be.
    enum Opening: String, Hashable, Sendable, CaseIterable {
        /// A client's hello, and then nothing but records of TLS, as Tor's link protocol has it.
        case tls
        case anything
    }

    let transport: Transport
    let opensWith: Opening
    /// The phases in which connections may be opened that then go on; `nil` is all those of the allowance.
    let opensIn: Set<Phase>?
    /// To how many endpoints of the allowance the guest may speak in one run; `nil` is any number.
    let distinctDestinations: Int?
    private let direction: Direction
    private let timesToLive: [UInt8]
    private let ownPorts: Set<UInt16>
    private let to: DestinationList
    private let except: DestinationList

    init(_ mapping: YAMLMapping, transport: Transport) throws(YAMLError) {
        self.transport = transport
        to = try DestinationList(mapping, "to")
        except = mapping.optionalValue("except") == nil ? DestinationList() : try DestinationList(mapping, "except")
        if transport == .tcp {
            opensWith = try mapping.optionalCase("opens-with") ?? .anything
            direction = try mapping.optionalCase("direction") ?? .any
            opensIn = try mapping.optionalCases("opens-in")
        } else {
            (opensWith, direction, opensIn) = (.anything, .any, nil)
        }
        distinctDestinations = try mapping.optionalNumber("distinct-destinations", in: 1...1_000_000)
        timesToLive = try mapping.optionalNumbers("time-to-live", in: 1...255).map { UInt8($0) }
        ownPorts = Set(try mapping.optionalNumbers("own-ports", in: 1...65_535).map { UInt16($0) })
    }

    var groups: Set<String> { to.groups.union(except.groups) }

    private init(_ rule: EndpointRule, to: DestinationList, except: DestinationList) {
        (transport, opensWith, opensIn, direction) = (rule.transport, rule.opensWith, rule.opensIn, rule.direction)
        (distinctDestinations, timesToLive, ownPorts) = (rule.distinctDestinations, rule.timesToLive, rule.ownPorts)
        (self.to, self.except) = (to, except)
    }

    func resolved(_ groups: [String: Destinations]) -> EndpointRule {
        var (to, except) = (to, except)
        to.resolve(groups)
        except.resolve(groups)
        return EndpointRule(self, to: to, except: except)
    }

    func verdict(on frame: DecodedFrame, guest: GuestFacts) -> RuleVerdict {
        switch frame.content {
        case .ipv4(let packet):
            if case .tcp(let segment) = packet.transport {
                return verdict(on: segment, packet.header, to: frame.link.destination, flawOfLink(frame), guest)
            }
            guard case .udp(let datagram) = packet.transport, transport == .udp,
                to.contains(packet.destination, datagram.destinationPort),
                !except.contains(packet.destination, datagram.destinationPort)
            else { return .unconcerned }
            return verdict(
                flawOfPacket(packet, in: frame) ?? flawOfTimeToLive(packet.header.timeToLive) ?? flaw(of: datagram),
                isHost: guest.isHost(packet.source),
                frame.link.destination,
                guest
            )
        case .ipv6(let packet):
            guard let port = port(of: packet.transport), to.contains(packet.destination, port),
                !except.contains(packet.destination, port)
            else { return .unconcerned }
            var flaw = flawOfPacket(packet, in: frame) ?? flawOfTimeToLive(packet.hopLimit)
            switch packet.transport {
            case .tcp(let segment): flaw = flaw ?? self.flaw(of: segment)
            case .udp(let datagram): flaw = flaw ?? self.flaw(of: datagram)
            default: break
            }
            return verdict(flaw, isHost: guest.isHost(packet.source), frame.link.destination, guest)
        default: return .unconcerned
        }
    }

    /// The verdict on a plain segment of IPv4, which nearly every frame is.
    func verdict(on frame: SegmentFrame, guest: GuestFacts) -> RuleVerdict {
        let flaw = flawOfTrailer(isZero: frame.trailerIsZero)
        return verdict(on: frame.segment, frame.packet, to: frame.destination, flaw, guest)
    }

    private func verdict(
        on segment: TCP,
        _ packet: IPv4Header,
        to station: MACAddress?,
        _ flawOfLink: Flaw?,
        _ guest: GuestFacts
    ) -> RuleVerdict {
        guard transport == .tcp, to.contains(packet.destination, segment.destinationPort),
            !except.contains(packet.destination, segment.destinationPort)
        else { return .unconcerned }
        let flaw =
            flawOfLink ?? flawOfHeader(packet) ?? flawOfTimeToLive(packet.timeToLive) ?? flaw(of: segment)
        return verdict(flaw, isHost: guest.isHost(packet.source), station, guest)
    }

    private func verdict(_ flaw: Flaw?, isHost: Bool, _ station: MACAddress?, _ guest: GuestFacts) -> RuleVerdict {
        if let flaw { return .broken(flaw) }
        guard isHost else {
            return .broken(Flaw(.sourceAddress, "the source is not in the guest's subnet \(guest.subnet)"))
        }
        if let station, station.isGroup {
            return .broken(Flaw(.groupStation, "the frame goes to the group \(station)"))
        }
        return .allowed
    }

    private func port(of transport: PacketDecoding.Transport) -> UInt16? {
        switch (self.transport, transport) {
        case (.tcp, .tcp(let segment)): segment.destinationPort
        case (.udp, .udp(let datagram)): datagram.destinationPort
        default: nil
        }
    }

    // MARK: - Flaws

    private func flawOfTimeToLive(_ number: UInt8) -> Flaw? {
        timesToLive.isEmpty || timesToLive.contains(number)
            ? nil : Flaw(.ipv4TimeToLive, "the time to live is \(number)")
    }

    private func flaw(of datagram: UDP) -> Flaw? {
        if !datagram.checksum.isCorrect { return Flaw(.udpChecksum, "the UDP checksum is missing or wrong") }
        if !ownPorts.isEmpty, !ownPorts.contains(datagram.sourcePort) {
            return Flaw(.udpOwnPort, "the guest's own port is \(datagram.sourcePort)")
        }
        return nil
    }

    private func flaw(of segment: TCP) -> Flaw? {
        if !segment.checksum.isCorrect { return Flaw(.tcpChecksum, "the TCP checksum is wrong") }
        if segment.reserved != 0 { return Flaw(.tcpReserved, "reserved bits of the TCP header are set") }
        if segment.flags.has(.urgent) || segment.urgentPointer != 0 {
            return Flaw(.tcpUrgent, "the segment has urgent data")
        }
        if !segment.flags.has(.acknowledges), segment.acknowledgement != 0 {
            return Flaw(.tcpAcknowledgement, "the segment acknowledges a number without the flag for it")
        }
        if let kind = segment.options.otherKinds.first {
            return Flaw(.tcpOption, "the segment has TCP option \(kind)")
        }
        if segment.options.hasHiddenBytes {
            return Flaw(.tcpHiddenOptions, "there are bytes behind the end of the TCP options")
        }
        if segment.flags.has(.opens) {
            let isAnswer = segment.flags.has(.acknowledges)
            if direction == .outgoing, isAnswer {
                return Flaw(.tcpDirection, "the guest takes a connection that the other side opened")
            }
            if direction == .incoming, !isAnswer { return Flaw(.tcpDirection, "the guest opens the connection") }
            if opensWith == .tls, !segment.payload.isEmpty {
                return Flaw(.tcpDataWithSyn, "the segment that opens the connection has data")
            }
        }
        if !ownPorts.isEmpty, !ownPorts.contains(segment.sourcePort) {
            return Flaw(.tcpOwnPort, "the guest's own port is \(segment.sourcePort)")
        }
        return nil
    }
}

// MARK: - Lists in policies

/// Endpoints as a policy lists them: some at once, those of groups when a run begins.
struct DestinationList: Hashable, Sendable {
    private(set) var groups: Set<String> = []
    private var destinations = Destinations()

    init() {}

    init(_ mapping: YAMLMapping, _ key: String) throws(YAMLError) {
        let elements = try mapping.list(key)
        if elements.isEmpty { throw try mapping.value(key).unexpected("at least one group or address:port") }
        for element in elements {
            let text = try element.string()
            if let found = Destinations(text) {
                destinations.formUnion(found)
            } else if text.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) != nil {
                groups.insert(text)
            } else {
                throw element.unexpected("the name of a group or address:port")
            }
        }
    }

    mutating func resolve(_ groups: [String: Destinations]) {
        for group in self.groups { destinations.formUnion(groups[group, default: Destinations()]) }
    }

    func contains(_ address: IPv4Address, _ port: UInt16) -> Bool { destinations.contains(address, port) }
    func contains(_ address: IPv6Address, _ port: UInt16) -> Bool { destinations.contains(address, port) }
}
