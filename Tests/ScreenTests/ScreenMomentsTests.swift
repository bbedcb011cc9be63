import Pictures
import Screen
import ScreenMatching
import ScreenTestSupport
import Testing

private func page(_ lines: String...) -> Picture {
    var canvas = Canvas(width: 500, height: 200)
    for (index, line) in lines.enumerated() { canvas.write(line, x: 40, y: 50 + 50 * index) }
    return canvas.picture
}

@Suite("Moments of a screen", .timeLimit(.minutes(5)))
struct ScreenMomentsTests {
    private func screen(_ display: FakeDisplay) throws -> Screen {
        let quick = ScreenConfiguration(keyHold: .zero, keyGap: .zero, buttonHold: .zero)
        return try Screen(display: display, reader: TextReader(), configuration: quick)
    }

    @Test("what was there only for a moment since the scope began is seen, and before it is not")
    func lookingBack() async throws {
        let display = FakeDisplay(page("Before"))
        let screen = try screen(display)
        display.show(page("Press a key"))
        try await screen.lookingBack {
            while display.listenerCount == 0 { await Task.yield() }
            for text in ["Entering setup", "Welcome"] {
                display.show(page(text))
                try await display.frameIsTaken()
            }
            let match = try await screen.wait(forText: "Entering setup", within: .seconds(20))
            #expect(match.picture == page("Entering setup"))
            await #expect(throws: ScreenError.self) {
                try await screen.wait(forText: "Before", within: .milliseconds(20))
            }
        }
        await #expect(throws: ScreenError.self) {
            try await screen.wait(forText: "Entering setup", within: .milliseconds(20))
        }
    }

    @Test("a guest that changes its mode with every frame is looked at all the same")
    func restless() async throws {
        let display = FakeDisplay(page("Starting"))
        let screen = try screen(display)
        async let match = screen.waitForAny([.text("Log in"), .text("Kernel panic")], within: .seconds(50))
        while display.listenerCount == 0 { await Task.yield() }
        for round in 1..<40 {
            display.show(round.isMultiple(of: 5) ? nil : Canvas(width: round, height: 41 - round).picture)
        }
        display.show(page("Log in"))
        #expect(try await match.locator == .text("Log in"))
    }

    @Test("a screen that changes is noticed, and one that doesn't is an error")
    func change() async throws {
        let display = FakeDisplay(page("Still"))
        let screen = try screen(display)
        async let changed: Void = screen.waitForChange(within: .seconds(30))
        while display.listenerCount == 0 { await Task.yield() }
        display.show(page("Moved"))
        try await changed
        let error = await #expect(throws: ScreenError.self) {
            try await screen.waitForChange(within: .milliseconds(20))
        }
        #expect(error?.summary == "Expected the screen to change within 0 s, but no pixel did.")
    }

    @Test("what must be there throughout ends the act when it goes for a single frame")
    func keeping() async throws {
        let display = FakeDisplay(page("Tor is ready"))
        let screen = try screen(display)
        let value = try await screen.keeping(.text("Tor is ready")) {
            display.show(page("Tor is ready", "and more"))
            return 42
        }
        #expect(value == 42)
        let error = await #expect(throws: ScreenError.self) {
            try await screen.keeping(.text("Tor is ready")) {
                while display.listenerCount == 0 { await Task.yield() }
                display.show(page("Tor is not ready"))
                try await Task.sleep(for: .seconds(3_600))
            }
        }
        guard case .broken(.always(.text("Tor is ready")), _) = error else {
            Issue.record("\(error as Any)")
            return
        }
    }

    @Test("what must never be there ends the act when it comes, also in the last moment")
    func excluding() async throws {
        let display = FakeDisplay(page("Welcome"))
        let screen = try screen(display)
        try await screen.excluding(.text("Kernel panic")) { display.show(page("Fine")) }
        let error = await #expect(throws: ScreenError.self) {
            try await screen.excluding(.text("Kernel panic")) {
                while display.listenerCount == 0 { await Task.yield() }
                display.show(page("Kernel panic"))
                try await Task.sleep(for: .seconds(3_600))
            }
        }
        guard case .broken(.never(.text("Kernel panic"), let place), _) = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(abs(place.x - 40) < 6)
    }

    @Test("the error of the act is what is told when the condition holds")
    func actFails() async throws {
        struct StepFailed: Error {}
        let screen = try screen(FakeDisplay(page("Welcome")))
        await #expect(throws: StepFailed.self) {
            try await screen.excluding(.text("Kernel panic")) { throw StepFailed() }
        }
    }

    @Test("typing is seen when the text stands where it did not before")
    func typing() async throws {
        let display = FakeDisplay(page("hello")) { act, display in
            // The last letter's key goes up.
            if act == .release(0x18) { display.show(page("hello", "hello")) }
        }
        try await screen(display).typeAndSee("hello", within: .seconds(20))
        let deaf = FakeDisplay(page("hello"))
        let error = await #expect(throws: ScreenError.self) {
            try await screen(deaf).typeAndSee("hello", within: .milliseconds(20))
        }
        #expect(error?.observation?.lines.count == 1)
    }
}

