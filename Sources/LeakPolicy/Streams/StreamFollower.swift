import PacketDecoding

/// Reads the allowed TCP streams from the guest in order, in bounded memory.
///
/// A guest's own tap shows its segments in order; the few that come too early wait for their turn. Whatever can't be
/// read in order makes the verdict doubtful, and is said so.
struct StreamFollower: Sendable {
    struct Limits: Sendable {
        /// Bytes that wait for earlier ones, of all streams and of each; a piece counts as 64 more.
        var waitingBytes = 4 << 20
        var waitingBytesPerStream = 256 << 10
    }

    /// What a segment led to.
    struct Outcome {
        var flaw: Flaw?
        /// Why it can't be said that the stream is harmless.
        var doubt: String?
    }

    private struct Waiting {
        /// What came too early, in the order of arrival.
        var pieces: [(sequence: UInt32, bytes: [UInt8])] = []
        var cost = 0
    }

    private let limits: Limits
    private let search: IdentitySearch?
    /// Streams by the place of their flow, as far as they were met.
    private var streams: [FollowedStream] = []
    /// By the same places.
    private var waiting: [Int: Waiting] = [:]
    private var waitingCost = 0

    init(search: IdentitySearch?, limits: Limits = Limits()) {
        self.search = search
        self.limits = limits
    }

    /// Takes a segment of an allowed stream in; `nil` is the place of a flow that is one too many.
    mutating func add(
        _ segment: TCP,
        _ bytes: Span<UInt8>,
        at place: Int?,
        opensWith: EndpointRule.Opening
    ) -> Outcome {
        guard let place else {
            return Outcome(doubt: "there were more than \(FlowRecords.mostFollowed) flows, and not all were followed")
        }
        while streams.count <= place { streams.append(.unmet) }
        let isOpening = segment.flags.has(.opens)
        let first = isOpening ? segment.sequence &+ 1 : segment.sequence
        var outcome = Outcome()
        if !streams[place].isMet || isOpening && streams[place].next != first {
            // A second opening: the ports are used again, and the old stream is over.
            if dropWaiting(place) { outcome.doubt = Self.gap }
            streams[place] = FollowedStream(next: first, hasBeginning: isOpening)
        }
        follow(segment, first: first, bytes, at: place, opensWith, &outcome)
        // What is known of the stream stays: its last bytes may be repeated after its end.
        if segment.flags.has(.resets), dropWaiting(place) { outcome.doubt = Self.gap }
        return outcome
    }

    private static let gap = "a stream ended with a gap"

    /// Why it can't be said that the streams are harmless, now that there are no more frames.
    var doubt: String? { waiting.isEmpty ? nil : Self.gap }

    /// Gives up what came too early, and says whether there was any.
    private mutating func dropWaiting(_ place: Int) -> Bool {
        guard let rest = waiting.removeValue(forKey: place) else { return false }
        waitingCost -= rest.cost
        streams[place].isWaiting = false
        return true
    }

    private mutating func follow(
        _ segment: TCP,
        first: UInt32,
        _ bytes: Span<UInt8>,
        at place: Int,
        _ opensWith: EndpointRule.Opening,
        _ outcome: inout Outcome
    ) {
        let payload = segment.payload
        guard !payload.isEmpty else { return }
        if opensWith == .tls, !streams[place].hasBeginning {
            outcome.flaw = Flaw(.tcpWithoutBeginning, "the stream has no beginning that could show what it is")
            return
        }
        let distance = Int(Int32(bitPattern: first &- streams[place].next))
        if distance > 0 {
            wait(bytes.copy(payload), from: first, at: place, opensWith, &outcome)
            return
        }
        if distance < 0, differs(payload, bytes, distance: distance, from: streams[place].tail) {
            outcome.flaw = Flaw(.tcpConflict, "the segment holds other bytes than one before it for the same place")
            return
        }
        if -distance < payload.count {
            outcome.flaw = read(bytes, payload.lowerBound - distance..<payload.upperBound, at: place, opensWith)
        }
        if streams[place].isWaiting { readWaiting(at: place, opensWith, &outcome) }
    }

