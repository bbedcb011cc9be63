package import PacketDecoding

/// What tells the fragments of one packet from all others.
package struct FragmentedPacket: Hashable, Sendable {
    package let source: IPAddress
    package let destination: IPAddress
    package let identification: UInt32
    package let `protocol`: IPProtocol
}

/// Something about fragments that no plain system does, or that kept a packet from being put together.
package enum FragmentFinding: Hashable, Sendable {
    /// Two fragments give bytes for the same place; which of them counts depends on who reads.
    case overlap(FragmentedPacket, at: Int, sameBytes: Bool)
    /// A fragment that is not the last has a length that is no multiple of eight.
    case unevenLength(FragmentedPacket, length: Int)
    /// Two fragments say that they are the last, or bytes lie behind the last.
    case conflictingEnd(FragmentedPacket, ends: [Int])
    /// The packet would be longer than any can be.
    case tooLong(FragmentedPacket, length: Int)
    /// The first fragment is too short for the transport's ports.
    case tinyFirst(FragmentedPacket, length: Int)
    /// The packet has more fragments than are kept.
    case tooMany(FragmentedPacket, fragments: Int)
    /// The packet was given up, for others needed its room.
    case evicted(FragmentedPacket, fragments: Int, bytes: Int)
    /// The packet was not complete when all was over.
    case incomplete(FragmentedPacket, fragments: Int, bytes: Int)

    /// The packet that it is about.
    package var packet: FragmentedPacket {
        switch self {
        case .overlap(let packet, _, _), .unevenLength(let packet, _), .conflictingEnd(let packet, _),
            .tooLong(let packet, _), .tinyFirst(let packet, _), .tooMany(let packet, _), .evicted(let packet, _, _),
            .incomplete(let packet, _, _):
            packet
        }
    }

    /// What is wrong, as a clause.
    package var reason: String {
        switch self {
        case .overlap(_, let offset, true): "two fragments hold the same bytes at \(offset)"
        case .overlap(_, let offset, false): "two fragments hold different bytes at \(offset)"
        case .unevenLength(_, let length): "a fragment that is not the last has \(length) bytes, no multiple of 8"
        case .conflictingEnd(_, let ends):
            "the fragments end at \(ends.map { "\($0)" }.joined(separator: " and at "))"
        case .tooLong(_, let length): "the fragments reach to byte \(length), beyond the longest packet"
        case .tinyFirst(_, let length): "the first fragment has only \(length) bytes, too few for a transport's header"
        case .tooMany(_, let fragments): "the packet has more than \(fragments) fragments"
        case .evicted(_, let fragments, let bytes):
            "\(fragments) fragments with \(bytes) bytes were given up, for others needed their room"
        case .incomplete(_, let fragments, let bytes):
            "\(fragments) fragments with \(bytes) bytes never became a whole packet"
        }
    }
}
