import GuestDisplay
import Synchronization

/// The frames of a display from a moment on, so that one that was gone before anybody looked is still looked at.
///
/// Bounded: when looking is slower than the guest paints, the oldest frames go, and the newest is always there.
final class FrameRing: Sendable {
    /// The screen at one moment; without a frame, the guest showed nothing.
    struct Entry: Sendable {
        let generation: UInt64
        let frame: Frame?
    }

    private struct State {
        var entries: [Entry] = []
        var isOver = false
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextListener = 0
    }

    private static let mostFrames = 16
    private static let mostBytes = 96 << 20

    /// The ring that the scope around a task keeps, so that a wait may look back to where the scope began.
    @TaskLocal static var ofScope: FrameRing?

    private let display: any DisplaySource
    private let state = Mutex(State())

    /// Creates a ring that holds what the display shows now.
    init(_ display: any DisplaySource) {
        self.display = display
        keep()
    }

    /// Keeps every frame until the display ends or the task is cancelled.
    func record() async {
        // Listened to first: what changes between the two is then in the stream.
        let changes = display.changes
        keep()
        for await change in changes {
            if change.kind == .disconnected { break }
            keep()
        }
        let listeners = state.withLock { state in
            state.isOver = !display.isConnected
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield() }
    }

    /// The newest frame that has not been looked at, or `nil` when the machine has gone or the task is cancelled.
    ///
    /// The newest first, so that a wait is as fast as the screen even when looking is not; older ones when there is time.
    func next(for looks: Looks) async -> Entry? {
        let (signals, id) = listen()
        defer { _ = state.withLock { $0.listeners.removeValue(forKey: id) } }
        var iterator = signals.makeAsyncIterator()
        while !Task.isCancelled {
            if let entry = rest(for: looks).last { return entry }
            if state.withLock({ $0.isOver }) { return nil }
            guard await iterator.next() != nil else { return nil }
        }
        return nil
    }

    /// All kept frames that have not been looked at, oldest first.
    func rest(for looks: Looks) -> [Entry] {
        let entries = state.withLock { $0.entries }
        return entries.filter { !looks.contains($0) }
    }

    /// Lets the newest frame count as one that has not been looked at.
    func lookAgain(_ looks: Looks) {
        let listeners = state.withLock { state in
            if let newest = state.entries.last { looks.forget(newest) }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield() }
    }

    // MARK: - Private parts

    private func listen() -> (AsyncStream<Void>, Int) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            return state.nextListener
        }
        return (stream, id)
    }

    private func keep() {
        let frame = display.frame()
        let entry = Entry(generation: frame?.generation ?? display.generation, frame: frame)
        let listeners = state.withLock { state -> [AsyncStream<Void>.Continuation] in
            guard state.entries.last.map({ $0.generation < entry.generation }) ?? true else { return [] }
            state.entries.append(entry)
            let size = (frame?.picture.bytes.count ?? 0) + 1
            let most = max(2, min(Self.mostFrames, Self.mostBytes / size))
            if state.entries.count > most { state.entries.removeFirst(state.entries.count - most) }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield() }
    }
}

/// Which frames of a ring have been looked at.
final class Looks: Sendable {
    private let generations = Mutex<Set<UInt64>>([])

    func contains(_ entry: FrameRing.Entry) -> Bool { generations.withLock { $0.contains(entry.generation) } }

    func forget(_ entry: FrameRing.Entry) { generations.withLock { _ = $0.remove(entry.generation) } }

    func note(_ entry: FrameRing.Entry) { generations.withLock { _ = $0.insert(entry.generation) } }
}
