package import PacketDecoding

/// Judges the frames of a guest by the phases in which they left, which whoever works the guest says beside them.
package struct PhasedJudge: Sendable {
    private var judge: LeakJudge
    private var phases = PhaseLog()
    private var hasFinished = false

    /// Creates a judge that nobody told a phase yet.
    package init(_ judge: LeakJudge) {
        self.judge = judge
    }

    /// What the guest is doing, as far as it was said.
    package var phase: Phase? { phases.current }

    // What was seen so far, as the judge of frames tells it.
    package var report: TrafficReport { judge.report }
    package var purposes: [String] { judge.purposes }
    package var framesOfEarlier: Int { judge.framesOfEarlier }
    package var ownersWanted: Int { judge.ownersWanted }
    package var flowsWithoutOwner: [(flow: Flow, wanted: TrafficOwner)] { judge.flowsWithoutOwner }

    /// Why it can't be said that nothing leaked, though no leak was seen.
    package var doubts: [String] {
        judge.report.doubts
            + (phases.hasLostTime
                ? ["The host's clock was set back, so that it can't be told when frames left."] : [])
    }

    /// Says what the guest is doing from a moment on, in nanoseconds since 1970.
    package mutating func enter(_ phase: Phase, at time: UInt64) { phases.enter(phase, at: time) }

    /// Judges a frame, and says which phases had begun since the one before; `now` tells the time of the same clock.
    package mutating func judge(
        _ frame: CapturedFrame,
        now: () -> UInt64
    ) -> (finding: LeakFinding?, entered: [Phase]) {
        let entered = phases.take(until: frame.timestamp, now: now)
        for phase in entered { judge.enter(phase) }
        return (judge.judge(frame), entered)
    }

    /// Says that there are no more frames, and returns what only the end can show; once.
    package mutating func finish() -> [LeakFinding] {
        guard !hasFinished else { return [] }
        hasFinished = true
        for phase in phases.takeAll() { judge.enter(phase) }
        return judge.finish()
    }

    // MARK: - What the harness tells beside phases

    /// Notes a connection that the guest takes with it from a checkpoint.
    package mutating func carryOver(from guest: Endpoint, to other: Endpoint) {
        judge.carryOver(from: guest, to: other)
    }

    /// Says who in the guest sends a flow; returns a finding when the policy wants another.
    package mutating func attribute(_ flow: Flow, to owner: TrafficOwner) -> LeakFinding? {
        judge.attribute(flow, to: owner)
    }
}
