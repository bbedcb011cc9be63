import PacketDecoding

/// Reads the allowed TCP streams from the guest in order, in bounded memory.
///
/// A guest's own tap shows its segments in order; the few that come too early wait for their turn. Whatever can't be
/// read in order makes the verdict doubtful, and is said so.
struct StreamFollower: Sendable {
    struct Limits: Sendable {
        var streams = 16_384
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

    private let limits: Limits
    private let search: IdentitySearch?
    private var streams: [FlowKey: FollowedStream] = [:]
    private var waitingBytes = 0

    init(search: IdentitySearch?, limits: Limits = Limits()) {
        self.search = search
        self.limits = limits
    }

    /// How many streams are followed at the moment.
    var count: Int { streams.count }

    /// Takes a segment of an allowed stream in.
    mutating func add(
        _ segment: TCP,
        _ bytes: Span<UInt8>,
        _ key: FlowKey,
        opensWith: EndpointRule.Opening
    ) -> Outcome {
        var outcome = Outcome()
        let isOpening = segment.flags.contains(.syn)
        let first = isOpening ? segment.sequence &+ 1 : segment.sequence
        // The index is looked up once, since this is done for every segment.
        guard let index = index(of: key, first: first, isOpening: isOpening, &outcome) else { return outcome }
        follow(segment, first: first, bytes, at: index, opensWith, &outcome)
        if segment.flags.contains(.rst) || segment.flags.contains(.fin) && streams.values[index].waiting.isEmpty {
            waitingBytes -= streams.values[index].waitingBytes
            // What is still repeated belongs to nothing new; it is searched as any frame is.
            if !streams.values[index].waiting.isEmpty { outcome.doubt = "a stream ended with a gap" }
            streams.remove(at: index)
        }
        return outcome
    }

    private mutating func index(
        of key: FlowKey,
        first: UInt32,
        isOpening: Bool,
        _ outcome: inout Outcome
    ) -> Dictionary<FlowKey, FollowedStream>.Index? {
        if let index = streams.index(forKey: key) {
            if isOpening, streams.values[index].next != first {
                // The ports are used again: the old stream is over.
                waitingBytes -= streams.values[index].waitingBytes
                streams.values[index] = FollowedStream(next: first, hasBeginning: true)
            }
            return index
        }
        guard streams.count < limits.streams else {
            outcome.doubt = "more than \(limits.streams) streams were open at a time, and not all could be followed"
            return nil
        }
        streams[key] = FollowedStream(next: first, hasBeginning: isOpening)
        return streams.index(forKey: key)
    }

    private mutating func follow(
        _ segment: TCP,
        first: UInt32,
        _ bytes: Span<UInt8>,
        at index: Dictionary<FlowKey, FollowedStream>.Index,
        _ opensWith: EndpointRule.Opening,
        _ outcome: inout Outcome
    ) {
        let payload = segment.payload
        guard !payload.isEmpty else { return }
        if opensWith == .tls, !streams.values[index].hasBeginning {
            outcome.flaw = Flaw(.tcpWithoutBeginning, "the stream has no beginning that could show what it is")
            return
        }
        let distance = Int(Int32(bitPattern: first &- streams.values[index].next))
        if distance == 0, streams.values[index].waiting.isEmpty {
            outcome.flaw = read(bytes, payload, &streams.values[index], opensWith)
        } else if distance <= 0 {
            if repeats(payload, bytes, distance: distance, streams.values[index]) == false {
                outcome.flaw = Flaw(.tcpConflict, "the segment holds other bytes than one before it for the same place")
            } else if -distance < payload.count {
                let fresh = payload.lowerBound - distance..<payload.upperBound
                outcome.flaw = read(bytes, fresh, &streams.values[index], opensWith)
            }
            readWaiting(at: index, opensWith, &outcome)
        } else {
            wait(bytes.copy(payload), from: first, at: index, opensWith, &outcome)
        }
    }

    // MARK: - Bytes in order