    // MARK: - Bytes in order

    private mutating func read(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        at place: Int,
        _ opensWith: EndpointRule.Opening
    ) -> Flaw? {
        let tail = streams[place].tail
        let broken = streams[place].add(bytes, range, areRecords: opensWith == .tls)
        if tail.count > 0, let flaw = secret(across: bytes, range, tail) { return flaw }
        switch broken {
        case .tcpOpening?: return Flaw(.tcpOpening, "the stream does not begin with a client's hello of TLS")
        case .some(let check): return Flaw(check, "the stream holds bytes outside of the records of TLS")
        case nil: return nil
        }
    }

    /// Looks for a secret that began in an earlier segment; one that this segment holds whole was looked for before.
    private func secret(across bytes: Span<UInt8>, _ range: Range<Int>, _ tail: StreamTail) -> Flaw? {
        guard let search else { return nil }
        let taken = min(range.count, StreamTail.capacity)
        let joined = tail.joined(with: bytes, range.lowerBound..<range.lowerBound + taken)
        guard let match = search.search.first(in: joined, 32 - tail.count..<32 + taken), match.range.upperBound > 32
        else { return nil }
        return Flaw(.secretAcrossSegments, search.flaw(of: match).reason + ", across the border of two segments")
    }

    /// Whether a repeated segment has other bytes than those that are known of its place.
    private func differs(_ payload: Range<Int>, _ bytes: Span<UInt8>, distance: Int, from tail: StreamTail) -> Bool {
        for index in 0..<tail.count {
            // The newest of them ends where the next byte would begin.
            let offset = index - tail.count - distance
            if offset >= 0, offset < payload.count, bytes[payload.lowerBound + offset] != tail[index] { return true }
        }
        return false
    }

    // MARK: - Bytes that came too early

    private mutating func wait(
        _ piece: [UInt8],
        from sequence: UInt32,
        at place: Int,
        _ opensWith: EndpointRule.Opening,
        _ outcome: inout Outcome
    ) {
        let cost = piece.count + 64
        var pieces = waiting[place] ?? Waiting()
        waiting[place] = nil
        pieces.pieces.append((sequence, piece))
        pieces.cost += cost
        let isFull = pieces.cost > limits.waitingBytesPerStream || waitingCost + cost > limits.waitingBytes
        let earliest = pieces.pieces.min { Int32(bitPattern: $0.sequence &- $1.sequence) < 0 }
        waiting[place] = pieces
        waitingCost += cost
        streams[place].isWaiting = true
        guard isFull, let earliest else { return }
        // Goes on behind the gap, of which no verdict can be given.
        outcome.doubt = "a stream has a gap"
        streams[place].next = earliest.sequence
        readWaiting(at: place, opensWith, &outcome)
    }

    private mutating func readWaiting(
        at place: Int,
        _ opensWith: EndpointRule.Opening,
        _ outcome: inout Outcome
    ) {
        guard var pieces = waiting.removeValue(forKey: place) else { return }
        waitingCost -= pieces.cost
        while true {
            let next = streams[place].next
            guard let turn = pieces.pieces.firstIndex(where: { Int32(bitPattern: $0.sequence &- next) <= 0 }) else {
                break
            }
            let piece = pieces.pieces.remove(at: turn)
            pieces.cost -= piece.bytes.count + 64
            let known = Int(Int32(bitPattern: next &- piece.sequence))
            guard known < piece.bytes.count else { continue }
            let flaw = read(piece.bytes.span, known..<piece.bytes.count, at: place, opensWith)
            outcome.flaw = outcome.flaw ?? flaw
        }
        streams[place].isWaiting = !pieces.pieces.isEmpty
        guard !pieces.pieces.isEmpty else { return }
        waiting[place] = pieces
        waitingCost += pieces.cost
    }
}
