import FrameBuilding
import PacketDecoding

/// The stations and networks of the trials, by the names that the trials use.
enum World {
    static let guest = FrameBuilder()
    static let lease = guest.address
    static let gateway = TrialPolicy.gateway
    static let relay = TrialPolicy.relays[0]
    static let relayAddress = IPv4Address(rawValue: 0xc000_0201)
    static let elsewhere = IPv4Address(rawValue: 0x0808_0808)
    static let web = Endpoint(address: .v4(IPv4Address(rawValue: 0xc633_6407)), port: 80)
    static let ssh = Endpoint(address: .v4(IPv4Address(rawValue: 0x0a02_0107)), port: 22)
    static let resolver = Endpoint(address: .v4(gateway), port: 53)
    static let timeServer = Endpoint(address: .v4(IPv4Address(rawValue: 0xc000_027b)), port: 123)
    static let hello = FrameBuilder.clientHello(serverName: "www.q2w3e4r5.com", protocols: [])
    static let plaintext = Array("GET / HTTP/1.1\r\nHost: example.test\r\n\r\n".utf8)
    static let timeQuestion: [UInt8] = [0x23] + Array(repeating: 0, count: 47)
    static let acknowledgement = guest.dhcpAcknowledgement(lease, from: gateway)
    static let webHost6 = IPv6Address(high: 0x2001_0db8_0080_0000, low: 0x80)
    static let router6 = IPv6Address(high: 0xfe80_0000_0000_0000, low: 1)

    static func at(_ port: UInt16, _ address: IPv4Address = elsewhere) -> Endpoint {
        Endpoint(address: .v4(address), port: port)
    }

    /// A guest whose card shows its real address.
    static let unspoofed = guest(from: TrialPolicy.realAddress)

    static func guest(from source: MACAddress) -> FrameBuilder {
        var guest = FrameBuilder()
        guest.source = source
        return guest
    }

    /// A guest of another address of IPv6.
    static func guest(at address: IPv6Address) -> FrameBuilder {
        var guest = FrameBuilder()
        guest.address6 = address
        return guest
    }

    /// A datagram that a trial changes.
    static func discover(_ options: [(UInt8, [UInt8])] = guest.discover) -> [UInt8] {
        guest.dhcp(guest.dhcpMessage(options: options))
    }

    /// A discover message whose byte at a place is another, with the checksum made right.
    static func discover(with byte: UInt8, at offset: Int) -> [UInt8] {
        var frame = discover()
        // The message begins behind the headers of Ethernet, IPv4 and UDP.
        frame[42 + offset] = byte
        return frame.withTransportChecksum()
    }

    /// A record of TLS with data.
    static func record(_ type: UInt8 = 23, count: Int = 40) -> [UInt8] {
        [type, 3, 3] + bytes(UInt16(count)) + Array(repeating: 0xa7, count: count)
    }

    /// The same frame with another byte, and the checksums of IPv4 and its transport made right.
    static func changed(_ frame: [UInt8], _ offset: Int, to byte: UInt8) -> [UInt8] {
        var copy = frame
        copy[offset] = byte
        return copy.withTransportChecksum().withHeaderChecksum()
    }
}
