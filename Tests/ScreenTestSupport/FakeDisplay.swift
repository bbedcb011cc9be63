package import GuestDisplay
package import Pictures
import Screen
import Synchronization

/// A display without a machine: shows what a test gives it and notes what it was told to do.
package final class FakeDisplay: DisplaySource {
    /// One thing that the display was told to do.
    package enum Act: Hashable, Sendable {
        case press(UInt32)
        case release(UInt32)
        case move(Point)
        case moveBy(Int, Int)
        case pressButton(PointerButton)
        case releaseButton(PointerButton)
    }

    private struct State {
        var frame: Frame?
        var generation: UInt64 = 0
        var isConnected = true
        var listeners: [Int: AsyncStream<DisplayChange>.Continuation] = [:]
        var nextListener = 0
        var acts: [Act] = []
        var takenGeneration: UInt64?
    }

    private let state: Mutex<State>
    private let isAbsolute: Bool
    private let onAct: @Sendable (Act, FakeDisplay) -> Void

    /// Creates a display.
    ///
    /// `onAct` may show something in answer to input.
    package init(
        _ picture: Picture? = nil,
        isAbsolute: Bool = true,
        onAct: @escaping @Sendable (Act, FakeDisplay) -> Void = { _, _ in }
    ) {
        let frame = picture.map { Frame(picture: $0, generation: 0, changedAt: .now) }
        state = Mutex(State(frame: frame))
        self.isAbsolute = isAbsolute
        self.onAct = onAct
    }

    /// All that the display was told to do, in order.
    package var acts: [Act] { state.withLock { $0.acts } }

    /// How many waits listen at the moment.
    package var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Shows another picture, or nothing.
    package func show(_ picture: Picture?) {
        let kind: DisplayChange.Kind = picture.map { .damaged($0.bounds) } ?? .disabled
        emit(kind) { state in
            state.frame = picture.map { Frame(picture: $0, generation: state.generation, changedAt: .now) }
        }
    }

    /// Ends the machine.
    package func disconnect() {
        emit(.disconnected) { $0.isConnected = false }
        for listener in state.withLock({ $0.listeners.values }) { listener.finish() }
    }

    private func emit(_ kind: DisplayChange.Kind, _ change: (inout State) -> Void) {
        let (event, listeners) = state.withLock { state in
            state.generation += 1
            change(&state)
            return (
                DisplayChange(kind: kind, sequence: state.generation, instant: .now), Array(state.listeners.values)
            )
        }
        for listener in listeners { listener.yield(event) }
    }

    /// Returns when somebody has taken the newest frame.
    package func frameIsTaken() async throws {
        while state.withLock({ $0.takenGeneration != $0.generation }) {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    // MARK: - DisplaySource

    package func frame() -> Frame? {
        state.withLock { state in
            state.takenGeneration = state.generation
            return state.frame
        }
    }

    package var generation: UInt64 { state.withLock { $0.generation } }
    package var isConnected: Bool { state.withLock { $0.isConnected } }
    package var pointer: PointerImage? { nil }

    package var changes: AsyncStream<DisplayChange> {
        AsyncStream(bufferingPolicy: .bufferingNewest(16)) { continuation in
            let id = state.withLock { state -> Int? in
                guard state.isConnected else { return nil }
                state.nextListener += 1
                state.listeners[state.nextListener] = continuation
                return state.nextListener
            }
            guard let id else { return continuation.finish() }
            continuation.onTermination = { [weak self] _ in
                _ = self?.state.withLock { $0.listeners.removeValue(forKey: id) }
            }
        }
    }

    package func press(key: UInt32) { note(.press(key)) }
    package func release(key: UInt32) { note(.release(key)) }
    package func press(button: PointerButton) { note(.pressButton(button)) }
    package func release(button: PointerButton) { note(.releaseButton(button)) }
    package func movePointer(byX dx: Int, y dy: Int) { note(.moveBy(dx, dy)) }

    package func movePointer(to point: Point) throws {
        guard isAbsolute else {
            throw GuestDisplayError.refused(call: "SetAbsPosition", reason: "Mouse is not absolute")
        }
        note(.move(point))
    }

    private func note(_ act: Act) {
        state.withLock { $0.acts.append(act) }
        onAct(act, self)
    }
}
