import PacketDecoding

/// What is wrong with a frame of a rule's kind.
struct Flaw: Hashable, Sendable {
    let check: LeakCheck
    /// What is wrong, as a clause.
    let reason: String

    init(_ check: LeakCheck, _ reason: String) {
        (self.check, self.reason) = (check, reason)
    }
}

/// What a rule says of a frame.
enum RuleVerdict: Equatable {
    /// The frame is none of the rule's business.
    case unconcerned
    case allowed
    /// The frame is of the rule's kind, but not as the rule wants it.
    case broken(Flaw)

    /// The verdict on a frame of the rule's kind.
    init(_ flaw: Flaw?) {
        self = flaw.map { .broken($0) } ?? .allowed
    }
}

// MARK: - What all rules ask for

/// Returns what is wrong with the link's part of a frame, or `nil`.
func flawOfLink(_ frame: DecodedFrame) -> Flaw? {
    if !frame.link.tags.isEmpty {
        return Flaw(.vlanTag, "the frame has a VLAN tag")
    }
    return flawOfTrailer(isZero: frame.trailerIsZero)
}

/// Returns what is wrong with the bytes behind a packet, or `nil`.
func flawOfTrailer(isZero: Bool) -> Flaw? {
    isZero ? nil : Flaw(.padding, "the padding behind the packet is not zero")
}

/// Returns what is wrong with the header of an IPv4 packet, or `nil`.
///
/// Each of these is a place to hide bytes, or a way to be read differently by the next router. A fragment never comes
/// so far: no rule is about one, since its ports can't be known.
func flawOfHeader(_ packet: IPv4Header, mayHaveOptions: Bool = false) -> Flaw? {
    if packet.hasOptions, !mayHaveOptions { return Flaw(.ipv4Options, "the packet has IP options") }
    if packet.reservedFlag { return Flaw(.ipv4ReservedFlag, "the reserved flag of the IP header is set") }
    if !packet.checksum.isCorrect { return Flaw(.ipv4Checksum, "the IP header's checksum is wrong") }
    return nil
}

/// Returns what is wrong with the headers around a transport, or `nil`.
func flawOfPacket(_ packet: IPv4, in frame: DecodedFrame, mayHaveOptions: Bool = false) -> Flaw? {
    flawOfLink(frame) ?? flawOfHeader(packet.header, mayHaveOptions: mayHaveOptions)
}

/// Returns what is wrong with the headers of an IPv6 packet, or `nil`.
func flawOfPacket(
    _ packet: IPv6,
    in frame: DecodedFrame,
    extensions: NumberList = []
) -> Flaw? {
    if let flaw = flawOfLink(frame) { return flaw }
    if packet.extensions != extensions {
        return Flaw(
            .ipv6Extension,
            "the packet has the extension headers \(packet.extensions.map { "\($0)" }.joined(separator: " "))"
        )
    }
    // RFC 2464, section 7: a group's frames go to the station that its address names.
    let low = UInt64(UInt32(truncatingIfNeeded: packet.destination.low))
    guard let station = frame.link.destination else { return nil }
    let isRight =
        packet.destination.isMulticast ? station.rawValue == 0x3333_0000_0000 | low : !station.isMulticast
    return isRight ? nil : Flaw(.ipv6Station, "the frame for \(packet.destination) goes to \(station)")
}
