import PacketCapture
import PacketDecoding
import Synchronization

/// What the probe prints.
struct ProbeReport: Codable {
    var frames: [SeenFrame] = []
    var evidence: CaptureEvidence?
    var error: String?
}

/// A frame as the capture handed it over.
struct SeenFrame: Codable {
    let direction: FrameDirection
    let hex: String
    let originalLength: Int
}

/// Collects frames from the capture's thread.
final class FrameLog: Sendable {
    private let state = Mutex<[SeenFrame]>([])
    private let arrival: AsyncStream<SeenFrame>.Continuation

    /// The frames as they come; for one who listens.
    let arrivals: AsyncStream<SeenFrame>

    var frames: [SeenFrame] { state.withLock { $0 } }

    init() {
        (arrivals, arrival) = AsyncStream.makeStream()
    }

    func add(_ frame: CapturedFrame) {
        let seen = SeenFrame(
            direction: frame.direction,
            hex: hexadecimalText(of: frame.bytes),
            originalLength: frame.originalLength
        )
        state.withLock { $0.append(seen) }
        arrival.yield(seen)
    }
}
