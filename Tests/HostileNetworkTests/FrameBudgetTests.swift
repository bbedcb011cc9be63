import HostileNetwork
import Testing

@Suite("How many frames a station may send")
struct FrameBudgetTests {
    private static let second: UInt64 = 1_000_000_000

    @Test("a burst passes at once, and then no more than the rate", arguments: [10, 1000] as [UInt64])
    func rate(_ perSecond: UInt64) {
        var budget = FrameBudget(perSecond: perSecond, burst: 5, at: 100)
        let atOnce = (0..<20).count { _ in budget.spend(at: 100) }
        #expect(atOnce == 5)
        // Somebody who wants four times as much as he may, for ten seconds.
        let step = Self.second / (4 * perSecond)
        let sent = (1...40 * perSecond).count { budget.spend(at: 100 + $0 * step) }
        #expect(UInt64(sent) == 10 * perSecond)
    }

    @Test("a pause saves up a burst and no more, however long it is", arguments: [2, 1 << 40, .max - 100] as [UInt64])
    func pause(_ pause: UInt64) {
        var budget = FrameBudget(perSecond: 1_000_000_000, burst: 2, at: 50)
        while budget.spend(at: 50) {}
        let saved = (0..<10).count { _ in budget.spend(at: 50 + pause) }
        #expect(saved == 2)
    }

    @Test("a clock that goes back gives nothing away")
    func back() {
        var budget = FrameBudget(perSecond: 1, burst: 1, at: 10 * Self.second)
        let granted = [10 * Self.second, 5 * Self.second, 10 * Self.second + 1, 11 * Self.second].map {
            budget.spend(at: $0)
        }
        #expect(granted == [true, false, false, true])
    }
}
