package import PacketDecoding

/// The two ends of a TCP connection of the guest.
package struct ConnectionEnds: Hashable, Sendable, Codable, CustomStringConvertible {
    package let guest: Endpoint
    package let other: Endpoint

    /// Names a connection by its ends.
    package init(guest: Endpoint, other: Endpoint) {
        (self.guest, self.other) = (guest, other)
    }

    package var description: String { "\(guest) → \(other)" }

    private enum CodingKeys: String, CodingKey { case guest, other }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func endpoint(_ key: CodingKeys) throws -> Endpoint {
            let text = try container.decode(String.self, forKey: key)
            guard let endpoint = Endpoint(text) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "no endpoint")
            }
            return endpoint
        }
        self.init(guest: try endpoint(.guest), other: try endpoint(.other))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(guest.description, forKey: .guest)
        try container.encode(other.description, forKey: .other)
    }
}

/// One connection as the tap saw it.
struct GuestConnection: Hashable, Sendable {
    let ends: ConnectionEnds
    /// Whether its SYN was seen; else it began before the capture.
    let hasBeginning: Bool
    private(set) var coverage: SequenceCoverage
    /// Whether the guest or the other side broke it off, or both said that they are done.
    private(set) var isOver = false
    /// Whether a frame of it was reported as a leak.
    var isReported = false
    /// New bytes of the guest since the other side refused the connection; `nil` when it never did.
    private(set) var bytesSinceRefusal: Int?
    /// How many bytes the other side said that it has.
    private(set) var acknowledged = 0
    private var otherHasEnded = false

    init(_ ends: ConnectionEnds, opening segment: TCP) {
        self.ends = ends
        hasBeginning = segment.flags.contains(.syn)
        coverage = SequenceCoverage(first: segment.sequence &+ (hasBeginning ? 1 : 0))
    }

    /// Whether a SYN of the guest opens another connection between the same ends.
    func isFollowed(by segment: TCP) -> Bool {
        segment.flags.contains(.syn) && (coverage.length > 0 || isOver) && segment.sequence &+ 1 != coverage.next
    }

    mutating func send(_ segment: TCP) {
        let isSYN = segment.flags.contains(.syn)
        let new = coverage.add(
            sequence: segment.sequence &+ (isSYN ? 1 : 0),
            count: segment.payload.count,
            isEnd: segment.flags.contains(.fin)
        )
        if !segment.payload.isEmpty, let bytes = bytesSinceRefusal { bytesSinceRefusal = bytes + new }
        if segment.flags.contains(.rst) || coverage.hasEnd && otherHasEnded { isOver = true }
    }

    mutating func receive(_ segment: TCP) {
        if segment.flags.contains(.rst) {
            bytesSinceRefusal = 0
            isOver = true
        }
        if segment.flags.contains(.fin) { otherHasEnded = true }
        if segment.flags.contains(.ack) {
            let behind = Int(Int32(bitPattern: coverage.next &- segment.acknowledgement))
            if behind >= 0 { acknowledged = max(acknowledged, coverage.length - behind) }
        }
    }
}
