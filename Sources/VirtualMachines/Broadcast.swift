import Synchronization

/// Values that happened, for any number of listeners, each of which gets all of them from the first one on.
package final class Broadcast<Element: Sendable>: Sendable {
    private struct State {
        var history: [Element] = []
        var listeners: [Int: AsyncStream<Element>.Continuation] = [:]
        var nextListener = 0
        var isFinished = false
    }

    /// More than a sane machine has events; a guest that resets in a loop must not fill memory.
    private let limit: Int
    private let state = Mutex(State())

    /// Creates a broadcast that remembers so many values.
    package init(limit: Int = 256) {
        self.limit = limit
    }

    /// What happened so far, and what will happen until ``finish()``.
    package var elements: AsyncStream<Element> { stream(withHistory: true) }

    /// What will happen from now on.
    var upcoming: AsyncStream<Element> { stream(withHistory: false) }

    private func stream(withHistory: Bool) -> AsyncStream<Element> {
        AsyncStream(bufferingPolicy: .bufferingNewest(limit)) { continuation in
            state.withLock { state in
                if withHistory { for element in state.history { continuation.yield(element) } }
                guard !state.isFinished else { return continuation.finish() }
                let listener = state.nextListener
                state.nextListener += 1
                state.listeners[listener] = continuation
                continuation.onTermination = { [weak self] _ in self?.forget(listener) }
            }
        }
    }

    /// Returns how many of the remembered values match.
    func count(_ match: (Element) -> Bool) -> Int {
        state.withLock { state in state.history.count { match($0) } }
    }

    /// Tells all listeners.
    package func send(_ element: Element) {
        state.withLock { state in
            guard !state.isFinished else { return }
            if state.history.count == limit { state.history.removeFirst() }
            state.history.append(element)
            for listener in state.listeners.values { listener.yield(element) }
        }
    }

    /// Ends all sequences.
    package func finish() {
        let listeners = state.withLock { state in
            state.isFinished = true
            defer { state.listeners = [:] }
            return state.listeners
        }
        // Not within the lock: ending a sequence calls `forget`.
        for listener in listeners.values { listener.finish() }
    }

    private func forget(_ listener: Int) {
        state.withLock { _ = $0.listeners.removeValue(forKey: listener) }
    }
}