    private func read(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        _ stream: inout FollowedStream,
        _ opensWith: EndpointRule.Opening
    ) -> Flaw? {
        stream.next &+= UInt32(truncatingIfNeeded: range.count)
        let flaw = search.flatMap { secret(across: bytes, range, stream.tail, $0) }
        stream.tail.append(bytes, range)
        guard flaw == nil, opensWith == .tls else { return flaw }
        switch stream.records.add(bytes, range) {
        case .tcpOpening?: return Flaw(.tcpOpening, "the stream does not begin with a client's hello of TLS")
        case .some(let check): return Flaw(check, "the stream holds bytes outside of the records of TLS")
        case nil: return nil
        }
    }

    /// Looks for a secret that began in an earlier segment; one that this segment holds whole was looked for before.
    private func secret(
        across bytes: Span<UInt8>,
        _ range: Range<Int>,
        _ tail: StreamTail,
        _ search: IdentitySearch
    ) -> Flaw? {
        guard tail.count > 0 else { return nil }
        var joined = InlineArray<64, UInt8>(repeating: 0)
        for index in 0..<tail.count { joined[index] = tail[index] }
        let taken = min(range.count, StreamTail.capacity)
        for index in 0..<taken { joined[tail.count + index] = bytes[range.lowerBound + index] }
        guard let match = search.search.first(in: joined.span, 0..<tail.count + taken),
            match.range.upperBound > tail.count
        else { return nil }
        return Flaw(.secretAcrossSegments, search.flaw(of: match).reason + ", across the border of two segments")
    }

    /// Whether a repeated segment has the bytes that are known of its place; `nil` when none are.
    private func repeats(
        _ payload: Range<Int>,
        _ bytes: Span<UInt8>,
        distance: Int,
        _ stream: FollowedStream
    ) -> Bool? {
        // The newest bytes end where the next would begin.
        var isKnown = false
        for index in 0..<stream.tail.count {
            let offset = index - stream.tail.count - distance
            guard offset >= 0, offset < payload.count else { continue }
            isKnown = true
            if bytes[payload.lowerBound + offset] != stream.tail[index] { return false }
        }
        return isKnown ? true : nil
    }

    // MARK: - Bytes that came too early

    private mutating func wait(
        _ piece: [UInt8],
        from sequence: UInt32,
        at index: Dictionary<FlowKey, FollowedStream>.Index,
        _ opensWith: EndpointRule.Opening,
        _ outcome: inout Outcome
    ) {
        let cost = piece.count + 64
        streams.values[index].waiting.append((sequence, piece))
        streams.values[index].waitingBytes += cost
        waitingBytes += cost
        guard waitingBytes > limits.waitingBytes || streams.values[index].waitingBytes > limits.waitingBytesPerStream
        else { return }
        // Goes on behind the gap, which no verdict can be given on.
        outcome.doubt = "a stream has a gap"
        let earliest = streams.values[index].waiting.min { Int32(bitPattern: $0.sequence &- $1.sequence) < 0 }
        if let earliest { streams.values[index].next = earliest.sequence }
        readWaiting(at: index, opensWith, &outcome)
        waitingBytes -= streams.values[index].waitingBytes
        streams.values[index].waiting = []
        streams.values[index].waitingBytes = 0
    }

    private mutating func readWaiting(
        at index: Dictionary<FlowKey, FollowedStream>.Index,
        _ opensWith: EndpointRule.Opening,
        _ outcome: inout Outcome
    ) {
        while let turn = streams.values[index].waiting.firstIndex(where: {
            Int32(bitPattern: $0.sequence &- streams.values[index].next) <= 0
        }) {
            let piece = streams.values[index].waiting.remove(at: turn)
            streams.values[index].waitingBytes -= piece.bytes.count + 64
            waitingBytes -= piece.bytes.count + 64
            let known = Int(Int32(bitPattern: streams.values[index].next &- piece.sequence))
            guard known < piece.bytes.count else { continue }
            let flaw = read(piece.bytes.span, known..<piece.bytes.count, &streams.values[index], opensWith)
            outcome.flaw = outcome.flaw ?? flaw
        }
    }
}
