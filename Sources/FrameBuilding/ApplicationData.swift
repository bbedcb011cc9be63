package import PacketDecoding

// What applications say, as frames carry it.
extension FrameBuilder {
    /// The first record of a client of TLS 1.3 that names a host and offers protocols.
    package static func clientHello(serverName: String, protocols: [String]) -> [UInt8] {
        func vector(_ data: [UInt8]) -> [UInt8] { bytes(UInt16(data.count)) + data }
        let names = vector([0] + vector(Array(serverName.utf8)))
        let offers = vector(protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) })
        let extensions = bytes(UInt16(0)) + vector(names) + bytes(UInt16(16)) + vector(offers)
        var body: [UInt8] = [3, 3] + Array(repeating: 0x5a, count: 32) + [0]
        body += vector([0x13, 0x01, 0x13, 0x02]) + [1, 0] + vector(extensions)
        let message = [1, 0] + vector(body)
        return [22, 3, 1] + vector(message)
    }

    /// A question for a name of NetBIOS, which two letters spell each byte of.
    package static func netBIOSQuery(_ name: String) -> [UInt8] {
        let padded = Array(name.utf8) + Array(repeating: 0x20, count: 15 - name.utf8.count) + [0]
        let letters = padded.flatMap { [$0 >> 4 + 0x41, $0 & 15 + 0x41] }
        return [0x12, 0x34, 1, 0x10, 0, 1, 0, 0, 0, 0, 0, 0, 32] + letters + [0, 0, 0x20, 0, 1]
    }

    /// A datagram over IPv6.
    package func udp6(
        to destination: IPv6Address,
        _ port: UInt16,
        from source: UInt16 = 40_000,
        _ payload: [UInt8]
    ) -> [UInt8] {
        let datagram = bytes(source) + bytes(port) + bytes(UInt16(8 + payload.count)) + [0, 0] + payload
        var pseudo = bytes(address6.high) + bytes(address6.low) + bytes(destination.high) + bytes(destination.low)
        pseudo += bytes(UInt32(datagram.count)) + [0, 0, 0, 17]
        let sum = datagramChecksum(internetChecksum(pseudo + datagram))
        return ipv6(17, to: destination, datagram.putting(sum, at: 6))
    }
}
