import Synchronization

/// A value that tasks can wait on, without asking again and again.
package final class Watched<Value: Sendable>: Sendable {
    private struct Waiter: Sendable {
        /// Returns whether the value was what the waiter waits for; if so, the waiter has been resumed.
        let offer: @Sendable (Value) -> Bool
        let cancel: @Sendable () -> Void
    }

    private struct State: Sendable {
        var value: Value
        var waiters: [Int: Waiter] = [:]
        var nextIdentifier = 0
    }

    private let state: Mutex<State>

    /// Creates a value that nobody waits for yet.
    package init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    /// The value as it is now.
    package var value: Value { state.withLock { $0.value } }

    /// Changes the value and wakes whoever waited for just that.
    package func update(_ change: (inout Value) -> Void) {
        state.withLock { state in
            change(&state.value)
            for (identifier, waiter) in state.waiters where waiter.offer(state.value) {
                state.waiters[identifier] = nil
            }
        }
    }

    /// Returns when the value is, or has become, one of which `holds` is true.
    package func wait(until holds: @escaping @Sendable (Value) -> Bool) async throws {
        try await wait { holds($0) ? () : nil }
    }

    /// Returns what `find` finds in the value, now or after a change.
    ///
    /// `find` must be quick and must not touch this object.
    package func wait<Found: Sendable>(for find: @escaping @Sendable (Value) -> Found?) async throws -> Found {
        let identifier = state.withLock { state in
            state.nextIdentifier += 1
            return state.nextIdentifier
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Found, any Error>) in
                let known: Result<Found, any Error>? = state.withLock { state in
                    // Looked at under the lock: a cancellation before it would find no waiter to cancel.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if let found = find(state.value) { return .success(found) }
                    state.waiters[identifier] = Waiter(
                        offer: { value in
                            guard let found = find(value) else { return false }
                            continuation.resume(returning: found)
                            return true
                        },
                        cancel: { continuation.resume(throwing: CancellationError()) }
                    )
                    return nil
                }
                if let known { continuation.resume(with: known) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: identifier) }?.cancel()
        }
    }
}

/// Runs `body`, and throws what `late` makes when it takes longer than `limit`.
package func withDeadline<Value: Sendable>(
    _ limit: Duration,
    late: @escaping @Sendable () -> any Error,
    body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw late()
        }
        defer { group.cancelAll() }
        for try await value in group { return value }
        throw CancellationError()
    }
}
