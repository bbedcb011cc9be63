/// What stands in front of a frame's Internet packet or other content.
package enum LinkHeader: Hashable, Sendable {
    case ethernet(Ethernet)
    case linuxCooked(LinuxCooked)
    /// The number of an address family.
    case loopback(family: UInt32)
    /// The bytes begin with the packet itself.
    case none
}

/// The header that Linux writes in place of the link's own (LINKTYPE_LINUX_SLL and its second version).
package struct LinuxCooked: Hashable, Sendable {
    package enum Direction: Hashable, Sendable {
        case toHost
        case broadcast
        case multicast
        case betweenOthers
        case fromHost
    }

    package let direction: Direction
    /// The kind of link (ARPHRD_).
    package let hardwareType: UInt16
    /// The sender's address, if it has six bytes.
    package let source: MACAddress?
    package let `protocol`: EtherType
    /// The number of the interface, which only the second version tells.
    package let interface: UInt32?

    static func decode(
        _ bytes: Span<UInt8>,
        _ window: Range<Int>,
        version: Int
    ) throws(FrameDecodingError) -> (LinuxCooked, Range<Int>) {
        let length = version == 1 ? 16 : 20
        try bytes.require(length, of: window, for: .linuxCooked)
        let start = window.lowerBound
        let (typeAt, hardwareAt, lengthAt, addressAt, protocolAt) =
            version == 1
            ? (start, start + 2, start + 4, start + 6, start + 14)
            : (start + 10, start + 8, start + 11, start + 12, start)
        let type = version == 1 ? bytes.u16(typeAt) : UInt16(bytes[typeAt])
        let directions: [Direction] = [.toHost, .broadcast, .multicast, .betweenOthers, .fromHost]
        guard Int(type) < directions.count else {
            throw .invalid(.linuxCooked, at: typeAt, "packet type", expected: "0 to 4", seen: type)
        }
        let addressLength = version == 1 ? Int(bytes.u16(lengthAt)) : Int(bytes[lengthAt])
        let header = LinuxCooked(
            direction: directions[Int(type)],
            hardwareType: bytes.u16(hardwareAt),
            source: addressLength == 6 ? bytes.mac(addressAt) : nil,
            protocol: EtherType(rawValue: bytes.u16(protocolAt)),
            interface: version == 1 ? nil : bytes.u32(start + 4)
        )
        return (header, start + length..<window.upperBound)
    }
}

/// The four bytes in front of a packet that a BSD system sent to itself.
enum LoopbackHeader {
    static func decode(
        _ bytes: Span<UInt8>,
        _ window: Range<Int>,
        inNetworkOrder: Bool
    ) throws(FrameDecodingError) -> (family: UInt32, content: EtherType, Range<Int>) {
        try bytes.require(4, of: window, for: .loopback)
        let start = window.lowerBound
        let number = bytes.u32(start)
        // The sender wrote its own byte order, which the file does not tell; families are small numbers.
        let family = inNetworkOrder || number < 0x1_0000 ? number : number.byteSwapped
        let content: EtherType
        switch family {
        case 2: content = .ipv4
        // NetBSD, FreeBSD, Darwin, and Linux and Windows.
        case 10, 23, 24, 28, 30: content = .ipv6
        default: throw .invalid(.loopback, at: start, "address family", expected: "IPv4 or IPv6", seen: family)
        }
        return (family, content, start + 4..<window.upperBound)
    }
}
