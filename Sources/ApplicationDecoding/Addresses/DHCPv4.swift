package import PacketDecoding

/// A message of DHCP for IPv4 (RFC 2131) with every option (RFC 2132).
package struct DHCPv4: Hashable, Sendable {
    package enum MessageType: UInt8, Hashable, Sendable, CaseIterable, Codable {
        case discover = 1
        case offer
        case request
        case decline
        case acknowledge
        case refuse
        case release
        case inform
    }

    package struct Option: Hashable, Sendable {
        package let code: UInt8
        package let data: [UInt8]
    }

    /// 1 from a client, 2 from a server.
    package let operation: UInt8
    package let hops: UInt8
    package let transaction: UInt32
    package let seconds: UInt16
    package let flags: UInt16
    package let clientAddress: IPv4Address
    package let yourAddress: IPv4Address
    package let serverAddress: IPv4Address
    package let relayAddress: IPv4Address
    package let clientHardware: MACAddress
    /// Whether the ten bytes behind the hardware address are zero, as they must be.
    package let hardwarePaddingIsZero: Bool
    /// Whether the server name and boot file fields are zero; when overloaded with options they are not.
    package let nameFieldsAreZero: Bool
    /// The options in their order, those of overloaded fields behind the others; no end and pad.
    package let options: [Option]
    /// Where the bytes behind the end of the options are.
    package let trailer: Range<Int>
    /// Whether the trailer is all zeros.
    package let trailerIsZero: Bool

    /// What the message is for (option 53).
    package var messageType: MessageType? {
        guard let data = self[53], data.count == 1 else { return nil }
        return MessageType(rawValue: data[0])
    }

    /// The data of the first option with the code.
    package subscript(code: UInt8) -> [UInt8]? {
        options.first { $0.code == code }?.data
    }

    private static let fixedLength = 236

    static func decode(_ bytes: Span<UInt8>, _ message: Range<Int>) throws(FrameDecodingError) -> DHCPv4 {
        try bytes.require(fixedLength + 4, of: message, for: .dhcpv4)
        let start = message.lowerBound
        guard bytes.u16(start + 1) == 0x0106 else {
            throw .invalid(
                .dhcpv4,
                at: start + 1,
                "hardware type and length",
                expected: "Ethernet",
                seen: bytes.u16(start + 1)
            )
        }
        guard bytes.u32(start + fixedLength) == 0x6382_5363 else {
            throw .invalid(
                .dhcpv4,
                at: start + fixedLength,
                "magic cookie",
                expected: "0x63825363",
                seen: "0x" + String(bytes.u32(start + fixedLength), radix: 16)
            )
        }
        var (options, end) = try readOptions(bytes, start + fixedLength + 4..<message.upperBound)
        let (serverName, bootFile) = (start + 44..<start + 108, start + 108..<start + 236)
        // Option 52 says which of the two fixed fields hold more options: 1 the file, 2 the name, 3 both.
        let overload = options.first { $0.code == 52 }?.data.first ?? 0
        if overload & 1 != 0 { options += try readOptions(bytes, bootFile).options }
        if overload & 2 != 0 { options += try readOptions(bytes, serverName).options }
        return DHCPv4(
            operation: bytes[start],
            hops: bytes[start + 3],
            transaction: bytes.u32(start + 4),
            seconds: bytes.u16(start + 8),
            flags: bytes.u16(start + 10),
            clientAddress: bytes.ipv4(start + 12),
            yourAddress: bytes.ipv4(start + 16),
            serverAddress: bytes.ipv4(start + 20),
            relayAddress: bytes.ipv4(start + 24),
            clientHardware: bytes.mac(start + 28),
            hardwarePaddingIsZero: bytes.isZero(start + 34..<start + 44),
            nameFieldsAreZero: bytes.isZero(serverName) && bytes.isZero(bootFile),
            options: options,
            trailer: end..<message.upperBound,
            trailerIsZero: bytes.isZero(end..<message.upperBound)
        )
    }

    private static func readOptions(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>
    ) throws(FrameDecodingError) -> (options: [Option], end: Int) {
        var options: [Option] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            let code = bytes[offset]
            if code == 255 { return (options, offset + 1) }
            if code == 0 {
                offset += 1
                continue
            }
            try bytes.require(2, of: offset..<range.upperBound, for: .dhcpv4)
            let length = Int(bytes[offset + 1])
            try bytes.require(2 + length, of: offset..<range.upperBound, for: .dhcpv4)
            options.append(Option(code: code, data: bytes.copy(offset + 2..<offset + 2 + length)))
            offset += 2 + length
        }
        throw .invalid(.dhcpv4, at: offset, "options", expected: "an end option", seen: "none")
    }

    var summary: String {
        let type = messageType.map { "\($0)".uppercased() } ?? "message without a known type"
        return "DHCP \(type) for \(clientHardware), options \(options.map { "\($0.code)" }.joined(separator: " "))"
    }
}
