package import PacketDecoding

/// What the tap saw of the guest, each frame in exactly one account.
///
/// Its memory is bounded by the number of connections, which is bounded too.
package struct GuestBooks: Sendable {
    /// What frames are booked under.
    package enum Account: Hashable, Sendable {
        /// TCP, whose bytes the other side's sockets count.
        case connections
        /// Requests for an address by DHCPv4, which the server logs.
        case leases
        /// The same by DHCPv6.
        case leases6
        /// Questions over UDP, which the resolver logs.
        case names
        /// Questions to the world's time server, which counts them.
        case time
        /// ARP and its like of IPv6, which end on the link.
        case link
        /// What was reported as a leak.
        case reported
        /// Anything else that a policy allows, such as `UDP to port 5353`: nobody keeps books of it on the other side.
        case other(String)
    }

    /// What was booked.
    package struct Sum: Hashable, Sendable {
        package var frames = 0
        package var bytes = 0
    }

    /// Those that are compared by their number.
    private static let messages: Set<Account> = [.leases, .leases6, .names, .time]
    /// A guest that opens more has something else in mind than connections.
    private static let mostConnections = 65_536
    private static let mostOthers = 64

    package private(set) var sums: [Account: Sum] = [:]
    /// Frames that were booked as reported, by the account that they would have had.
    private(set) var reported: [Account: Int] = [:]
    /// Requests of the guest over ARP, and the answers that came.
    package private(set) var questionsOnLink = 0
    package private(set) var answersOnLink = 0
    /// Why the books are not complete.
    private(set) var doubts: Set<String> = []
    private(set) var connections: [GuestConnection] = []
    private var latest: [ConnectionEnds: Int] = [:]

    private let timeServers: Set<Endpoint>

    /// Creates empty books of a guest in whose world some servers count the questions for the time.
    package init(timeServers: Set<Endpoint> = []) { self.timeServers = timeServers }

    /// All bytes that left the guest.
    package var total: Sum {
        sums.values.reduce(into: Sum()) { $0 = Sum(frames: $0.frames + $1.frames, bytes: $0.bytes + $1.bytes) }
    }

    /// Whether names may have been asked for in connections too, where one can't see how many.
    var asksOverConnections: Bool { connections.contains { $0.ends.other.port == 53 } }

    /// The connections that the guest believes to be open.
    package var openConnections: [ConnectionEnds] {
        connections.filter { !$0.isOver }.map(\.ends)
    }

    /// Books a frame, which may have been reported as a leak.
    package mutating func add(_ frame: CapturedFrame, isReported: Bool) {
        let decoded = try? decode(frame.bytes)
        guard frame.direction == .fromGuest else {
            if let decoded { receive(decoded) }
            return
        }
        let account = decoded.map { send($0, isReported: isReported) } ?? .other("undecodable")
        if isReported, Self.messages.contains(account) { reported[account, default: 0] += 1 }
        var booked = isReported ? Account.reported : account
        if case .other = booked, sums[booked] == nil, sums.count >= Self.mostOthers { booked = .other("more kinds") }
        sums[booked, default: Sum()].frames += 1
        sums[booked, default: Sum()].bytes += frame.originalLength
    }

    // MARK: - Directions

    private mutating func send(_ frame: DecodedFrame, isReported: Bool) -> Account {
        if case .arp(let message) = frame.content {
            if message.operation == .request { questionsOnLink += 1 }
            return .link
        }
        guard let addresses = frame.addresses else { return .other("frames that are not of IP") }
        switch frame.transport {
        case .tcp(let segment):
            let ends = ConnectionEnds(
                guest: Endpoint(address: addresses.source, port: segment.sourcePort),
                other: Endpoint(address: addresses.destination, port: segment.destinationPort)
            )
            guard let place = place(of: ends, segment) else {
                doubts.insert("There were more than \(Self.mostConnections) connections, and not all were followed.")
                return .connections
            }
            connections[place].send(segment)
            if isReported { connections[place].isReported = true }
            return .connections
        case .udp(let datagram):
            switch (addresses.source, datagram.destinationPort) {
            case (.v4, 67): return .leases
            case (.v6, 547): return .leases6
            case (_, 53): return .names
            case (_, let port) where timeServers.contains(Endpoint(address: addresses.destination, port: port)):
                return .time
            default: return .other("UDP to port \(datagram.destinationPort)")
            }
        case .icmpv6(let message):
            switch message.message {
            case .neighbourDiscovery, .multicastListener: return .link
            case .echoRequest, .echoReply, .other: return .other("ICMPv6")
            }
        case .icmp: return .other("ICMP")
        default: return .other("other protocols over IP")
        }
    }

    private mutating func receive(_ frame: DecodedFrame) {
        if case .arp(let message) = frame.content, message.operation == .reply { answersOnLink += 1 }
        guard case .tcp(let segment) = frame.transport, let addresses = frame.addresses else { return }
        let ends = ConnectionEnds(
            guest: Endpoint(address: addresses.destination, port: segment.destinationPort),
            other: Endpoint(address: addresses.source, port: segment.sourcePort)
        )
        if let place = latest[ends] { connections[place].receive(segment) }
    }

    private mutating func place(of ends: ConnectionEnds, _ segment: TCP) -> Int? {
        if let place = latest[ends], !connections[place].isFollowed(by: segment) { return place }
        guard connections.count < Self.mostConnections else { return nil }
        connections.append(GuestConnection(ends, opening: segment))
        latest[ends] = connections.count - 1
        return connections.count - 1
    }
}

extension DecodedFrame {
    fileprivate var addresses: (source: IPAddress, destination: IPAddress)? {
        switch content {
        case .ipv4(let packet): (.v4(packet.source), .v4(packet.destination))
        case .ipv6(let packet): (.v6(packet.source), .v6(packet.destination))
        case .arp, .llc, .control, .unknown: nil
        }
    }
}
