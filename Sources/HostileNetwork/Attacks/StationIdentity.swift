package import FrameBuilding
package import PacketDecoding

/// The addresses of a station on the guest's network that is not the gateway.
package struct StationIdentity: Hashable, Sendable {
    /// The last byte of each of its addresses.
    package let number: UInt8

    /// Numbers a station; those of ``AddressPlan`` are taken.
    package init(_ number: UInt8) { self.number = number }

    /// Its address on the link.
    package var hardware: MACAddress { MACAddress(rawValue: 0x0200_0a02_0100 | UInt64(number)) }
    /// Its address on the LAN.
    package var address: IPv4Address { IPv4Address(rawValue: 0x0a02_0100 | UInt32(number)) }
    /// Its link-local address.
    package var address6: IPv6Address { IPv6Address(high: 0xfe80_0000_0000_0000, low: UInt64(number)) }

    /// A builder of frames from this station.
    package var frames: FrameBuilder {
        var frames = FrameBuilder()
        (frames.source, frames.destination) = (hardware, .broadcast)
        (frames.address, frames.address6) = (address, address6)
        return frames
    }
}

// Whoever acts has a station of its own, so that several can act at once.
extension StationIdentity {
    static let floodingRouter = StationIdentity(241)
    static let rogueServer = StationIdentity(242)
    static let impostor = StationIdentity(243)
    static let forger = StationIdentity(244)
    static let resetter = StationIdentity(245)
    static let censor = StationIdentity(246)
    package static let scanner = StationIdentity(247)
}
