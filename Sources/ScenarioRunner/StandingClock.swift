import Synchronization

/// A clock that can be made to stand still: what goes by it has as much time after a pause as it had before.
package final class StandingClock<Base: Clock<Duration>>: Clock, Sendable {
    package typealias Instant = Base.Instant

    private struct State {
        var missed = Duration.zero
        var stoodStillAt: Base.Instant?
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var next = 0
    }

    private let base: Base
    private let state = Mutex(State())

    /// Creates a clock that runs as another one does.
    package init(_ base: Base) { self.base = base }

    package var now: Instant {
        state.withLock { ($0.stoodStillAt ?? base.now).advanced(by: .zero - $0.missed) }
    }

    package var minimumResolution: Duration { base.minimumResolution }

    /// Lets the clock stand still while `body` runs.
    package func standing<Value>(_ body: () async -> Value) async -> Value {
        state.withLock { $0.stoodStillAt = $0.stoodStillAt ?? base.now }
        let value = await body()
        let waiting = state.withLock { state in
            if let start = state.stoodStillAt { state.missed += start.duration(to: base.now) }
            state.stoodStillAt = nil
            defer { state.waiting = [:] }
            return state.waiting.values.map(\.self)
        }
        for continuation in waiting { continuation.resume() }
        return value
    }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        while now < deadline {
            try await base.sleep(for: now.duration(to: deadline), tolerance: tolerance)
            await running()
        }
        try Task.checkCancellation()
    }

    /// Returns when the clock runs, or the task is cancelled.
    private func running() async {
        let ticket = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    if state.stoodStillAt == nil || Task.isCancelled { return true }
                    state.waiting[ticket] = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
        }
    }
}
