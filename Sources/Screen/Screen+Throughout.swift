public import Pictures

extension Screen {
    /// Runs an act and lets the waits in it look at every frame since it began, also at those that are gone already.
    ///
    /// ```swift
    /// try await screen.lookingBack {
    ///     try await screen.keyboard.press("F12")
    ///     try await screen.wait(forText: "Entering setup", within: .seconds(10))
    /// }
    /// ```
    public func lookingBack<Result: Sendable>(_ act: @escaping @Sendable () async throws -> Result) async throws
        -> Result
    {
        let ring = FrameRing(display)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                await ring.record()
                return nil
            }
            group.addTask { try await FrameRing.$ofScope.withValue(ring) { try await act() } }
            defer { group.cancelAll() }
            while let ending = try await group.next() {
                if let ending { return ending }
            }
            throw CancellationError()
        }
    }

    /// Waits until any pixel changes.
    ///
    /// - Throws: ``ScreenError/neverChanged(within:seen:)``.
    public func waitForChange(within limit: Duration) async throws {
        guard try await !watching.waitForChange(after: display.generation, within: scaled(limit)) else { return }
        throw ScreenError.neverChanged(within: scaled(limit), seen: .init(picture: picture))
    }

    /// Runs an act, and ends it as soon as a frame lacks what must be there throughout.
    ///
    /// - Throws: ``ScreenError/broken(_:seen:)``, or the error of `act`.
    public func keeping<Result: Sendable>(
        _ locator: Locator,
        in region: Rectangle? = nil,
        during act: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await throughout(locator, in: region, act) { match in match == nil ? .always(locator) : nil }
    }

    /// Runs an act, and ends it as soon as a frame shows what must never be there.
    ///
    /// - Throws: ``ScreenError/broken(_:seen:)``, or the error of `act`.
    public func excluding<Result: Sendable>(
        _ locator: Locator,
        in region: Rectangle? = nil,
        during act: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await throughout(locator, in: region, act) { match in
            match.map { .never(locator, seenAt: $0.rectangle) }
        }
    }

    private func throughout<Result: Sendable>(
        _ locator: Locator,
        in region: Rectangle?,
        _ act: @escaping @Sendable () async throws -> Result,
        judge: @escaping @Sendable (Match?) -> ScreenError.Condition?
    ) async throws -> Result {
        try eyes.check([locator])
        let gaze = try Gaze(eyes, for: [locator], in: region)
        let ring = FrameRing(display)
        @Sendable func check(_ entry: FrameRing.Entry) async throws {
            var match: Match?
            switch try await gaze.look(at: entry.frame, pointer: drawnPointer) {
            case .match(let seen): match = seen
            // What the pointer hides in part is neither there nor gone.
            case .hidden: return
            case .miss: break
            }
            guard let condition = judge(match) else { return }
            throw ScreenError.broken(condition, seen: .init(picture: entry.frame?.picture))
        }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                await ring.record()
                return nil
            }
            let looks = Looks()
            group.addTask {
                while let entry = await ring.next(for: looks) {
                    try await check(entry)
                    looks.note(entry)
                }
                return nil
            }
            group.addTask { try await act() }
            while let ending = try await group.next() {
                guard let ending else { continue }
                group.cancelAll()
                // Frames that came before the act ended and have not been looked at yet.
                for entry in ring.rest(for: looks) { try await check(entry) }
                return ending
            }
            throw CancellationError()
        }
    }
}
