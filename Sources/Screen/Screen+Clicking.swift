public import Pictures

// A click is an act on something that is there, at rest, and the only one of its kind:
//
//     wait until it is there ──> is it the only one? ──> the pointer goes there ──> is it still there? ──> click
//          ▲                          │ no: an error                                  │ no                   │
//          └──────────────────────────┼───────────────────────────────────────────────┘                      ▼
//                                     │                                       has the screen changed? ──> done
//                                     │                                               │ no, thrice: an error

/// Which of several places is clicked on.
public enum ClickChoice: Sendable {
    /// There must be one only.
    case only
    /// The best or uppermost one.
    case first
}

/// How a place is clicked on.
public enum ClickKind: Sendable {
    case single, double, right
}

extension Screen {
    /// Waits for something to be there and at rest, clicks on it, and sees to it that the screen changes.
    ///
    /// A click that changes nothing is made again, a few times; `changesScreen` says that none is expected to. A menu that
    /// tells of what is in it has to open, or to close if it was open, and a text field has to get the keyboard.
    ///
    /// - Throws: A ``ScreenError`` when it is not there, there are several, it doesn't rest, or clicking changes nothing.
    @discardableResult
    public func click(
        _ locator: Locator,
        within limit: Duration = .seconds(10),
        in region: Rectangle? = nil,
        choice: ClickChoice = .only,
        kind: ClickKind = .single,
        changesScreen: Bool = true
    ) async throws -> Match {
        let patience = scaled(configuration.clickEffect)
        for _ in 0..<max(1, configuration.mostClicks) {
            let match = try await target(locator, within: limit, in: region, choice: choice)
            let effect = ClickEffect(of: kind, on: match)
            let generation = display.generation
            try await mouse.click(kind)
            guard changesScreen, effect?.isThereBefore != true else { return match }
            guard try await watching.waitForChange(after: generation, within: patience) else { continue }
            guard let effect else { return match }
            // What is there for a moment only is not there: hence two looks.
            let isThere = try await watching.wait(for: "a click to take effect", within: patience, pace: .asking) { _ in
                for _ in 0..<2 where try await !effect.isThere(in: eyes.elements.look()) { return Bool?.none }
                return true
            }
            if isThere == true { return match }
        }
        throw ScreenError.noEffect(locator, clicks: configuration.mostClicks, seen: .init(picture: picture))
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

    /// Waits for two things and drags the one onto the other.
    public func drag(_ locator: Locator, onto other: Locator, within limit: Duration = .seconds(10)) async throws {
        let end = try await target(other, within: limit, in: nil, choice: .only)
        let start = try await target(locator, within: limit, in: nil, choice: .only)
        try await mouse.drag(from: start.centre, to: end.centre)
    }

    /// Waits for something that is the only one, sends the pointer there, and returns when it is still at that place.
    private func target(
        _ locator: Locator,
        within limit: Duration,
        in region: Rectangle?,
        choice: ClickChoice
    ) async throws -> Match {
        let deadline = ContinuousClock.now + scaled(limit)
        let locator = locator.toBeClicked
        // Not from the past: only what is there now can be clicked on.
        var match = try await FrameRing.$ofScope.withValue(nil) {
            try await wait(for: locator, within: limit, in: region)
        }
        while true {
            if choice == .only { try match.requireOne() }
            try await mouse.arrive(at: match.centre)
            // What didn't change while the pointer went there is at rest; but a program may tell of it before it draws it.
            guard display.generation > match.generation || locator.isElement else { return match }
            var again = try await find(locator, in: region)
            if again == nil, locator.isElement {
                // The pointer hides no element, so it has gone or reacts no more.
                again = try await wait(for: locator, within: limit, in: region)
            }
            // A pointer that is over it may hide it by now, so what can't be seen is believed to be there still.
            guard let again, again.rectangle != match.rectangle else { return match }
            guard .now < deadline else {
                throw ScreenError.restless(locator, within: scaled(limit), seen: .init(picture: again.picture))
            }
            match = again
        }
    }
}
