import FrameBuilding
package import PacketDecoding
import SimulatedInternet

/// Answers every question for a name, whoever is asked, with an address of its own.
///
/// Questions over TCP, which can't be answered from aside, get no answer at all.
package struct NameForger: Attack {
    package let name = "forged DNS answers"
    package let station = StationIdentity.forger
    package let rules = ["udp dport 53 drop", "tcp dport 53 drop"]
    package let listens = true

    /// Where every name leads.
    package var address: IPv4Address { station.address }
    /// Where every name leads by IPv6.
    package static let address6 = IPv6Address(high: 0x2001_0db8_0bad_0053, low: 1)

    package init() {}

    package mutating func hear(_ frame: HeardFrame) -> [[UInt8]] {
        guard case .udp(let datagram)? = frame.content.transport, datagram.destinationPort == 53,
            let addresses = frame.addresses,
            let answer = NameAnswer.answer(
                to: frame.bytes(in: datagram.payload),
                address: bytes(address.rawValue),
                address6: bytes(Self.address6.high) + bytes(Self.address6.low)
            )
        else { return [] }
        var frames = station.frames
        frames.destination = frame.source
        switch addresses {
        case (.v4(let guest), .v4(let server)):
            let endpoint = Endpoint(address: .v4(guest), port: datagram.sourcePort)
            return [frames.udp(to: endpoint, from: 53, answer, source: server)]
        case (.v6(let guest), .v6(let server)):
            frames.address6 = server
            return [frames.udp6(to: guest, datagram.sourcePort, from: 53, answer)]
        default: return []
        }
    }
}
