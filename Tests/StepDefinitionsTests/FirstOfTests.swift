import Diagnostics
import StepDefinitions
import Synchronization
import Testing

private struct Late: ExplainedError, Equatable {
    let what: String
    var blame = Blame.systemUnderTest
    var summary: String { "\(what) did not come." }
    var hint: String? { "Wait longer." }
}

/// Waits until it is cancelled, and notes that it was.
private func forever(_ cancelled: @escaping @Sendable () -> Void) async throws -> Int {
    let (stream, _) = AsyncStream.makeStream(of: Void.self)
    for await _ in stream {}
    cancelled()
    throw CancellationError()
}

@Suite("First of several", .timeLimit(.minutes(5)))
struct FirstOfTests {
    @Test("what comes first wins and names itself, and the waiting for the others is cancelled")
    func winner() async throws {
        let cancelled = Mutex(false)
        let logged = Mutex<[StepOutput]>([])
        var services = StepServices()
        services.keep = { output in logged.withLock { $0.append(output) } }
        let winner = try await StepContext(scenario: ScenarioDescription(), services: services).run {
            try await first(of: [
                Alternative("the error") { throw Late(what: "the error") },
                Alternative("the splash") { try await forever { cancelled.withLock { $0 = true } } },
                Alternative("the desktop") { 2 },
            ])
        }
        #expect(winner.name == "the desktop")
        #expect(winner.value == 2)
        #expect(cancelled.withLock { $0 })
        #expect(logged.withLock { $0 } == [.log("First came the desktop, before the error, the splash.")])
    }

    @Test("when nothing comes, the error tells why for each")
    func nothing() async {
        let error = await #expect(throws: NothingCame.self) {
            try await first(of: [
                Alternative("the desktop") { throw Late(what: "the desktop") },
                Alternative("an error") { throw Late(what: "an error") },
            ])
        }
        #expect(error?.blame == .systemUnderTest)
        #expect(
            error?.description == """
                One of the desktop, an error had to come, and none did.
                  the desktop: the desktop did not come.
                  an error: an error did not come.
                Hint: Wait longer.
                """
        )
    }

    @Test("what could not be waited for may have come, so that nothing is known")
    func host() async {
        let error = await #expect(throws: NothingCame.self) {
            try await first(of: [
                Alternative("the desktop") { throw Late(what: "the desktop") },
                Alternative("an error") { throw Late(what: "an error", blame: .host) },
            ])
        }
        #expect(error?.blame == .host)
        await #expect(throws: NothingCame.self) { try await first(of: [Alternative<Int>]()) }
    }

    @Test("a step that is cancelled says nothing of what would have come")
    func cancelled() async {
        let waiting = Task { try await first(of: [Alternative("the desktop") { try await forever {} }]) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}
