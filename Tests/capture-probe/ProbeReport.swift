import PacketCapture
import PacketDecoding
import Synchronization

/// What the probe prints.
struct ProbeReport: Codable {
    var frames: [SeenFrame] = []
    var evidence: CaptureEvidence?
    var error: String?
    /// From a frame's time stamp until it was handed over, in milliseconds.
    var latencies: [Double] = []
}

/// A frame as the capture handed it over.
struct SeenFrame: Codable {
    let direction: FrameDirection
    let hex: String
    let originalLength: Int
}

/// Collects frames from the capture's thread.
final class FrameLog: Sendable {
    private let state = Mutex<(frames: [SeenFrame], latencies: [Double])>(([], []))

    var frames: [SeenFrame] { state.withLock { $0.frames } }
    var latencies: [Double] { state.withLock { $0.latencies } }

    func add(_ frame: CapturedFrame, receivedAt now: UInt64) {
        let seen = SeenFrame(
            direction: frame.direction,
            hex: hexadecimalText(of: frame.bytes),
            originalLength: frame.originalLength
        )
        let latency = Double(Int64(bitPattern: now &- frame.timestamp)) / 1e6
        state.withLock { state in
            state.frames.append(seen)
            if frame.direction == .fromGuest { state.latencies.append(latency) }
        }
    }
}
