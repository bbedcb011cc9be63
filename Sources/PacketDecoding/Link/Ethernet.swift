/// The number that says what an Ethernet frame carries (IEEE 802 numbers, at least 0x0600).
package struct EtherType: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let ipv4 = EtherType(rawValue: 0x0800)
    package static let arp = EtherType(rawValue: 0x0806)
    package static let rarp = EtherType(rawValue: 0x8035)
    package static let ipv6 = EtherType(rawValue: 0x86dd)
    /// Ethernet frames inside GRE.
    package static let ethernetBridging = EtherType(rawValue: 0x6558)
    package static let pause = EtherType(rawValue: 0x8808)
    /// LACP, its marker, and the maintenance of links.
    package static let slowProtocol = EtherType(rawValue: 0x8809)
    package static let eapol = EtherType(rawValue: 0x888e)
    package static let lldp = EtherType(rawValue: 0x88cc)
    /// One of the two types that IEEE keeps for experiments; frames that prove a capture alive use it.
    package static let localExperiment = EtherType(rawValue: 0x88b5)

    package var description: String {
        let name = Self.names[rawValue].map { "\($0) " } ?? ""
        return "\(name)EtherType 0x\(hexadecimalText(of: [UInt8(rawValue >> 8), UInt8(rawValue & 0xff)]))"
    }

    private static let names: [UInt16: String] = [
        0x0842: "wake-on-LAN", 0x6558: "Ethernet-in-GRE", 0x8137: "IPX", 0x8808: "pause", 0x8809: "slow protocol",
        0x880b: "PPP", 0x8847: "MPLS", 0x8848: "MPLS", 0x88d9: "LLTD", 0x8863: "PPPoE", 0x8864: "PPPoE",
        0x888e: "EAPOL", 0x88cc: "LLDP",
        0x88e5: "MACsec", 0x88f7: "PTP", 0x88b5: "experimental", 0x88b6: "experimental",
    ]
}

/// The header of Ethernet II or IEEE 802.3, with its VLAN tags.
package struct Ethernet: Hashable, Sendable {
    /// One 802.1Q or 802.1ad tag.
    package struct Tag: Hashable, Sendable {
        /// The protocol that the tag belongs to: 0x8100, 0x88a8 or 0x9100.
        package let type: UInt16
        /// The whole tag: priority, drop bit and identifier.
        package let control: UInt16
        /// The number of the virtual network.
        package var identifier: UInt16 { control & 0x0fff }
    }

    /// Up to four tags, outermost first, held in place.
    package struct Tags: Hashable, Sendable, RandomAccessCollection {
        private var types: UInt64 = 0
        private var controls: UInt64 = 0
        private var length: UInt8 = 0

        package var count: Int { Int(length) }

        static let capacity = 4

        package var startIndex: Int { 0 }
        package var endIndex: Int { count }

        package subscript(position: Int) -> Tag {
            precondition((0..<count).contains(position), "An index of the tags lies in their bounds.")
            let shift = UInt64(16 * position)
            return Tag(
                type: UInt16(truncatingIfNeeded: types >> shift),
                control: UInt16(truncatingIfNeeded: controls >> shift)
            )
        }

        private mutating func append(_ tag: Tag) {
            let shift = UInt64(16 * count)
            types |= UInt64(tag.type) << shift
            controls |= UInt64(tag.control) << shift
            length += 1
        }

        /// Reads the tags that a type announces, and returns the type behind them and what is left.
        static func decode(
            _ bytes: Span<UInt8>,
            _ window: Range<Int>,
            announcedBy type: UInt16
        ) throws(FrameDecodingError) -> (Tags, type: UInt16, Range<Int>) {
            var (tags, type, rest) = (Tags(), type, window)
            while type == 0x8100 || type == 0x88a8 || type == 0x9100 {
                guard tags.count < capacity else {
                    throw .invalid(
                        .vlan,
                        at: rest.lowerBound,
                        "number of tags",
                        expected: "at most \(capacity)",
                        seen: "more"
                    )
                }
                try bytes.require(4, of: rest, for: .vlan)
                tags.append(Tag(type: type, control: bytes.u16(rest.lowerBound)))
                type = bytes.u16(rest.lowerBound + 2)
                rest = rest.lowerBound + 4..<window.upperBound
            }
            return (tags, type, rest)
        }
    }

    /// What stands where Ethernet II has its type.
    package enum Kind: Hashable, Sendable {
        case type(EtherType)
        /// An 802.3 length in bytes; an LLC header follows.
        case length(Int)
    }

    /// The station or group it is for.
    package let destination: MACAddress
    /// The station that claims to have sent it.
    package let source: MACAddress
    /// The tags, outermost first.
    package let tags: Tags
    /// What follows the header.
    package let kind: Kind

    static let headerLength = 14

    static func decode(
        _ bytes: Span<UInt8>,
        _ window: Range<Int>
    ) throws(FrameDecodingError) -> (Ethernet, Range<Int>) {
        try bytes.require(headerLength, of: window, for: .ethernet)
        let start = window.lowerBound
        let (tags, type, rest) = try Tags.decode(
            bytes,
            start + headerLength..<window.upperBound,
            announcedBy: bytes.u16(start + 12)
        )
        let kind: Kind
        switch type {
        case 0x0600...: kind = .type(EtherType(rawValue: type))
        case ...1500: kind = .length(Int(type))
        default:
            throw .invalid(
                .ethernet,
                at: rest.lowerBound - 2,
                "type",
                expected: "a length up to 1500 or a type from 1536",
                seen: type
            )
        }
        let header = Ethernet(destination: bytes.mac(start), source: bytes.mac(start + 6), tags: tags, kind: kind)
        return (header, rest)
    }
}
