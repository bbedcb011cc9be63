/// What stations of one link tell each other, and bridges don't pass on.
package enum LinkControl: Hashable, Sendable {
    case lldp(LLDP)
    case eapol(EAPOL)
    case slowProtocol(SlowProtocol)
    case pause(Pause)

    /// The type in the Ethernet header.
    package var type: EtherType {
        switch self {
        case .lldp: .lldp
        case .eapol: .eapol
        case .slowProtocol: .slowProtocol
        case .pause: .pause
        }
    }

    /// Returns the message and where it ends, or `nil` when the type is another.
    static func decode(
        _ bytes: Span<UInt8>,
        _ window: Range<Int>,
        _ type: EtherType
    ) throws(FrameDecodingError) -> (LinkControl, end: Int)? {
        switch type {
        case .lldp:
            let (message, end) = try LLDP.decode(bytes, window)
            return (.lldp(message), end)
        case .eapol:
            let (message, end) = try EAPOL.decode(bytes, window)
            return (.eapol(message), end)
        case .slowProtocol:
            let (message, end) = try SlowProtocol.decode(bytes, window)
            return (.slowProtocol(message), end)
        case .pause:
            let (message, end) = try Pause.decode(bytes, window)
            return (.pause(message), end)
        default: return nil
        }
    }

    var summary: String {
        switch self {
        case .lldp(let message): message.summary
        case .eapol(let message): message.summary
        case .slowProtocol(let message): message.summary
        case .pause(let message): message.summary
        }
    }
}

// MARK: - Pause

/// A message of MAC control (IEEE 802.3, annex 31): stop sending for a while.
package struct Pause: Hashable, Sendable {
    /// 1 is a pause of everything, 0x0101 one by priority.
    package let operation: UInt16
    /// For how long, in units of 512 bits; for each priority that is named, or once.
    package let quanta: [UInt16]

    static func decode(_ bytes: Span<UInt8>, _ window: Range<Int>) throws(FrameDecodingError) -> (Pause, Int) {
        try bytes.require(4, of: window, for: .pause)
        let start = window.lowerBound
        let operation = bytes.u16(start)
        switch operation {
        case 1: return (Pause(operation: operation, quanta: [bytes.u16(start + 2)]), start + 4)
        case 0x0101:
            try bytes.require(20, of: window, for: .pause)
            let named = (0..<8).filter { bytes.u16(start + 2) & (1 << UInt16($0)) != 0 }
            return (Pause(operation: operation, quanta: named.map { bytes.u16(start + 4 + 2 * $0) }), start + 20)
        default:
            throw .invalid(.pause, at: start, "operation", expected: "1 or 257", seen: operation)
        }
    }

    var summary: String { "pause for \(quanta.map { "\($0)" }.joined(separator: " "))" }
}

// MARK: - Slow protocols

/// The beginning of LACP and its like (IEEE 802.3, annex 57A); of LACP also the systems at both ends.
package struct SlowProtocol: Hashable, Sendable {
    /// 1 is LACP, 2 its marker, 3 link maintenance.
    package let subtype: UInt8
    package let version: UInt8
    /// The addresses of the sender's system and of the system that it believes at the other end; LACP only.
    package let actor: MACAddress?
    package let partner: MACAddress?

    static func decode(_ bytes: Span<UInt8>, _ window: Range<Int>) throws(FrameDecodingError) -> (SlowProtocol, Int) {
        try bytes.require(2, of: window, for: .slowProtocol)
        let start = window.lowerBound
        let (subtype, version) = (bytes[start], bytes[start + 1])
        guard subtype == 1 else {
            return (SlowProtocol(subtype: subtype, version: version, actor: nil, partner: nil), window.upperBound)
        }
        // Actor and partner are blocks of type 1 and 2, always 20 bytes long.
        try bytes.require(110, of: window, for: .slowProtocol)
        for (offset, block) in [(start + 2, 0x0114), (start + 22, 0x0214)] where bytes.u16(offset) != UInt16(block) {
            throw .invalid(
                .slowProtocol,
                at: offset,
                "block",
                expected: "type \(block >> 8) with 20 bytes",
                seen: "type \(bytes[offset]) with \(bytes[offset + 1])"
            )
        }
        return (
            SlowProtocol(
                subtype: subtype,
                version: version,
                actor: bytes.mac(start + 6),
                partner: bytes.mac(start + 26)
            ), start + 110
        )
    }

    var summary: String {
        let names: [UInt8: String] = [1: "LACP", 2: "LACP marker", 3: "link maintenance"]
        return (names[subtype] ?? "slow protocol \(subtype)") + (actor.map { " of system \($0)" } ?? "")
    }
}
