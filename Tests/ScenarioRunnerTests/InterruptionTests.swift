import ScenarioWorlds
import Testing

@Suite("Interruption", .timeLimit(.minutes(5)))
struct InterruptionTests {
    @Test("the first error wins, for those who wait before it and after it")
    func firstWins() async throws {
        let interruption = Interruption()
        #expect(interruption.error == nil)
        let early = Task<Void, any Error> { try await interruption.wait() }
        interruption.interrupt(with: ShopError.burgled)
        interruption.interrupt(with: ShopError.powerCut)
        await #expect(throws: ShopError.burgled) { try await early.value }
        let late = Task<Void, any Error> { try await interruption.wait() }
        await #expect(throws: ShopError.burgled) { try await late.value }
        #expect(interruption.error as? ShopError == .burgled)
    }

    @Test("everybody who waits is told")
    func manyWait() async throws {
        let interruption = Interruption()
        let told = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do { try await interruption.wait() } catch { return error as? ShopError == .burgled }
                }
            }
            group.addTask {
                interruption.interrupt(with: ShopError.burgled)
                return true
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(told == 21)
    }

    @Test("whoever is cancelled stops waiting, and nobody else does")
    func cancelled() async throws {
        let interruption = Interruption()
        let other = Task<Void, any Error> { try await interruption.wait() }
        let waiting = Task<Void, any Error> { try await interruption.wait() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(interruption.error == nil)
        interruption.interrupt(with: ShopError.burgled)
        await #expect(throws: ShopError.burgled) { try await other.value }
    }
}
