import LiveSystem
import TestSupport
import Testing

@Suite("Deadlines and latches", .timeLimit(.minutes(5)))
struct DeadlineTests {
    private struct TooLate: Error {}

    @Test("what ends in time is not disturbed by its deadline")
    func inTime() async throws {
        try await withDeadline(.seconds(5), on: ManualClock()) {
        } else: {
            TooLate()
        }
    }

    @Test("what takes too long is cancelled, and the error says so")
    func tooLate() async {
        let clock = ManualClock()
        let latch = Latch()
        await #expect(throws: TooLate.self) {
            try await withDeadline(.seconds(5), on: clock) {
                await clock.waitForSleeper()
                clock.advance(by: .seconds(5))
                await latch.wait()
            } else: {
                TooLate()
            }
        }
        #expect(!latch.isOpen)
    }

    @Test("whoever is cancelled is neither in time nor too late")
    func cancelled() async {
        let clock = ManualClock()
        let waiting = Task {
            try await withDeadline(.seconds(5), on: clock) {
                await Latch().wait()
            } else: {
                TooLate()
            }
        }
        await clock.waitForSleeper()
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    @Test("a latch lets everybody go on, those who come later too")
    func latch() async {
        let latch = Latch()
        #expect(!latch.isOpen)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { await latch.wait() } }
            group.addTask { latch.open() }
        }
        latch.open()
        await latch.wait()
        #expect(latch.isOpen)
    }

    @Test("whoever is cancelled stops waiting at a latch that stays shut")
    func cancelledAtLatch() async {
        let latch = Latch()
        let waiting = Task { await latch.wait() }
        waiting.cancel()
        await waiting.value
        #expect(!latch.isOpen)
    }
}
