package import PacketDecoding

/// Makes frames of one station, valid unless told otherwise.
package struct FrameBuilder: Sendable {
    package var source = MACAddress(rawValue: 0x02_0000_0000_64)
    package var destination = MACAddress(rawValue: 0x02_0000_0000_01)
    package var address = IPv4Address(rawValue: 0x0a02_0164)
    package var address6 = IPv6Address(high: 0xfe80_0000_0000_0000, low: 0x0000_00ff_fe00_0064)

    /// The number of the first byte of TCP segments.
    package var sequence: UInt32 = 1

    package init() {}

    package func ethernet(_ type: UInt16, _ payload: [UInt8], to other: MACAddress? = nil) -> [UInt8] {
        (other ?? destination).bytes + source.bytes + bytes(type) + payload
    }

    // MARK: - IPv4

    package func ipv4(
        _ type: UInt8,
        to destination: IPv4Address,
        _ payload: [UInt8],
        from source: IPv4Address? = nil,
        options: [UInt8] = [],
        fragment: UInt16 = 0,
        to station: MACAddress? = nil
    ) -> [UInt8] {
        let length = 20 + options.count
        var header: [UInt8] = [0x40 | UInt8(length / 4), 0] + bytes(UInt16(length + payload.count))
        header += bytes(UInt16(0x1234)) + bytes(fragment) + [64, type, 0, 0]
        header += bytes((source ?? address).rawValue) + bytes(destination.rawValue) + options
        return ethernet(0x0800, header.putting(internetChecksum(header), at: 10) + payload, to: station)
    }

    package func tcp(
        to endpoint: Endpoint,
        from port: UInt16 = 40_000,
        flags: UInt8 = 0x02,
        acknowledgement: UInt32 = 0,
        options: [UInt8] = [],
        _ payload: [UInt8] = [],
        source: IPv4Address? = nil
    ) -> [UInt8] {
        guard case .v4(let destination) = endpoint.address else { return [] }
        let words = UInt8(20 + options.count) / 4
        var segment = bytes(port) + bytes(endpoint.port) + bytes(sequence) + bytes(acknowledgement)
        segment += [words << 4, flags] + bytes(UInt16(64_000)) + [0, 0, 0, 0] + options + payload
        let sum = checksum(segment, 6, source ?? address, destination)
        return ipv4(6, to: destination, segment.putting(sum, at: 16), from: source)
    }

    package func udp(
        to endpoint: Endpoint,
        from port: UInt16 = 40_000,
        _ payload: [UInt8],
        source: IPv4Address? = nil,
        to station: MACAddress? = nil
    ) -> [UInt8] {
        guard case .v4(let destination) = endpoint.address else { return [] }
        let datagram = bytes(port) + bytes(endpoint.port) + bytes(UInt16(8 + payload.count)) + [0, 0] + payload
        let sum = checksum(datagram, 17, source ?? address, destination)
        return ipv4(17, to: destination, datagram.putting(datagramChecksum(sum), at: 6), from: source, to: station)
    }

    package func ping(_ destination: IPv4Address, _ payload: [UInt8] = Array("ping".utf8)) -> [UInt8] {
        let message: [UInt8] = [8, 0, 0, 0, 0, 1, 0, 1] + payload
        return ipv4(1, to: destination, message.putting(internetChecksum(message), at: 2))
    }

    private func checksum(
        _ data: [UInt8],
        _ type: UInt8,
        _ source: IPv4Address,
        _ destination: IPv4Address
    ) -> UInt16 {
        internetChecksum(
            bytes(source.rawValue) + bytes(destination.rawValue) + [0, type] + bytes(UInt16(data.count)) + data
        )
    }

    // MARK: - IPv6

    package func ipv6(
        _ type: UInt8,
        to destination: IPv6Address,
        _ payload: [UInt8],
        station: MACAddress? = nil
    ) -> [UInt8] {
        var header: [UInt8] = [0x60, 0, 0, 0] + bytes(UInt16(payload.count)) + [type, 255]
        header += bytes(address6.high) + bytes(address6.low) + bytes(destination.high) + bytes(destination.low)
        return ethernet(0x86dd, header + payload, to: station)
    }

    // MARK: - ARP

    package func arp(
        _ operation: UInt16 = 1,
        sender: IPv4Address? = nil,
        senderHardware: MACAddress? = nil,
        target: IPv4Address,
        targetHardware: MACAddress = .zero,
        to station: MACAddress = .broadcast,
        type: UInt16 = 0x0806,
        padding: [UInt8] = []
    ) -> [UInt8] {
        var message: [UInt8] = [0, 1, 8, 0, 6, 4] + bytes(operation)
        message += (senderHardware ?? source).bytes + bytes((sender ?? address).rawValue)
        message += targetHardware.bytes + bytes(target.rawValue)
        return ethernet(type, message + padding, to: station)
    }

    // MARK: - Applications

    /// A DNS query with one question.
    package static func query(_ name: String, type: UInt16 = 1) -> [UInt8] {
        let labels = name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        return [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + labels + [0] + bytes(type) + bytes(UInt16(1))
    }

    /// The body of a DHCP message from a client.
    package func dhcpMessage(
        options: [(UInt8, [UInt8])],
        client: IPv4Address = .unspecified,
        hardware: MACAddress? = nil,
        trailer: [UInt8] = []
    ) -> [UInt8] {
        var message: [UInt8] = [1, 1, 6, 0] + bytes(UInt32(0xdead_beef)) + [0, 1, 0, 0]
        message += bytes(client.rawValue) + Array(repeating: 0, count: 12)
        message += (hardware ?? source).bytes + Array(repeating: 0, count: 10 + 64 + 128)
        message += [0x63, 0x82, 0x53, 0x63]
        for (code, data) in options { message += [code, UInt8(data.count)] + data }
        return message + [255] + trailer
    }

    /// A DHCP message to everyone, from a client that has no address.
    package func dhcp(_ message: [UInt8]) -> [UInt8] {
        udp(
            to: Endpoint(address: .v4(.broadcast), port: 67),
            from: 68,
            message,
            source: .unspecified,
            to: .broadcast
        )
    }

    /// What systemd-networkd sends when it looks for an address.
    package var discover: [(UInt8, [UInt8])] {
        [(53, [1]), (61, [1] + source.bytes), (55, [1, 3, 6, 12, 15, 119]), (57, [5, 0xc0])]
    }
}
