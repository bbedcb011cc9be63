import PacketDecoding

/// The sockets of TCP and UDP that a guest lists, in the format of ss(8) with `-HnOaetu`.
struct SocketTable: Sendable {
    enum Kind: String, Sendable {
        case tcp, udp
    }

    /// One end of a socket; what is `nil` stands for any.
    struct End: Hashable, Sendable {
        let address: IPAddress?
        let port: UInt16?
    }

    struct Socket: Sendable {
        let kind: Kind
        let local: End
        let peer: End
        let user: UInt32
        let inode: UInt64
    }

    let sockets: [Socket]

    init(_ lines: [Substring]) { sockets = lines.compactMap(Self.socket) }

    /// The sockets from which a flow can come: those that are connected so, else those that are connected to nobody.
    func sources(of kind: Kind, from source: Endpoint, to destination: Endpoint) -> [Socket] {
        let near = sockets.filter { socket in
            socket.kind == kind && socket.local.port == source.port
                && (socket.local.address == nil || socket.local.address == source.address)
        }
        let connected = near.filter {
            $0.peer.address == destination.address && $0.peer.port == destination.port
        }
        // TCP sends nothing but by a connection.
        guard connected.isEmpty, kind == .udp else { return connected }
        return near.filter { $0.peer.address == nil && $0.peer.port == nil }
    }

    private static func socket(_ line: Substring) -> Socket? {
        let fields = line.split(separator: " ", omittingEmptySubsequences: true)
        guard fields.count >= 7, let kind = Kind(rawValue: String(fields[0])), let local = end(fields[4]),
            let peer = end(fields[5])
        else { return nil }
        // Left out by ss for root. What comes behind the inode may hold words of the guest's users.
        let details = fields[6...]
        guard let place = details.firstIndex(where: { $0.hasPrefix("ino:") }),
            let inode = UInt64(details[place].dropFirst(4))
        else { return nil }
        let users = details[..<place].filter { $0.hasPrefix("uid:") }
        guard users.count <= 1 else { return nil }
        guard let user = users.first.map({ UInt32($0.dropFirst(4)) }) ?? 0 else { return nil }
        return Socket(kind: kind, local: local, peer: peer, user: user, inode: inode)
    }

    /// Reads `10.2.1.5%eth0:68`, `[::ffff:10.2.1.5]:80`, `*:22`, `0.0.0.0:*`.
    private static func end(_ text: Substring) -> End? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let portText = text[text.index(after: colon)...]
        var host = text[..<colon]
        if let scope = host.lastIndex(of: "%") { host = host[..<scope] }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let port = portText == "*" ? .some(nil) : UInt16(portText).map(Optional.some) else { return nil }
        if host == "*" { return End(address: nil, port: port) }
        guard let address = IPAddress(host)?.unmapped else { return nil }
        return End(address: address.isUnspecified ? nil : address, port: port)
    }
}

extension IPAddress {
    /// The IPv4 address that a socket of IPv6 uses under another name (RFC 4291, 2.5.5.2).
    fileprivate var unmapped: IPAddress {
        guard case .v6(let address) = self, address.high == 0, address.low >> 32 == 0xffff else { return self }
        return .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: address.low)))
    }

    fileprivate var isUnspecified: Bool {
        switch self {
        case .v4(let address): address == .unspecified
        case .v6(let address): address == .unspecified
        }
    }
}
