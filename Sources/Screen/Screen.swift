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

    let display: any DisplaySource
    let eyes: Eyes
    let watching: Watching

    /// Creates a screen over a display.
    ///
    /// - Throws: `KeymapError` when the configuration's layout is unknown.
    package init(
        display: any DisplaySource,
        reader: TextReader,
        needles: NeedleStore = NeedleStore(),
        elements: (any ElementSource)? = nil,
        configuration: ScreenConfiguration = ScreenConfiguration(),
        clock: any Clock<Duration> = ContinuousClock()
    ) throws {
        self.display = display
        self.configuration = configuration
        eyes = Eyes(
            reader: reader,
            shelf: NeedleShelf(needles),
            elements: ElementSight(elements, limit: configuration.elementLook * configuration.timeoutScale)
        )
        watching = Watching(display: display, clock: clock)
        keyboard = try Keyboard(display: display, configuration: configuration, clock: clock)
        mouse = Mouse(display: display, configuration: configuration, clock: clock)
    }
}

extension Screen {
    /// Looks for other reference pictures from the next wait on.
    package func replaceNeedles(_ needles: NeedleStore) { eyes.shelf.replace(with: needles) }
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
        let gaze = try Gaze(eyes, for: locators, in: region)
        let match = try await watching.wait(for: act, within: scaled(limit), pace: gaze.pace) { frame -> Match? in
            if case .match(let match) = try await look(gaze, at: frame) { return match }
            return nil
        }
        if let match { return match }
        let frame = display.frame()
        if let match = try await eyes.searchWhole(for: locators, in: region, on: frame) { return match }
        let seen = try await eyes.observation(of: locators, in: region, on: frame)
        throw ScreenError.notFound(locators, within: scaled(limit), seen: seen)
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
        let gaze = try Gaze(eyes, for: [.text(text)], in: region)
        let hasVanished = try await watching.wait(for: "\"\(text)\" to vanish", within: scaled(limit)) {
            _ -> Bool? in
            // Not an older frame: what has come back by now has not vanished.
            if case .match = try await look(gaze, at: display.frame()) { return nil }
            return true
        }
        guard hasVanished == nil else { return }
        guard let match = try await find(.text(text), in: region) else { return }
        let lines = try await eyes.reader.lines(of: match.picture, in: region)
        let seen = ScreenError.Observation(picture: match.picture, lines: lines)
        throw ScreenError.stillThere(.text(text), at: match.rectangle, within: scaled(limit), seen: seen)
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
        let gaze = try Gaze(eyes, for: [locator], in: region)
        guard case .match(let match) = try await gaze.look(at: display.frame(), pointer: drawnPointer) else {
            return nil
        }
        return match
    }

    /// Where a pointer may be drawn into the picture: one that the display draws is not, one that the guest draws is where
    /// it was sent.
    var drawnPointer: Rectangle? { display.pointer?.isVisible == true ? nil : mouse.drawnPointer }

    func look(_ gaze: Gaze, at frame: Frame?) async throws -> Eyes.Sight {
        let sight = try await gaze.look(at: frame, pointer: drawnPointer)
        // The pointer steps aside, which changes the screen and so leads to the next look.
        if case .hidden(let place) = sight, let frame { try await mouse.stepAside(from: place, on: frame.picture) }
        return sight
    }

    func scaled(_ limit: Duration) -> Duration { limit * configuration.timeoutScale }
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

    /// Types a text and waits until it is read from the screen.
    ///
    /// What the screen showed before doesn't count: the text must stand at more places than it did.
    ///
    /// - Throws: ``ScreenError/notFound(_:within:seen:)``, which says what was read instead.
    @discardableResult
    public func typeAndSee(
        _ text: String,
        within limit: Duration = .seconds(10),
        in region: Rectangle? = nil
    ) async throws -> Match {
        let locator = Locator.text(text)
        let places = try await find(locator, in: region).map { 1 + $0.others.count } ?? 0
        try await keyboard.type(text)
        let gaze = try Gaze(eyes, for: [locator], in: region)
        let match = try await watching.wait(for: "\(locator)", within: scaled(limit)) { frame -> Match? in
            guard case .match(let match) = try await look(gaze, at: frame), match.others.count + 1 > places else {
                return nil
            }
            return match
        }
        if let match { return match }
        let seen = try await eyes.observation(of: [locator], in: region, on: display.frame())
        throw ScreenError.notFound([locator], within: scaled(limit), seen: seen)
    }
}
