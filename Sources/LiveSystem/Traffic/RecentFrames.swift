import LeakPolicy
import PacketDecoding

/// The last frames in both directions, for whoever has to explain the next one.
struct RecentFrames: Sendable {
    /// Enough to show how a flow came to be, and too few to weigh.
    private static let most = 64

    private var frames: [CapturedFrame] = []
    private var next = 0

    mutating func add(_ frame: CapturedFrame) {
        if frames.count < Self.most {
            frames.append(frame)
        } else {
            frames[next] = frame
            next = (next + 1) % Self.most
        }
    }

    /// The frames of a flow and of its answers, the oldest first.
    func frames(of flow: Flow) -> [CapturedFrame] {
        let back = Flow(protocol: flow.protocol, source: flow.destination, destination: flow.source)
        return (frames[next...] + frames[..<next]).filter { frame in
            guard let decoded = try? decode(frame.bytes) else { return false }
            let other = Flow(of: decoded)
            return other == flow || other == back
        }
    }
}