@Suite("Clicks", .timeLimit(.minutes(5)))
struct ClickTests {
    private func screen(_ display: FakeDisplay, clicks: Int = 2) throws -> Screen {
        var quick = ScreenConfiguration(keyHold: .zero, keyGap: .zero, buttonHold: .zero)
        quick.clickEffect = .milliseconds(20)
        quick.mostClicks = clicks
        return try Screen(display: display, reader: TextReader(), configuration: quick)
    }

    @Test("a click that changes nothing is made again, and is an error at last")
    func noEffect() async throws {
        let display = FakeDisplay(page("Continue"))
        let error = await #expect(throws: ScreenError.self) { try await screen(display).click(text: "Continue") }
        #expect(error?.summary.hasSuffix("but 2 clicks changed nothing.") == true)
        #expect(display.acts.filter { $0 == .pressButton(.left) }.count == 2)
        let quiet = FakeDisplay(page("Continue"))
        try await screen(quiet).click(.text("Continue"), changesScreen: false)
        #expect(quiet.acts.filter { $0 == .pressButton(.left) }.count == 1)
    }

    @Test("two places are an error, unless the first of them was asked for")
    func ambiguous() async throws {
        let display = FakeDisplay(page("Delete", "Delete"))
        let error = await #expect(throws: ScreenError.self) { try await screen(display).click(text: "Delete") }
        guard case .ambiguous(_, let places, _) = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(places.count == 2)
        #expect(error?.blame == .testAuthor)
        #expect(display.acts.isEmpty)
        let match = try await screen(display).click(.text("Delete"), choice: .first, changesScreen: false)
        #expect(match.centre.y < 60)
        let below = Rectangle(x: 0, y: 70, width: 500, height: 130)
        #expect(try await screen(display).click(.text("Delete"), in: below, changesScreen: false).centre.y > 70)
    }

    @Test("what moves while the pointer goes there is clicked on where it is then")
    func moving() async throws {
        let display = FakeDisplay(page("Continue")) { act, display in
            if case .move(let point) = act, point.y < 60 { display.show(page("Please wait", "Continue")) }
        }
        let match = try await screen(display).click(.text("Continue"), within: .seconds(50), changesScreen: false)
        #expect(match.centre.y > 80)
        guard case .move(let point) = display.acts.last(where: { if case .move = $0 { true } else { false } }) else {
            Issue.record("the pointer never moved")
            return
        }
        #expect(point == match.centre)
    }

    @Test("a double click is two presses, a drag goes from one text to the other")
    func kinds() async throws {
        let display = FakeDisplay(page("Folder", "Trash"))
        let screen = try screen(display)
        try await screen.click(.text("Folder"), kind: .double, changesScreen: false)
        #expect(display.acts.filter { $0 == .pressButton(.left) }.count == 2)
        try await screen.drag(.text("Folder"), onto: .text("Trash"))
        #expect(display.acts.last == .releaseButton(.left))
    }
}
