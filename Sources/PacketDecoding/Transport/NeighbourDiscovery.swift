/// A message of IPv6 neighbour discovery (RFC 4861).
package struct NeighbourDiscovery: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case routerSolicitation
        case routerAdvertisement(hopLimit: UInt8, flags: UInt8, lifetimeInSeconds: UInt16)
        case neighbourSolicitation(target: IPv6Address)
        case neighbourAdvertisement(target: IPv6Address, flags: UInt8)
        case redirect(target: IPv6Address, destination: IPv6Address)
    }

    package let kind: Kind
    package struct Option: Hashable, Sendable {
        /// 1 and 2 hardware addresses, 3 prefix, 5 longest packet, 14 nonce, 25 name servers.
        package let type: UInt8
        /// Where what follows type and length is.
        package let data: Range<Int>
    }

    /// All options, in their order.
    package private(set) var options: [Option] = []
    /// Whether the bits that must be zero are.
    package let reservedIsZero: Bool
    /// The hardware address that the sender tells of itself (option 1), or of the target (option 2).
    package private(set) var linkAddress: MACAddress?

    private init(kind: Kind, reservedIsZero: Bool) {
        (self.kind, self.reservedIsZero) = (kind, reservedIsZero)
    }

    // The body is what follows the first four bytes of the ICMPv6 header.
    static func decode(
        _ bytes: Span<UInt8>,
        _ body: Range<Int>,
        type: UInt8
    ) throws(FrameDecodingError) -> NeighbourDiscovery {
        let start = body.lowerBound
        let length = [133: 4, 134: 12, 135: 20, 136: 20][type, default: 36]
        try bytes.require(length, of: body, for: .icmpv6)
        let kind: Kind =
            switch type {
            case 133: .routerSolicitation
            case 134:
                .routerAdvertisement(
                    hopLimit: bytes[start],
                    flags: bytes[start + 1],
                    lifetimeInSeconds: bytes.u16(start + 2)
                )
            case 135: .neighbourSolicitation(target: bytes.ipv6(start + 4))
            case 136: .neighbourAdvertisement(target: bytes.ipv6(start + 4), flags: bytes[start])
            default: .redirect(target: bytes.ipv6(start + 4), destination: bytes.ipv6(start + 20))
            }
        // An advertisement's three highest bits are flags; a router's advertisement reserves nothing.
        let reserved = type == 134 ? 0 : bytes.u32(start) & (type == 136 ? 0x1fff_ffff : .max)
        var message = NeighbourDiscovery(kind: kind, reservedIsZero: reserved == 0)
        try message.readOptions(bytes, start + length..<body.upperBound)
        return message
    }

    private mutating func readOptions(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(FrameDecodingError) {
        var rest = range
        while !rest.isEmpty {
            try bytes.require(8, of: rest, for: .icmpv6)
            let type = bytes[rest.lowerBound]
            let length = Int(bytes[rest.lowerBound + 1]) * 8
            guard length > 0 else {
                throw .invalid(.icmpv6, at: rest.lowerBound + 1, "option length", expected: "at least 1", seen: 0)
            }
            try bytes.require(length, of: rest, for: .icmpv6)
            options.append(Option(type: type, data: rest.lowerBound + 2..<rest.lowerBound + length))
            if type == 1 || type == 2 { linkAddress = bytes.mac(rest.lowerBound + 2) }
            rest = rest.lowerBound + length..<rest.upperBound
        }
    }

    var summary: String {
        switch kind {
        case .routerSolicitation: "router solicitation"
        case .routerAdvertisement: "router advertisement"
        case .neighbourSolicitation(let target): "neighbour solicitation for \(target)"
        case .neighbourAdvertisement(let target, _): "neighbour advertisement of \(target)"
        case .redirect(let target, let destination): "redirect of \(destination) to \(target)"
        }
    }
}
