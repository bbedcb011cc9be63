import Synchronization

/// Scopes that one step opens, and that stay open until another one closes them or the scenario ends.
///
/// A scope needs somebody who stays in it, and steps don't stay: ``serve(_:)`` does.
package final class OpenScopes: Sendable {
    /// A scope, which calls its argument when it is open, and closes when that has returned.
    package typealias Scope = @Sendable (_ stay: @escaping @Sendable () async -> Void) async throws -> Void

    private struct Entry: Sendable {
        let closing = Latch()
        let closed = Latch()
    }

    private struct Order: Sendable {
        let scope: Scope
        let entry: Entry
        let answer: CheckedContinuation<Void, any Error>
        let name: String
    }

    private let orders: AsyncStream<Order>
    private let intake: AsyncStream<Order>.Continuation
    private let open = Mutex<[String: Entry]>([:])
    private let failures = Mutex<[String: any Error]>([:])

    /// Creates a keeper of no scopes.
    package init() { (orders, intake) = AsyncStream.makeStream() }

    /// The names of what is open.
    package var names: [String] { open.withLock { $0.keys.sorted() } }

    /// Opens a scope; when this returns it is open.
    ///
    /// - Throws: The error of a scope that did not open, or `CancellationError` when nobody serves any more.
    package func open(_ name: String, _ scope: @escaping Scope) async throws {
        try await withCheckedThrowingContinuation { answer in
            let order = Order(scope: scope, entry: Entry(), answer: answer, name: name)
            if case .terminated = intake.yield(order) { answer.resume(throwing: CancellationError()) }
        }
    }

    /// Closes a scope, and returns when it is closed; one that is not open is left alone.
    ///
    /// - Throws: The error of the scope.
    package func close(_ name: String) async throws {
        guard let entry = open.withLock({ $0[name] }) else { return }
        entry.closing.open()
        await entry.closed.wait()
        if let error = failures.withLock({ $0.removeValue(forKey: name) }) { throw error }
    }

    /// Stays in the scopes that are opened until the task is cancelled, and closes them all.
    ///
    /// `broken` is told of a scope that ended though nobody closed it.
    package func serve(_ broken: @escaping @Sendable (any Error) -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for await order in orders { group.addTask { await self.stay(in: order, broken) } }
            group.cancelAll()
        }
        intake.finish()
    }

    private func stay(in order: Order, _ broken: @Sendable (any Error) -> Void) async {
        let isAnswered = Mutex(false)
        /// Answers whoever opened the scope; later calls change nothing.
        @Sendable func answer(_ result: Result<Void, any Error>) -> Bool {
            let isFirst = isAnswered.withLock { isAnswered in
                defer { isAnswered = true }
                return !isAnswered
            }
            if isFirst { order.answer.resume(with: result) }
            return isFirst
        }
        do {
            try await order.scope {
                self.open.withLock { $0[order.name] = order.entry }
                _ = answer(.success(()))
                await order.entry.closing.wait()
            }
            _ = answer(.failure(CancellationError()))
        } catch {
            if !answer(.failure(error)) {
                if order.entry.closing.isOpen {
                    failures.withLock { $0[order.name] = error }
                } else if !Task.isCancelled {
                    broken(error)
                }
            }
        }
        open.withLock { _ = $0.removeValue(forKey: order.name) }
        order.entry.closed.open()
    }
}
