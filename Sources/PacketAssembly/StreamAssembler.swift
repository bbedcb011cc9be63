package import PacketDecoding

/// One direction of a TCP connection.
package struct StreamKey: Hashable, Sendable {
    package let source: Endpoint
    package let destination: Endpoint

    package init(source: Endpoint, destination: Endpoint) {
        (self.source, self.destination) = (source, destination)
    }
}

/// Something about a stream that kept it from being read as its receiver reads it.
package enum StreamFinding: Hashable, Sendable {
    /// Two segments give different bytes for the same place.
    case conflict(StreamKey, at: Int)
    /// Bytes never came, or had to be given up, so that the stream goes on behind a gap.
    case gap(StreamKey, at: Int, bytes: Int)
    /// The stream was forgotten, for others needed its room; bytes of it waited for earlier ones.
    case evicted(StreamKey, waiting: Int)

    package var stream: StreamKey {
        switch self {
        case .conflict(let stream, _), .gap(let stream, _, _), .evicted(let stream, _): stream
        }
    }

    /// What is wrong, as a clause.
    package var reason: String {
        switch self {
        case .conflict(_, let offset): "two segments hold different bytes at \(offset) of the stream"
        case .gap(_, let offset, let bytes): "\(bytes) bytes at \(offset) of the stream are missing"
        case .evicted(_, let waiting):
            "the stream was given up, for others needed its room, with \(waiting) bytes waiting for earlier ones"
        }
    }
}

