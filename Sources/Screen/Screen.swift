import GuestDisplay
public import Pictures
public import ScreenMatching

/// What a person would see and do at a machine: look at its screen, type, and use its mouse.
///
/// Waits are driven by the machine: they look when the screen changes, cost nothing while it is still, and always look
/// at the newest picture, once more when the time is over.
/// ```swift
/// try await screen.wait(forText: "Log in", within: .seconds(60))
/// try await screen.keyboard.type("amnesia\n")
/// try await screen.click("desktop/terminal")
/// ```
public struct Screen: Sendable {
    /// The guest's keyboard.
    public let keyboard: Keyboard
    /// The guest's mouse.
    public let mouse: Mouse
    /// How patient it is.
    public let configuration: ScreenConfiguration

    private let display: any DisplaySource
    private let eyes: Eyes
    private let watching: Watching

    /// Creates a screen over a display.
    ///
    /// - Throws: `KeymapError` when the configuration's layout is unknown.
    package init(
        display: any DisplaySource,
        reader: TextReader,
        needles: NeedleStore = NeedleStore(),
        configuration: ScreenConfiguration = ScreenConfiguration(),
        clock: any Clock<Duration> = ContinuousClock()
    ) throws {
        self.display = display
        self.configuration = configuration
        eyes = Eyes(reader: reader, needles: needles)
        watching = Watching(display: display, clock: clock)
        keyboard = try Keyboard(display: display, configuration: configuration, clock: clock)
        mouse = Mouse(display: display, configuration: configuration, clock: clock)
    }
}

// MARK: - Waiting

extension Screen {
    /// Waits until something is on the screen.
    ///
    /// Waits at most `limit`, times the configuration's `timeoutScale`. With a region, it must be in that part of the screen.
    /// Throws ``ScreenError/notFound(_:within:seen:)``, which says what was there instead.
    @discardableResult
    public func wait(for locator: Locator, within limit: Duration, in region: Rectangle? = nil) async throws -> Match {
        try await waitForAny([locator], within: limit, in: region)
    }

    /// Waits until a text is on the screen.
    @discardableResult
    public func wait(forText text: String, within limit: Duration, in region: Rectangle? = nil) async throws -> Match {
        try await waitForAny([.text(text)], within: limit, in: region)
    }

    /// Waits until a reference picture is on the screen.
    @discardableResult
    public func wait(
        for needle: NeedleName,
        within limit: Duration,
        in region: Rectangle? = nil
    ) async throws -> Match {
        try await waitForAny([.needle(needle)], within: limit, in: region)
    }

    /// Waits until one of several things is on the screen; the match says which.
    @discardableResult
    public func waitForAny(
        _ locators: [Locator],
        within limit: Duration,
        in region: Rectangle? = nil
    ) async throws -> Match {
        try eyes.check(locators)
        let act = locators.map(\.description).joined(separator: " or ")
        let match = try await watching.wait(for: act, within: scaled(limit)) { frame -> Match? in
            if case .match(let match) = try await look(for: locators, in: region, on: frame) { return match }
            return nil
        }
        if let match { return match }
        let sight = try await eyes.look(for: locators, in: region, on: display.frame(), pointer: nil)
        switch sight {
        case .match(let match): return match
        case .miss(let seen): throw ScreenError.notFound(locators, within: scaled(limit), seen: seen)
        case .hidden: throw ScreenError.notFound(locators, within: scaled(limit), seen: .init(picture: picture))
        }
    }

    /// Waits until a text is nowhere on the screen.
    ///
    /// - Throws: ``ScreenError/stillThere(_:at:within:seen:)``.
    public func waitForTextToVanish(
        _ text: String,
        within limit: Duration,
        in region: Rectangle? = nil
    ) async throws {
        try eyes.check([.text(text)])
        let hasVanished = try await watching.wait(for: "\"\(text)\" to vanish", within: scaled(limit)) {
            frame -> Bool? in
            if case .match = try await look(for: [.text(text)], in: region, on: frame) { return nil }
            return true
        }
        guard hasVanished == nil else { return }
        let sight = try await eyes.look(for: [.text(text)], in: region, on: display.frame(), pointer: nil)
        guard case .match(let match) = sight else { return }
        let lines = try await eyes.reader.lines(of: match.picture, in: region)
        let seen = ScreenError.Observation(picture: match.picture, lines: lines)
        throw ScreenError.stillThere(text, at: match.rectangle, within: scaled(limit), seen: seen)
    }

