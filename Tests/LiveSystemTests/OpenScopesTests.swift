import LiveSystem
import Synchronization
import Testing

@Suite("Scopes that outlast a step", .timeLimit(.minutes(5)))
struct OpenScopesTests {
    private struct Broken: Error, Equatable {}

    /// What happened, in its order.
    private final class Events: Sendable {
        private let list = Mutex<[String]>([])
        var all: [String] { list.withLock { $0 } }
        func note(_ event: String) { list.withLock { $0.append(event) } }
    }

    /// Runs a scenario beside whoever stays in its scopes, and tells which scopes broke.
    private func serving(_ scenario: (OpenScopes) async throws -> Void) async rethrows -> Int {
        let scopes = OpenScopes()
        let broken = Events()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await scopes.serve { _ in broken.note("broke") } }
            defer { group.cancelAll() }
            try await scenario(scopes)
        }
        return broken.all.count
    }

    @Test("a scope is open from one step to another, and ends before the second one does")
    func openAndClose() async throws {
        let events = Events()
        let broken = try await serving { scopes in
            try await scopes.open("a") { stay in
                events.note("opens")
                await stay()
                events.note("closes")
            }
            events.note("is open")
            #expect(scopes.names == ["a"])
            try await scopes.close("a")
            events.note("is closed")
            #expect(scopes.names.isEmpty)
            try await scopes.close("a")
        }
        #expect(events.all == ["opens", "is open", "closes", "is closed"] && broken == 0)
    }

    @Test("what is open when the scenario ends is closed, however many there are")
    func end() async throws {
        let events = Events()
        let broken = try await serving { scopes in
            for name in ["a", "b"] {
                try await scopes.open(name) { stay in
                    await stay()
                    events.note(name)
                }
            }
        }
        #expect(events.all.sorted() == ["a", "b"] && broken == 0)
    }

    @Test("a scope that does not open says why to whoever wanted it")
    func refused() async throws {
        let broken = await serving { scopes in
            await #expect(throws: Broken()) { try await scopes.open("a") { _ in throw Broken() } }
            await #expect(throws: CancellationError.self) { try await scopes.open("b") { _ in } }
            #expect(scopes.names.isEmpty)
        }
        #expect(broken == 0)
    }

    @Test("an error at the end comes to whoever closes the scope")
    func failedEnd() async throws {
        let broken = try await serving { scopes in
            try await scopes.open("a") { stay in
                await stay()
                throw Broken()
            }
            await #expect(throws: Broken()) { try await scopes.close("a") }
        }
        #expect(broken == 0)
    }

    @Test("a scope that breaks down by itself is told of")
    func breakdown() async throws {
        let scopes = OpenScopes()
        let isBroken = Latch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await scopes.serve { _ in isBroken.open() } }
            defer { group.cancelAll() }
            try await scopes.open("a") { stay in
                // Whoever stays is asked to go when what it stays in breaks down.
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await stay() }
                    group.addTask { throw Broken() }
                    defer { group.cancelAll() }
                    while try await group.next() != nil {}
                }
            }
            await isBroken.wait()
        }
    }

    @Test("nothing can be opened when nobody stays any more")
    func late() async throws {
        let scopes = OpenScopes()
        let serving = Task { await scopes.serve { _ in } }
        serving.cancel()
        await serving.value
        await #expect(throws: CancellationError.self) { try await scopes.open("a") { await $0() } }
    }
}
