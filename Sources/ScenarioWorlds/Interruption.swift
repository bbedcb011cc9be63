import Synchronization

/// A way to end a scenario from beside its steps: by a leak, a guest that panicked, a machine that died.
///
/// The first error wins; whoever waits gets it at once, whoever asks later gets it immediately.
package final class Interruption: Sendable {
    private struct State {
        var error: (any Error)?
        var waiting: [Int: CheckedContinuation<(any Error)?, Never>] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    /// Creates an interruption that has not happened.
    package init() {}

    /// The error that ended the scenario, if one did.
    package var error: (any Error)? { state.withLock { $0.error } }

    /// Ends the scenario; later calls change nothing.
    package func interrupt(with error: any Error) {
        let waiting = state.withLock { state in
            guard state.error == nil else { return [CheckedContinuation<(any Error)?, Never>]() }
            state.error = error
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume(returning: error) }
    }

    /// Waits until the scenario is interrupted, and throws the error.
    ///
    /// - Throws: The error of ``interrupt(with:)``, or `CancellationError` when the waiting task is cancelled.
    package func wait() async throws -> Never {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let error = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known = state.withLock { state -> (any Error)?? in
                    if let error = state.error { return .some(error) }
                    if Task.isCancelled { return .some(nil) }
                    state.waiting[waiter] = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: waiter) }?.resume(returning: nil)
        }
        throw error ?? CancellationError()
    }
}