/// Puts the bytes of TCP streams in order, in bounded memory.
///
/// Bytes that come in order are not copied but for the beginning of a stream, which is kept to tell what it carries;
/// only those that come too early are kept until their turn. A stream that is met in its middle begins there.
package struct StreamAssembler: Sendable {
    package struct Limits: Hashable, Sendable {
        /// Streams that are followed at a time.
        package var streams = 4_096
        /// Bytes that wait for earlier ones, of all streams; each piece counts as 64 more, for what it takes to keep it.
        package var waitingBytes = 4 << 20
        package var waitingBytesPerStream = 256 << 10
        /// How much of each stream's beginning is kept.
        package var headBytes = 2_048

        package init() {}
    }

    /// What a segment added to its stream.
    package struct Progress: Hashable, Sendable {
        /// Where in the stream the new bytes begin.
        package internal(set) var offset: Int
        /// Which of the frame's bytes are new and in order.
        package internal(set) var inOrder: Range<Int>
        /// The bytes that follow them and came earlier.
        package internal(set) var following: [UInt8] = []
        /// Whether the stream is over.
        package internal(set) var isOver = false
        package internal(set) var findings: [StreamFinding] = []
    }

    private struct Stream {
        /// The number of the next byte in order.
        var next: UInt32
        /// How many bytes came in order.
        var length = 0
        var head: [UInt8] = []
        /// The bytes that came too early, by their place in the stream, in order and without overlaps.
        var waiting: [(offset: Int, bytes: [UInt8])] = []
        var waitingBytes = 0
        /// Where the stream ends, if that was said.
        var end: Int?
    }

    private let limits: Limits
    private var streams: RecentTable<StreamKey, Stream>
    /// What waits for earlier bytes, as the limits count it.
    package private(set) var waitingBytes = 0

    package init(limits: Limits = Limits()) {
        self.limits = limits
        streams = RecentTable(capacity: max(1, limits.streams), blank: Stream(next: 0))
    }

    /// The beginning of a stream, as far as it came in order and is kept.
    package mutating func head(of key: StreamKey) -> [UInt8] {
        streams.place(of: key).map { streams[$0].head } ?? []
    }

    /// Takes a segment in.
    package mutating func add(_ segment: TCP, _ bytes: Span<UInt8>, in key: StreamKey) -> Progress {
        var progress = Progress(offset: 0, inOrder: segment.payload.lowerBound..<segment.payload.lowerBound)
        let first = segment.flags.contains(.syn) ? segment.sequence &+ 1 : segment.sequence
        let place: Int
        if let known = streams.place(of: key) {
            place = known
            if segment.flags.contains(.syn), streams[place].next != first, streams[place].length > 0 {
                // The ports are used again: the old stream is over.
                drop(place, &progress, key)
                streams[place] = Stream(next: first)
            }
        } else {
            let (made, evicted) = streams.insert(key, Stream(next: first))
            if let evicted { forget(evicted.0, evicted.1, &progress) }
            place = made
        }
        progress.offset = streams[place].length
        let distance = Int(Int32(bitPattern: first &- streams[place].next))
        let start = streams[place].length + distance
        if segment.flags.contains(.fin) { streams[place].end = start + segment.payload.count }
        if !segment.payload.isEmpty { take(segment.payload, from: start, bytes, place, key, &progress) }
        while streams[place].waitingBytes > limits.waitingBytesPerStream { skip(place, key, &progress) }
        progress.isOver =
            segment.flags.contains(.rst) || streams[place].end.map { $0 <= streams[place].length } ?? false
        if progress.isOver {
            drop(place, &progress, key)
            streams.remove(key)
        }
        while waitingBytes > limits.waitingBytes, let (key, stream) = streams.removeOldest() {
            forget(key, stream, &progress)
        }
        return progress
    }

    // MARK: - Bytes

    private mutating func take(
        _ payload: Range<Int>,
        from start: Int,
        _ bytes: Span<UInt8>,
        _ place: Int,
        _ key: StreamKey,
        _ progress: inout Progress
    ) {
        let length = streams[place].length
        compareWithHead(payload, from: start, bytes, place, key, &progress)
        guard start + payload.count > length else { return }
        if start > length {
            keep(payload, from: start, bytes, place, key, &progress)
            return
        }
        let new = payload.lowerBound + (length - start)..<payload.upperBound
        progress.inOrder = new
        advance(place, by: new.count) { room in bytes.copy(new.prefix(room)) }
        guard !streams[place].waiting.isEmpty else { return }
        compareWithWaiting(payload, from: start, bytes, place, key, &progress)
        takeWaiting(place, &progress)
    }

    /// Moves the end of what came in order, and adds to the head while there is room.
    private mutating func advance(_ place: Int, by count: Int, _ copy: (Int) -> [UInt8]) {
        let room = limits.headBytes - streams[place].head.count
        if room > 0, streams[place].length == streams[place].head.count { streams[place].head += copy(room) }
        streams[place].length += count
        streams[place].next &+= UInt32(truncatingIfNeeded: count)
    }

    private mutating func takeWaiting(_ place: Int, _ progress: inout Progress) {
        while let first = streams[place].waiting.first, first.offset <= streams[place].length {
            streams[place].waiting.removeFirst()
            streams[place].waitingBytes -= Self.cost(of: first.bytes)
            waitingBytes -= Self.cost(of: first.bytes)
            let fresh = first.bytes.dropFirst(streams[place].length - first.offset)
            progress.following += fresh
            advance(place, by: fresh.count) { room in Array(fresh.prefix(room)) }
        }
    }

    /// Keeps those of the bytes that no segment gave before.
    private mutating func keep(
        _ payload: Range<Int>,
        from start: Int,
        _ bytes: Span<UInt8>,
        _ place: Int,
        _ key: StreamKey,
        _ progress: inout Progress
    ) {
        compareWithWaiting(payload, from: start, bytes, place, key, &progress)
        var position = start
        let end = start + payload.count
        var pieces: [(offset: Int, bytes: [UInt8])] = []
        func fresh(upTo border: Int) {
            guard position < border else { return }
            let from = payload.lowerBound + position - start
            pieces.append((position, bytes.copy(from..<from + border - position)))
        }
        for other in streams[place].waiting {
            guard position < end else { break }
            fresh(upTo: min(other.offset, end))
            position = max(position, min(other.offset + other.bytes.count, end))
        }
        fresh(upTo: end)
        for piece in pieces {
            let index = streams[place].waiting.firstIndex { $0.offset > piece.offset } ?? streams[place].waiting.count
            streams[place].waiting.insert(piece, at: index)
            streams[place].waitingBytes += Self.cost(of: piece.bytes)
            waitingBytes += Self.cost(of: piece.bytes)
        }
    }

    private static func cost(of bytes: [UInt8]) -> Int { bytes.count + 64 }

    // MARK: - Conflicts

    private func compareWithHead(
        _ payload: Range<Int>,
        from start: Int,
        _ bytes: Span<UInt8>,
        _ place: Int,
        _ key: StreamKey,
        _ progress: inout Progress
    ) {
        guard start < streams[place].head.count else { return }
        let head = streams[place].head
        for offset in max(0, start)..<max(0, start, min(head.count, start + payload.count))
        where head[offset] != bytes[payload.lowerBound + offset - start] {
            progress.findings.append(.conflict(key, at: offset))
            return
        }
    }

    private func compareWithWaiting(
        _ payload: Range<Int>,
        from start: Int,
        _ bytes: Span<UInt8>,
        _ place: Int,
        _ key: StreamKey,
        _ progress: inout Progress
    ) {
        let end = start + payload.count
        for other in streams[place].waiting where other.offset < end && start < other.offset + other.bytes.count {
            for offset in max(start, other.offset)..<min(end, other.offset + other.bytes.count)
            where other.bytes[offset - other.offset] != bytes[payload.lowerBound + offset - start] {
                progress.findings.append(.conflict(key, at: offset))
                return
            }
        }
    }

    // MARK: - Losses

    /// Goes on behind the first gap.
    private mutating func skip(_ place: Int, _ key: StreamKey, _ progress: inout Progress) {
        guard let first = streams[place].waiting.first else { return }
        let (length, missing) = (streams[place].length, first.offset - streams[place].length)
        progress.findings.append(.gap(key, at: length, bytes: missing))
        streams[place].length += missing
        streams[place].next &+= UInt32(truncatingIfNeeded: missing)
        if progress.inOrder.isEmpty, progress.following.isEmpty { progress.offset = streams[place].length }
        takeWaiting(place, &progress)
    }

    private mutating func drop(_ place: Int, _ progress: inout Progress, _ key: StreamKey) {
        guard let first = streams[place].waiting.first else { return }
        let length = streams[place].length
        progress.findings.append(.gap(key, at: length, bytes: first.offset - length))
        waitingBytes -= streams[place].waitingBytes
        streams[place].waiting = []
        streams[place].waitingBytes = 0
    }

    private mutating func forget(_ key: StreamKey, _ stream: Stream, _ progress: inout Progress) {
        waitingBytes -= stream.waitingBytes
        progress.findings.append(.evicted(key, waiting: stream.waitingBytes))
    }
}
