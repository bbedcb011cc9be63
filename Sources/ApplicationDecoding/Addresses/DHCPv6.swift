package import PacketDecoding

/// A message of DHCP for IPv6 (RFC 8415) with every option.
package struct DHCPv6: Hashable, Sendable {
    package struct Option: Hashable, Sendable {
        package let code: UInt16
        package let data: [UInt8]
    }

    /// What a client calls itself (option 1) or a server (option 2): section 11 of the RFC.
    package enum UniqueIdentifier: Hashable, Sendable {
        /// A hardware address and the time at which it was first used.
        case linkAddressAndTime(MACAddress, seconds: UInt32)
        case enterprise(UInt32, [UInt8])
        case linkAddress(MACAddress)
        case uuid([UInt8])
        case other(type: UInt16, [UInt8])
    }

    /// 1 solicit, 3 request, 5 renew, 8 release, 11 information request, 12 relayed; even ones are mostly a server's.
    package let type: UInt8
    package let transaction: UInt32
    package let options: [Option]

    /// The data of the first option with the code.
    package subscript(code: UInt16) -> [UInt8]? {
        options.first { $0.code == code }?.data
    }

    static func decode(_ bytes: Span<UInt8>, _ message: Range<Int>) throws(FrameDecodingError) -> DHCPv6 {
        try bytes.require(4, of: message, for: .dhcpv6)
        let start = message.lowerBound
        let type = bytes[start]
        // A relay's message has addresses where others have the rest of the transaction.
        let isRelayed = type == 12 || type == 13
        if isRelayed { try bytes.require(34, of: message, for: .dhcpv6) }
        guard (1...36).contains(type) else {
            throw .invalid(.dhcpv6, at: start, "message type", expected: "1 to 36", seen: type)
        }
        var options: [Option] = []
        var rest = start + (isRelayed ? 34 : 4)..<message.upperBound
        while !rest.isEmpty {
            try bytes.require(4, of: rest, for: .dhcpv6)
            let length = Int(bytes.u16(rest.lowerBound + 2))
            try bytes.require(4 + length, of: rest, for: .dhcpv6)
            let end = rest.lowerBound + 4 + length
            options.append(Option(code: bytes.u16(rest.lowerBound), data: bytes.copy(rest.lowerBound + 4..<end)))
            rest = end..<message.upperBound
        }
        return DHCPv6(
            type: type,
            transaction: isRelayed ? 0 : bytes.u32(start) & 0xff_ffff,
            options: options
        )
    }

    /// What the client calls itself, or `nil` when it does not or says it with too few bytes.
    package var clientIdentifier: UniqueIdentifier? { self[1].flatMap(Self.identifier) }

    private static func identifier(_ data: [UInt8]) -> UniqueIdentifier? {
        let bytes = data.span
        guard data.count >= 2 else { return nil }
        let isEthernet = data.count >= 4 && bytes.u16(2) == 1
        switch bytes.u16(0) {
        case 1 where data.count == 14 && isEthernet:
            return .linkAddressAndTime(bytes.mac(8), seconds: bytes.u32(4))
        case 2 where data.count >= 6: return .enterprise(bytes.u32(2), Array(data[6...]))
        case 3 where data.count == 10 && isEthernet: return .linkAddress(bytes.mac(4))
        case 4 where data.count == 18: return .uuid(Array(data[2...]))
        case let type: return .other(type: type, Array(data[2...]))
        }
    }

    var summary: String {
        let names: [UInt8: String] = [
            1: "SOLICIT", 2: "ADVERTISE", 3: "REQUEST", 4: "CONFIRM", 5: "RENEW", 6: "REBIND", 7: "REPLY",
            8: "RELEASE", 9: "DECLINE", 11: "INFORMATION-REQUEST", 12: "RELAY-FORWARD", 13: "RELAY-REPLY",
        ]
        let who: String =
            switch clientIdentifier {
            case .linkAddressAndTime(let address, _), .linkAddress(let address): " for \(address)"
            default: ""
            }
        let codes = options.map { "\($0.code)" }.joined(separator: " ")
        return "DHCPv6 \(names[type] ?? "message \(type)")\(who), options \(codes)"
    }
}
