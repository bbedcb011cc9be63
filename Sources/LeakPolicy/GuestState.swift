import ApplicationDecoding
import PacketDecoding

/// What the judge learned of the guest from the frames so far, those to it included; its size does not grow.
struct GuestState: Sendable {
    /// The address that the server gave the guest last.
    private(set) var lease: IPv4Address?
    /// What the guest is doing; `nil` until someone says so.
    var phase: Phase?
    /// The solicited-node groups that the guest told of.
    private var solicitedGroups: Set<UInt32> = []

    /// A host has a handful of addresses, and one group for each.
    private static let mostSolicitedGroups = 8

    /// Learns from a frame to the guest.
    mutating func receive(_ bytes: Span<UInt8>, as link: LinkType, gateway: IPv4Address) {
        guard !link.isEthernet || Self.mayTell(bytes),
            let frame = try? decode(bytes, as: link), case .ipv4(let packet) = frame.content, packet.source == gateway,
            case .dhcpv4(let message) = Application.decode(frame, bytes)
        else { return }
        switch message.messageType {
        case .acknowledge where message.yourAddress != .unspecified: lease = message.yourAddress
        case .refuse: lease = nil
        default: break
        }
    }

    /// Whether a frame of Ethernet is worth a look: a datagram of IPv4 without options to port 68, as most are not.
    private static func mayTell(_ bytes: Span<UInt8>) -> Bool {
        bytes.count > 42 && bytes.u16(12) == 0x0800 && bytes[14] == 0x45 && bytes[23] == 17 && bytes.u16(36) == 68
    }

    /// Learns that the guest gave its address back.
    mutating func released() { lease = nil }

    /// Whether the guest may tell of a solicited-node group, which it makes from the end of an address.
    mutating func join(solicitedGroup number: UInt32) -> Bool {
        if solicitedGroups.contains(number) { return true }
        guard solicitedGroups.count < Self.mostSolicitedGroups else { return false }
        solicitedGroups.insert(number)
        return true
    }
}
