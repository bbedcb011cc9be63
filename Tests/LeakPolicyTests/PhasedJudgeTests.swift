import LeakPolicy
import PacketDecoding
import Testing

@Suite("Judging by the phases in which frames left")
struct PhasedJudgeTests {
    private static let policy = Samples.policyText.replacing(
        "- purpose: Tor relays\n",
        with: "- purpose: Tor relays\n    phases: [connected]\n"
    )
    private var judge: PhasedJudge

    init() throws {
        judge = PhasedJudge(try Samples.judge(Self.policy))
    }

    /// What is found in a frame to a relay, and which phases had begun by then.
    private mutating func judge(
        leftAt time: UInt64,
        judgedAt now: UInt64 = 10_000
    ) -> (LeakCheck?, entered: [Phase]) {
        let bytes = Samples.guest.tcp(to: Samples.relay)
        let frame = CapturedFrame(number: 1, timestamp: time, direction: .fromGuest, bytes: bytes)
        let judged = judge.judge(frame, now: { now })
        return (judged.finding?.check, judged.entered)
    }

    @Test("a frame is judged by the phase in which it left, however late, and each phase is handed on once")
    mutating func phases() {
        for (phase, time) in [(.off, 0), (.boot, 1_000), (.connected, 2_000), (.shuttingDown, 3_000)]
            as [(Phase, UInt64)]
        {
            judge.enter(phase, at: time)
        }
        #expect(judge.phase == .shuttingDown)
        #expect(judge(leftAt: 1_999) == (.phase, [.off, .boot]))
        #expect(judge(leftAt: 2_000) == (nil, [.connected]))
        #expect(judge(leftAt: 2_999) == (nil, []))
        #expect(judge(leftAt: 3_000) == (.phase, [.shuttingDown]))
        #expect(judge.doubts == [])
    }

    @Test("a phase that no frame left in is known at the end, which comes once")
    mutating func end() {
        judge.enter(.off, at: 0)
        #expect(judge(leftAt: 5).entered == [.off])
        judge.enter(.connected, at: 1_000)
        #expect(judge.finish() == [])
        #expect(judge.finish() == [])
        #expect(judge.doubts == [])
    }

    @Test("that nobody told a phase is a doubt in the end")
    mutating func untold() {
        #expect(judge(leftAt: 5) == (.unknownPhase, []))
        #expect(judge.finish() == [])
        #expect(judge.doubts.count == 1)
    }

    @Test("a clock that was set back leaves a doubt")
    mutating func clockSetBack() {
        judge.enter(.boot, at: 1_000)
        #expect(judge(leftAt: 999, judgedAt: 1_001).entered == [])
        #expect(judge.doubts == [])
        judge.enter(.connected, at: 2_000)
        #expect(judge(leftAt: 500, judgedAt: 600).entered == [.boot, .connected])
        #expect(judge.doubts.count == 1)
    }
}
