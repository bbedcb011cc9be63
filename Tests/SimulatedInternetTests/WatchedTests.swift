import SimulatedInternet
import Testing

private struct Late: Error {}

@Suite("Watched values", .timeLimit(.minutes(5)))
struct WatchedTests {
    @Test("what holds already is found at once, and what comes later is waited for")
    func waits() async throws {
        let number = Watched(1)
        #expect(try await number.wait { $0 == 1 ? "one" : nil } == "one")
        async let two = number.wait { $0 == 2 ? "two" : nil }
        number.update { $0 = 3 }
        number.update { $0 = 2 }
        // The waiter may come only after both changes: the value still holds.
        #expect(try await two == "two")
    }

    @Test("a cancelled wait ends, and leaves the others waiting")
    func cancelled() async throws {
        let number = Watched(1)
        let waiting = Task { try await number.wait(until: { $0 == 9 }) }
        let other = Task { try await number.wait(until: { $0 == 9 }) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        number.update { $0 = 9 }
        try await other.value
    }

    @Test("a deadline ends the wait, and one that is met does not")
    func deadline() async throws {
        let number = Watched(1)
        await #expect(throws: Late.self) {
            try await withDeadline(.milliseconds(20), late: { Late() }) { try await number.wait(until: { $0 == 2 }) }
        }
        try await withDeadline(.seconds(30), late: { Late() }) { try await number.wait(until: { $0 == 1 }) }
    }
}
