/// A message of ARP (RFC 826) or reverse ARP (RFC 903) for IPv4 over Ethernet.
package struct ARP: Hashable, Sendable {
    package enum Operation: UInt16, Hashable, Sendable {
        case request = 1
        case reply = 2
        case reverseRequest = 3
        case reverseReply = 4
    }

    package let operation: Operation
    package let senderHardware: MACAddress
    package let sender: IPv4Address
    package let targetHardware: MACAddress
    package let target: IPv4Address

    static let length = 28

    /// Whether it asks if an address is in use, before the guest takes it (RFC 5227).
    package var isProbe: Bool { operation == .request && sender == .unspecified }
    /// Whether it tells others of the guest's own address unasked (RFC 5227).
    package var isAnnouncement: Bool { operation.rawValue <= 2 && sender == target && sender != .unspecified }

    static func decode(
        _ bytes: Span<UInt8>,
        _ window: Range<Int>,
        reverse: Bool
    ) throws(FrameDecodingError) -> ARP {
        try bytes.require(length, of: window, for: .arp)
        let start = window.lowerBound
        let format = bytes.u64(start) >> 16
        guard format == 0x0001_0800_0604 else {
            let seen = "0x" + String(format, radix: 16)
            throw .invalid(.arp, at: start, "address format", expected: "IPv4 over Ethernet", seen: seen)
        }
        guard let operation = Operation(rawValue: bytes.u16(start + 6)), reverse == (operation.rawValue > 2) else {
            throw .invalid(
                .arp,
                at: start + 6,
                "operation",
                expected: reverse ? "3 or 4" : "1 or 2",
                seen: bytes.u16(start + 6)
            )
        }
        return ARP(
            operation: operation,
            senderHardware: bytes.mac(start + 8),
            sender: bytes.ipv4(start + 14),
            targetHardware: bytes.mac(start + 18),
            target: bytes.ipv4(start + 24)
        )
    }

    var summary: String {
        switch operation {
        case .request: "ARP who has \(target)? tell \(sender) at \(senderHardware)"
        case .reply: "ARP \(sender) is at \(senderHardware), told to \(target)"
        case .reverseRequest: "RARP who is \(targetHardware)? tell \(senderHardware)"
        case .reverseReply: "RARP \(targetHardware) is \(target), told by \(senderHardware)"
        }
    }
}
