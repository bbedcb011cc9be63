package import PacketDecoding

/// One frame of a capture file, whose bytes the reader still holds.
package struct CaptureRecord: Hashable, Sendable {
    /// The position in the file, counted from 1.
    package internal(set) var number = 0
    /// The interface's position among all of the file, counted from 0.
    package let interface: Int
    /// What the bytes begin with.
    package let link: LinkType
    /// Nanoseconds since 1970; `nil` when the format keeps none.
    package let timestamp: UInt64?
    /// How many bytes the frame had on the wire; more than are there when it was cut.
    package let originalLength: Int
    /// Where the frame's bytes are in the reader's buffer.
    package let bytes: Range<Int>
    /// Which way the frame went, if the file tells: in pcapng as the interface saw it, so that inbound is 1.
    package internal(set) var direction: Direction?
    /// Whether something was written beside the frame, which the reader still holds too.
    package internal(set) var hasComments = false

    package enum Direction: Hashable, Sendable {
        case inbound
        case outbound
    }

    init(interface: Int, _ description: CaptureInterface, timestamp: UInt64?, originalLength: Int, bytes: Range<Int>) {
        (self.interface, link) = (interface, description.link)
        (self.timestamp, self.originalLength, self.bytes) = (timestamp, originalLength, bytes)
    }

    /// Whether the file holds only a part of the frame.
    package var isCut: Bool { originalLength > bytes.count }
}

/// An interface that a capture file describes.
struct CaptureInterface: Hashable, Sendable {
    let link: LinkType
    /// The longest part of a frame that was kept, or 0 for all.
    let snapshotLength: Int
    let clock: CaptureClock
    let isDecodable: Bool
    /// Frames that were not captured, as the file's statistics say.
    var lostFrames: UInt64 = 0

    init(link: LinkType, snapshotLength: Int, clock: CaptureClock) {
        (self.link, self.snapshotLength, self.clock) = (link, snapshotLength, clock)
        isDecodable = LinkType.decodable.contains(link)
    }
}

/// How a file's numbers become nanoseconds since 1970.
struct CaptureClock: Hashable, Sendable {
    private let unitsPerSecond: UInt64
    private let offsetInSeconds: Int64
    /// The nanoseconds of one unit, or 0 where they are no whole number or times are counted from another year.
    private let scale: UInt64

    static let microseconds = CaptureClock(unitsPerSecond: 1_000_000)
    static let nanoseconds = CaptureClock(unitsPerSecond: 1_000_000_000)

    init(unitsPerSecond: UInt64, offsetInSeconds: Int64 = 0) {
        (self.unitsPerSecond, self.offsetInSeconds) = (unitsPerSecond, offsetInSeconds)
        let (scale, rest) = UInt64(1_000_000_000).quotientAndRemainder(dividingBy: unitsPerSecond)
        self.scale = rest == 0 && offsetInSeconds == 0 ? scale : 0
    }

    /// Reads the one byte of pcapng's option if_tsresol: a power of ten, or of two if its highest bit is set.
    init?(resolution: UInt8, offsetInSeconds: Int64) {
        let exponent = Int(resolution & 0x7f)
        let units: UInt64
        if resolution & 0x80 != 0 {
            guard exponent < 64 else { return nil }
            units = 1 << UInt64(exponent)
        } else {
            guard exponent <= 19 else { return nil }
            units = (0..<exponent).reduce(1) { power, _ in power * 10 }
        }
        self.init(unitsPerSecond: units, offsetInSeconds: offsetInSeconds)
    }

    /// The time in nanoseconds, or `nil` when it is beyond what 64 bits can tell.
    func nanoseconds(_ units: UInt64) -> UInt64? {
        if scale > 0 {
            let (product, overflow) = units.multipliedReportingOverflow(by: scale)
            return overflow ? nil : product
        }
        let (seconds, rest) = units.quotientAndRemainder(dividingBy: unitsPerSecond)
        let (fraction, _) = unitsPerSecond.dividingFullWidth(rest.multipliedFullWidth(by: 1_000_000_000))
        guard let whole = Int64(exactly: seconds) else { return nil }
        let (shifted, overflow) = whole.addingReportingOverflow(offsetInSeconds)
        guard !overflow, let positive = UInt64(exactly: shifted) else { return nil }
        let (scaled, tooLarge) = positive.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = scaled.addingReportingOverflow(fraction)
        return tooLarge || carry ? nil : sum
    }
}