    /// Waits until no pixel has changed for a while.
    ///
    /// - Throws: ``ScreenError/neverStill(for:within:seen:)``.
    public func waitUntilStill(for quiet: Duration, within limit: Duration) async throws {
        let isStill = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                while true {
                    let generation = display.generation
                    guard try await watching.waitForChange(after: generation, within: quiet) else { return true }
                    guard display.isConnected else {
                        throw ScreenError.gone(during: "a still screen", seen: .init(picture: picture))
                    }
                }
            }
            group.addTask {
                try await watching.clock.sleep(for: scaled(limit))
                return false
            }
            let isStill = try await group.next() ?? false
            group.cancelAll()
            return isStill
        }
        guard isStill else {
            throw ScreenError.neverStill(for: quiet, within: scaled(limit), seen: .init(picture: picture))
        }
    }
}

// MARK: - Looking

extension Screen {
    /// What the screen shows now, or `nil` while the guest shows nothing.
    public var picture: Picture? { display.frame()?.picture }

    /// Reads all text on the screen, from top to bottom.
    ///
    /// - Throws: ``ScreenError/dark`` while the guest shows nothing.
    public func readText(in region: Rectangle? = nil) async throws -> [TextLine] {
        guard let frame = display.frame() else { throw ScreenError.dark }
        return try await eyes.reader.lines(of: frame.picture, in: region)
    }

    /// Looks once, without waiting; returns `nil` when it is not there.
    public func find(_ locator: Locator, in region: Rectangle? = nil) async throws -> Match? {
        try eyes.check([locator])
        if case .match(let match) = try await look(for: [locator], in: region, on: display.frame()) { return match }
        return nil
    }

    private func look(for locators: [Locator], in region: Rectangle?, on frame: Frame?) async throws -> Eyes.Sight {
        // A pointer that the display draws is not in the picture. One that the guest draws is where it was sent.
        let pointer = display.pointer?.isVisible == true ? nil : mouse.drawnPointer
        let sight = try await eyes.look(for: locators, in: region, on: frame, pointer: pointer)
        // The pointer steps aside, which changes the screen and so leads to the next look.
        if case .hidden(let place) = sight, let frame { try await mouse.stepAside(from: place, on: frame.picture) }
        return sight
    }

    private func scaled(_ limit: Duration) -> Duration { limit * configuration.timeoutScale }
}

// MARK: - Typing

extension Screen {
    /// Types a text at the pace at which it shows: a boot menu on a busy host loses keys that come faster.
    ///
    /// The next character is typed when the screen has changed, or when it has not for two seconds.
    public func typeAtItsPace(_ text: String) async throws {
        for character in text {
            let generation = display.generation
            try await keyboard.type(String(character))
            _ = try await watching.waitForChange(after: generation, within: scaled(.seconds(2)))
        }
    }
}

// MARK: - Clicking

extension Screen {
    /// Waits for something and clicks on it.
    @discardableResult
    public func click(
        _ locator: Locator,
        within limit: Duration = .seconds(10),
        in region: Rectangle? = nil
    ) async throws -> Match {
        let match = try await wait(for: locator, within: limit, in: region)
        try await mouse.click(at: match.centre)
        return match
    }

    /// Waits for a text and clicks on it.
    @discardableResult
    public func click(
        text: String,
        within limit: Duration = .seconds(10),
        in region: Rectangle? = nil
    ) async throws -> Match {
        try await click(.text(text), within: limit, in: region)
    }

    /// Waits for a reference picture and clicks on it.
    @discardableResult
    public func click(
        _ needle: NeedleName,
        within limit: Duration = .seconds(10),
        in region: Rectangle? = nil
    ) async throws -> Match {
        try await click(.needle(needle), within: limit, in: region)
    }
}
