import LeakPolicy
import PacketCapture
import PacketDecoding
import Synchronization

/// Judges the frames of one card that was plugged in, on the thread that captures them.
final class CardJudge: Sendable {
    private struct State {
        var judge: PhasedJudge
        var findings = 0
    }

    private let name: String
    private let traffic: Traffic
    private let state: Mutex<State>
    private let capture = Mutex<PacketCapture?>(nil)

    init(_ name: String, _ judge: LeakJudge, _ traffic: Traffic) {
        (self.name, self.traffic) = (name, traffic)
        state = Mutex(State(judge: PhasedJudge(judge)))
    }

    var findings: Int { state.withLock { $0.findings } }
    var doubts: [String] { state.withLock { $0.judge.doubts } }

    func attach(_ capture: PacketCapture) { self.capture.withLock { $0 = capture } }

    /// Says what the guest is doing from a moment on, in nanoseconds since 1970.
    func enter(_ phase: Phase, at time: UInt64) { state.withLock { $0.judge.enter(phase, at: time) } }

    /// Judges a frame; returns what is to stand beside it in the capture.
    func judge(_ frame: CapturedFrame) -> String? {
        let (finding, phases) = state.withLock { state in
            let judged = state.judge.judge(frame, now: wallClock)
            if judged.finding != nil { state.findings += 1 }
            return judged
        }
        if !phases.isEmpty, let capture = capture.withLock({ $0 }) {
            for phase in phases { capture.comment(phase.comment, isVital: true) }
        }
        return finding.map { "\(name): \(traffic.report($0, frame))" }
    }

    /// Takes down what only the end can show.
    func finish() {
        for finding in state.withLock({ $0.judge.finish() }) { _ = traffic.report(finding, nil) }
    }
}
