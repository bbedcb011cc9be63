/// Whom a frame is from and for, by its first header alone: what is wrong behind it does not matter.
package enum FrameEnds: Hashable, Sendable {
    case stations(source: MACAddress, destination: MACAddress)
    case hosts(source: IPAddress, destination: IPAddress)
    /// As the machine that captured it saw it.
    case cooked(LinuxCooked.Direction)

    /// Reads the header, or returns `nil` when it is not whole or none of the link's.
    package init?(of bytes: Span<UInt8>, as link: LinkType) {
        switch link {
        case .ethernet:
            guard bytes.count >= 12 else { return nil }
            self = .stations(source: bytes.mac(6), destination: bytes.mac(0))
        case .linuxCooked, .linuxCooked2:
            guard let direction = LinuxCooked.direction(of: bytes, as: link) else { return nil }
            self = .cooked(direction)
        default:
            // The four bytes of a loopback link tell nothing that the packet does not.
            let start = link == .null || link == .loop ? 4 : 0
            guard bytes.count > start else { return nil }
            switch bytes[start] >> 4 {
            case 4 where bytes.count >= start + IPv4Header.shortest:
                self = .hosts(source: .v4(bytes.ipv4(start + 12)), destination: .v4(bytes.ipv4(start + 16)))
            case 6 where bytes.count >= start + IPv6.headerLength:
                self = .hosts(source: .v6(bytes.ipv6(start + 8)), destination: .v6(bytes.ipv6(start + 24)))
            default: return nil
            }
        }
    }
}
