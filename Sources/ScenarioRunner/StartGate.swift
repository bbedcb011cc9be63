import Synchronization

/// Lets a scenario begin that was prepared before its turn, or be given up.
final class StartGate: Sendable {
    private struct State {
        var mayBegin: Bool?
        var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
        var next = 0
    }

    private let state: Mutex<State>

    init(isOpen: Bool) { state = Mutex(State(mayBegin: isOpen ? true : nil)) }

    /// Whether it is decided that the scenario begins.
    var isOpen: Bool { state.withLock { $0.mayBegin == true } }

    /// Lets the scenario begin.
    func open() { decide(true) }

    /// Gives the scenario up, unless it has begun.
    func abandon() { decide(false) }

    /// Waits for the decision; a task that is cancelled waits no longer, and decides nothing.
    func wait() async -> Bool {
        let ticket = state.withLock { state in
            state.next += 1
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known = state.withLock { state -> Bool? in
                    if let decision = state.mayBegin { return decision }
                    if Task.isCancelled { return false }
                    state.waiting[ticket] = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume(returning: false)
        }
    }

    private func decide(_ mayBegin: Bool) {
        let (decision, waiting) = state.withLock { state in
            let decision = state.mayBegin ?? mayBegin
            state.mayBegin = decision
            defer { state.waiting = [:] }
            return (decision, Array(state.waiting.values))
        }
        for continuation in waiting { continuation.resume(returning: decision) }
    }
}
