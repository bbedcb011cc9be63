import PacketDecoding

/// Tells what a TCP stream carries, from its bytes in order; of DNS every message, of others the beginning.
///
/// It keeps no more than the longest message of DNS, or the longest beginning that can be told: until one is whole, what
/// came so far.
package struct StreamReader: Sendable {
    private enum State: Sendable {
        case beginning
        /// DNS, whose messages follow each other.
        case messages
        /// What the stream carries was told, or can't be.
        case told
    }

    private let source: UInt16
    private let destination: UInt16
    private var state: State
    private var buffer: [UInt8] = []

    /// Beginnings that are still not whole then are told as incomplete.
    package static let longestBeginning = 16 << 10
    private static let longestMessage = 2 + 65_535

    /// Creates a reader of the stream from one port to another.
    package init(source: UInt16, destination: UInt16) {
        (self.source, self.destination) = (source, destination)
        state = source == 53 || destination == 53 ? .messages : .beginning
    }

    /// How many bytes are kept at the moment.
    package var byteCount: Int { buffer.count }

    /// Takes the next bytes in order, and returns what became known by them.
    package mutating func add(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [Application] {
        if case .told = state { return [] }
        let limit = if case .messages = state { Self.longestMessage } else { Self.longestBeginning }
        var found: [Application] = []
        var rest = range
        while !rest.isEmpty {
            let part = rest.prefix(limit - buffer.count)
            buffer += bytes.copy(part.startIndex..<part.endIndex)
            rest = part.endIndex..<rest.upperBound
            found += read(isFull: buffer.count == limit)
            if case .told = state { break }
        }
        return found
    }

    /// Says what was left unfinished when the stream was over.
    package mutating func finish() -> Application? {
        defer { (buffer, state) = ([], .told) }
        switch state {
        case .told: return nil
        case .messages where buffer.isEmpty: return nil
        case .messages: return .incomplete(.dns)
        case .beginning:
            let last = Application.decode(buffer.span, 0..<buffer.count, tcp: source, destination)
            return last == .none ? nil : last
        }
    }

    private mutating func read(isFull: Bool) -> [Application] {
        var found: [Application] = []
        while !buffer.isEmpty {
            let next = Application.decode(buffer.span, 0..<buffer.count, tcp: source, destination)
            switch (state, next) {
            case (.messages, .dns):
                found.append(next)
                buffer.removeFirst(2 + Int(buffer.span.u16(0)))
                continue
            // The first bytes of TLS are five, those of an HTTP method at most nine.
            case (_, .incomplete) where !isFull, (.beginning, .none) where buffer.count < 9: break
            default:
                if next != .none { found.append(next) }
                (buffer, state) = ([], .told)
            }
            break
        }
        return found
    }
}
