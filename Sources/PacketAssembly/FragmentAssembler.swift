package import PacketDecoding

/// Puts packets together from their fragments, in bounded memory.
///
/// Overlapping fragments end a packet's assembly (RFC 5722), since two readers could read two packets; only an exact
/// repetition of a fragment is passed over. Whatever is odd or lost is a finding.
package struct FragmentAssembler: Sendable {
    package struct Limits: Hashable, Sendable {
        /// Packets that wait for fragments at a time.
        package var packets = 64
        /// Bytes of all of them.
        package var bytes = 1 << 20
        package var fragmentsPerPacket = 64

        package init() {}
    }

    /// What a fragment led to.
    package struct Outcome: Hashable, Sendable {
        /// The whole packet, to be decoded as ``LinkType/raw``, if the fragment was the one that was missing.
        package internal(set) var packet: [UInt8]?
        package internal(set) var findings: [FragmentFinding] = []
    }

    private struct Partial {
        /// The pieces in the order of their offsets; no two of them overlap.
        var pieces: [(offset: Int, bytes: [UInt8])] = []
        /// The headers of the first fragment.
        var header: [UInt8] = []
        var end: Int?
        var byteCount = 0
        /// Whether it was given up; its other fragments are then passed over.
        var isGivenUp = false

        var isComplete: Bool { end == byteCount && !header.isEmpty }
    }

    /// A fragment in the terms that both versions share.
    private struct Piece {
        let packet: FragmentedPacket
        let offset: Int
        let isLast: Bool
        let payload: Range<Int>
        let header: Range<Int>
        var end: Int { offset + payload.count }
    }

    private let limits: Limits
    private var partials: RecentTable<FragmentedPacket, Partial>
    /// The bytes that are kept at the moment.
    package private(set) var byteCount = 0

    package init(limits: Limits = Limits()) {
        self.limits = limits
        partials = RecentTable(capacity: max(1, limits.packets), blank: Partial())
    }

    /// Takes a frame in, and returns `nil` when it holds no fragment.
    package mutating func add(_ frame: DecodedFrame, _ bytes: Span<UInt8>) -> Outcome? {
        switch frame.content {
        case .ipv4(let packet) where packet.header.isFragment: add(Self.piece(packet), bytes, isIPv6: false)
        case .ipv6(let packet) where packet.isFragment: Self.piece(packet).map { add($0, bytes, isIPv6: true) }
        default: nil
        }
    }

    /// Says which packets never became whole, and forgets them.
    package mutating func finish() -> [FragmentFinding] {
        let findings = partials.oldestFirst.compactMap { packet, partial -> FragmentFinding? in
            partial.isGivenUp
                ? nil : .incomplete(packet, fragments: partial.pieces.count, bytes: partial.byteCount)
        }
        self = FragmentAssembler(limits: limits)
        return findings
    }

    // MARK: - Pieces

    private static func piece(_ packet: IPv4) -> Piece {
        Piece(
            packet: FragmentedPacket(
                source: .v4(packet.source),
                destination: .v4(packet.destination),
                identification: UInt32(packet.header.identification),
                protocol: packet.protocol
            ),
            offset: packet.header.fragmentOffset,
            isLast: !packet.header.moreFragments,
            payload: packet.header.payload,
            header: packet.header.start..<packet.header.payload.lowerBound
        )
    }

    private static func piece(_ packet: IPv6) -> Piece? {
        packet.fragment.map { fragment in
            Piece(
                packet: FragmentedPacket(
                    source: .v6(packet.source),
                    destination: .v6(packet.destination),
                    identification: fragment.identification,
                    // Not part of what tells packets apart (RFC 8200, section 4.5): the first fragment's counts.
                    protocol: .none
                ),
                offset: fragment.offset,
                isLast: !fragment.moreFragments,
                payload: fragment.header.upperBound..<packet.start + IPv6.headerLength + packet.payloadLength,
                header: packet.start..<fragment.header.upperBound
            )
        }
    }

    private mutating func add(_ piece: Piece, _ bytes: Span<UInt8>, isIPv6: Bool) -> Outcome {
        var outcome = Outcome()
        let place: Int
        if let known = partials.place(of: piece.packet) {
            place = known
        } else {
            let (made, evicted) = partials.insert(piece.packet, Partial())
            if let evicted { giveUp(evicted.0, evicted.1, &outcome) }
            place = made
        }
        if partials[place].isGivenUp { return outcome }
        if let flaw = flaw(of: piece, bytes, in: partials[place]) {
            outcome.findings.append(flaw)
            // A repeated fragment changes nothing; whatever else is wrong leaves no packet that all would read alike.
            release(place)
            return outcome
        }
        if Self.isRepetition(piece, bytes, of: partials[place]) { return outcome }
        if piece.offset == 0, piece.payload.count < 8, !piece.isLast {
            outcome.findings.append(.tinyFirst(piece.packet, length: piece.payload.count))
        }
        insert(piece, bytes, at: place)
        if partials[place].isComplete, let partial = partials.remove(piece.packet) {
            byteCount -= partial.byteCount + partial.header.count
            outcome.packet = Self.join(partial, isIPv6: isIPv6)
        }
        while byteCount > limits.bytes, let (packet, partial) = partials.removeOldest() {
            giveUp(packet, partial, &outcome)
        }
        return outcome
    }

    private mutating func insert(_ piece: Piece, _ bytes: Span<UInt8>, at place: Int) {
        let data = bytes.copy(piece.payload)
        let header = piece.offset == 0 ? bytes.copy(piece.header) : []
        let index = partials[place].pieces.firstIndex { $0.offset > piece.offset } ?? partials[place].pieces.count
        partials[place].pieces.insert((piece.offset, data), at: index)
        partials[place].byteCount += data.count
        if piece.offset == 0 { partials[place].header = header }
        if piece.isLast { partials[place].end = piece.end }
        byteCount += data.count + header.count
    }

    /// Keeps no more than that the packet was given up.
    private mutating func release(_ place: Int) {
        byteCount -= partials[place].byteCount + partials[place].header.count
        partials[place] = Partial(isGivenUp: true)
    }

    private mutating func giveUp(_ packet: FragmentedPacket, _ partial: Partial, _ outcome: inout Outcome) {
        byteCount -= partial.byteCount + partial.header.count
        guard !partial.isGivenUp else { return }
        outcome.findings.append(.evicted(packet, fragments: partial.pieces.count, bytes: partial.byteCount))
    }

    // MARK: - Flaws

    private static let longestPacket = 65_535

    private func flaw(of piece: Piece, _ bytes: Span<UInt8>, in partial: Partial) -> FragmentFinding? {
        if piece.end > Self.longestPacket { return .tooLong(piece.packet, length: piece.end) }
        if !piece.isLast, piece.payload.count % 8 != 0 {
            return .unevenLength(piece.packet, length: piece.payload.count)
        }
        if Self.isRepetition(piece, bytes, of: partial) { return nil }
        if partial.pieces.count >= limits.fragmentsPerPacket {
            return .tooMany(piece.packet, fragments: limits.fragmentsPerPacket)
        }
        if let end = partial.end, piece.isLast ? piece.end != end : piece.end > end {
            return .conflictingEnd(piece.packet, ends: [end, piece.end])
        }
        if piece.isLast, let last = partial.pieces.last, last.offset + last.bytes.count > piece.end {
            return .conflictingEnd(piece.packet, ends: [last.offset + last.bytes.count, piece.end])
        }
        for other in partial.pieces {
            guard other.offset < piece.end, piece.offset < other.offset + other.bytes.count else { continue }
            let shared = max(other.offset, piece.offset)..<min(other.offset + other.bytes.count, piece.end)
            let isSame = shared.allSatisfy {
                other.bytes[$0 - other.offset] == bytes[piece.payload.lowerBound + $0 - piece.offset]
            }
            return .overlap(piece.packet, at: shared.lowerBound, sameBytes: isSame)
        }
        return nil
    }

    private static func isRepetition(_ piece: Piece, _ bytes: Span<UInt8>, of partial: Partial) -> Bool {
        partial.pieces.contains { $0.offset == piece.offset && $0.bytes == bytes.copy(piece.payload) }
            && (partial.end == piece.end) == piece.isLast
    }

    // MARK: - The whole packet

    private static func join(_ partial: Partial, isIPv6: Bool) -> [UInt8]? {
        let payload = partial.pieces.flatMap(\.bytes)
        return isIPv6 ? joinIPv6(partial.header, payload) : joinIPv4(partial.header, payload)
    }

    private static func joinIPv4(_ header: [UInt8], _ payload: [UInt8]) -> [UInt8]? {
        guard let length = UInt16(exactly: header.count + payload.count) else { return nil }
        var packet = header + payload
        packet.put(length, at: 2)
        // Not a fragment any more; whether it may be fragmented stays.
        packet.put(UInt16(packet[6] & 0xc0) << 8, at: 6)
        packet.put(0, at: 10)
        packet.put(InternetSum.checksum(packet.span, 0..<header.count), at: 10)
        return packet
    }

    private static func joinIPv6(_ headers: [UInt8], _ payload: [UInt8]) -> [UInt8]? {
        // The last eight bytes are the fragment header, whose type the header before it then has.
        let kept = headers.count - 8
        guard let length = UInt16(exactly: kept - IPv6.headerLength + payload.count) else { return nil }
        var packet = Array(headers[..<kept]) + payload
        packet.put(length, at: 4)
        var (field, offset) = (6, IPv6.headerLength)
        while offset < kept {
            field = offset
            offset += (Int(packet[offset + 1]) + 1) * 8
        }
        packet[field] = headers[kept]
        return packet
    }
}

extension [UInt8] {
    fileprivate mutating func put(_ number: UInt16, at offset: Int) {
        self[offset] = UInt8(number >> 8)
        self[offset + 1] = UInt8(number & 0xff)
    }
}
