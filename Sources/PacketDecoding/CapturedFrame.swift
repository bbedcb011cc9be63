/// Whether a frame left the guest or came to it, as the interface tells it; addresses are never asked.
package enum FrameDirection: String, Hashable, Sendable, Codable {
    case fromGuest = "from-guest"
    case toGuest = "to-guest"
}

/// One frame as it was on the wire.
package struct CapturedFrame: Hashable, Sendable {
    /// The position in the capture, counted from 1.
    package var number: Int
    /// When the kernel saw it, in nanoseconds since 1970.
    package var timestamp: UInt64
    /// Which way it went.
    package var direction: FrameDirection
    /// How many bytes it had on the wire; more than `bytes` when the capture cut it off.
    package var originalLength: Int
    /// The bytes from the destination's hardware address on, VLAN tags included.
    package var bytes: [UInt8]

    /// Creates a frame that was captured in full unless a length on the wire is given.
    package init(
        number: Int,
        timestamp: UInt64,
        direction: FrameDirection,
        originalLength: Int? = nil,
        bytes: [UInt8]
    ) {
        self.number = number
        self.timestamp = timestamp
        self.direction = direction
        self.originalLength = originalLength ?? bytes.count
        self.bytes = bytes
    }
}
