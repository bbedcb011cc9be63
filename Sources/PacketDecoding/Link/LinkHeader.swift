/// What stands in front of a frame's Internet packet or other content.
package enum LinkHeader: Hashable, Sendable {
    case ethernet(Ethernet)
    case linuxCooked(LinuxCooked)
    /// The number of an address family.
    case loopback(family: UInt32)
    /// The bytes begin with the packet itself.
    case none
}

// What the link tells of a frame's way; `nil` and nothing where it does not tell.
extension LinkHeader {
    /// The station that claims to have sent it.
    package var source: MACAddress? {
        switch self {
        case .ethernet(let header): header.source
        case .linuxCooked(let header): header.source
        case .loopback, .none: nil
        }
    }

    /// The station or group it is for.
    package var destination: MACAddress? {
        if case .ethernet(let header) = self { header.destination } else { nil }
    }

    /// The tags of virtual networks, outermost first.
    package var tags: Ethernet.Tags {
        switch self {
        case .ethernet(let header): header.tags
        case .linuxCooked(let header): header.tags
        case .loopback, .none: Ethernet.Tags()
        }
    }

    /// Whether the station can have sent it; any can where the link does not tell.
    package func canBeFrom(_ station: MACAddress) -> Bool { source.map { $0 == station } ?? true }

    /// Whether it can be for the station; it can be for any where the link does not tell.
    package func canBeFor(_ station: MACAddress) -> Bool { destination.map { $0 == station } ?? true }
}

/// The header that Linux writes in place of the link's own (LINKTYPE_LINUX_SLL and its second version).
package struct LinuxCooked: Hashable, Sendable {
    /// Which way a frame went, as seen from the machine that captured it.
    package enum Direction: UInt16, Hashable, Sendable {
        case toHost = 0
        case broadcast = 1
        case multicast = 2
        case betweenOthers = 3
        case fromHost = 4
    }

    package let direction: Direction
    /// The kind of link (ARPHRD_).
    package let hardwareType: UInt16
    /// The sender's address, if it has six bytes.
    package let source: MACAddress?
    /// The tags of virtual networks, outermost first.
    package let tags: Ethernet.Tags
    /// What follows the header and the tags.
    package let kind: Ethernet.Kind
    /// The number of the interface, which only the second version tells.
    package let interface: UInt32?

    /// Which way a frame went, told by a whole header whatever else is in it.
    static func direction(of bytes: Span<UInt8>, as link: LinkType) -> Direction? {
        guard bytes.count >= (link == .linuxCooked ? 16 : 20) else { return nil }
        return Direction(rawValue: link == .linuxCooked ? bytes.u16(0) : UInt16(bytes[10]))
    }

    /// Links whose frames are not told by an EtherType (ARPHRD_): frame relay, radiotap, netlink.
    private static let linksWithoutEtherType: Set<UInt16> = [770, 803, 824]

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
        guard let direction = Direction(rawValue: type) else {
            throw .invalid(.linuxCooked, at: typeAt, "packet type", expected: "0 to 4", seen: type)
        }
        let hardwareType = bytes.u16(hardwareAt)
        guard !linksWithoutEtherType.contains(hardwareType) else {
            throw .invalid(
                .linuxCooked,
                at: hardwareAt,
                "hardware type",
                expected: "a link whose frames are told by an EtherType",
                seen: hardwareType
            )
        }
        let (tags, kind, rest) = try Ethernet.Tags.decode(
            bytes,
            start + length..<window.upperBound,
            announcedBy: bytes.u16(protocolAt)
        )
        let addressLength = version == 1 ? Int(bytes.u16(lengthAt)) : Int(bytes[lengthAt])
        let header = LinuxCooked(
            direction: direction,
            hardwareType: hardwareType,
            source: addressLength == 6 ? bytes.mac(addressAt) : nil,
            tags: tags,
            // 4 stands for 802.2, whose frames begin with an LLC header.
            kind: kind == 4 ? .length(rest.count) : .type(EtherType(rawValue: kind)),
            interface: version == 1 ? nil : bytes.u32(start + 4)
        )
        return (header, rest)
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
