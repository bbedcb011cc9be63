import GuestDisplay
import Pictures

/// Looks at a display whenever it changes, and not otherwise.
///
/// ```
/// look at the newest frame ────── found ──> the answer
///    │ nothing                     ▲
///    ▼                             │
/// wait for a frame ────────────────┘        a ring keeps the frames that came during a look
///    │ the limit is over
///    ▼
/// look at the newest ──> the answer, or nil
/// ```
struct Watching: Sendable {
    let display: any DisplaySource
    let clock: any Clock<Duration>

    /// When a wait looks.
    enum Pace {
        /// When the screen has changed: what is seen can't change otherwise.
        case seeing
        /// Then, and now and then on a still screen: what a guest says may come later than what it shows. Each look
        /// costs the guest's time, so that there is as long a pause between them.
        case asking
    }

    /// Runs `look` on each new frame, also on those that are gone already, until it answers or the limit is over.
    ///
    /// Goes back as far as the scope around it that keeps frames, if there is one.
    ///
    /// `act` says what is waited for, in words that follow "waiting for". Throws ``ScreenError/gone(during:seen:)`` when the
    /// machine ends, or the error of `look`.
    func wait<Answer: Sendable>(
        for act: String,
        within limit: Duration,
        pace: Pace = .seeing,
        look: @escaping @Sendable (Frame?) async throws -> Answer?
    ) async throws -> Answer? {
        let answer: Answer? = try await withThrowingTaskGroup(of: Ending<Answer>.self) { group in
            group.addTask {
                try await clock.sleep(for: limit)
                return .limit
            }
            let ring = FrameRing.ofScope ?? FrameRing(display)
            if FrameRing.ofScope == nil {
                group.addTask {
                    await ring.record()
                    return .recorded
                }
            }
            let looks = Looks()
            if pace == .asking {
                group.addTask {
                    await askAgain(of: ring, looks)
                    return .recorded
                }
            }
            group.addTask { .answer(try await watch(ring, looks, pace, act, look)) }
            var first = try await group.next()
            if case .recorded = first { first = try await group.next() }
            group.cancelAll()
            if case .answer(let answer) = first { return answer }
            // A look that is under way may still answer: it began before the limit.
            do {
                for try await ending in group {
                    if case .answer(let answer) = ending { return answer }
                }
            } catch is CancellationError {}
            return nil
        }
        if let answer { return answer }
        try Task.checkCancellation()
        return try await look(display.frame())
    }

    /// Waits until the display changes, for at most a while; returns whether it did.
    func waitForChange(after generation: UInt64, within limit: Duration) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await clock.sleep(for: limit)
                return false
            }
            group.addTask { try await change(after: generation) }
            let isChanged = try await group.next() ?? false
            group.cancelAll()
            return isChanged
        }
    }

    // MARK: - Private parts

    private enum Ending<Answer: Sendable>: Sendable {
        case limit
        case recorded
        case answer(Answer)
    }

    private func watch<Answer: Sendable>(
        _ ring: FrameRing,
        _ looks: Looks,
        _ pace: Pace,
        _ act: String,
        _ look: @Sendable (Frame?) async throws -> Answer?
    ) async throws -> Answer {
        while let entry = await ring.next(for: looks) {
            let start = ContinuousClock.now
            if let answer = try await look(entry.frame) { return answer }
            try Task.checkCancellation()
            try await pause(after: .now - start, pace)
            looks.note(entry)
        }
        try Task.checkCancellation()
        throw ScreenError.gone(during: act, seen: .init(picture: display.frame()?.picture))
    }

    /// Leaves the processor to the guest for a while after a look that cost much: on a screen that changes all the time
    /// looking would otherwise slow down what it waits for.
    private func pause(after cost: Duration, _ pace: Pace) async throws {
        guard cost > .milliseconds(50) else { return }
        let pause = pace == .asking ? min(cost, .seconds(1)) : min(cost / 2, .milliseconds(300))
        try await Task.sleep(for: pause)
    }

    /// Has the newest frame looked at again until the task is cancelled: soon after each change, then ever more rarely.
    private func askAgain(of ring: FrameRing, _ looks: Looks) async {
        let soon = Duration.milliseconds(500)
        var interval = soon
        while !Task.isCancelled, display.isConnected {
            if (try? await waitForChange(after: display.generation, within: interval)) == true {
                // The change itself is looked at by the watch, which may be too early.
                try? await clock.sleep(for: soon)
                interval = soon
            }
            ring.lookAgain(looks)
            interval = min(interval * 2, .seconds(16))
        }
    }

    /// Returns when a change newer than `generation` is there, or false when the machine has gone.
    private func change(after generation: UInt64) async throws -> Bool {
        // Listened to first: a change between the comparison and the loop is then in the stream.
        let changes = display.changes
        if display.generation > generation, display.isConnected { return true }
        for await change in changes {
            if change.kind == .disconnected { return false }
            if change.sequence > generation { return true }
        }
        try Task.checkCancellation()
        return false
    }
}
