import Diagnostics
import GuestDisplay
import Pictures
import Screen
import ScreenMatching
import ScreenTestSupport
import Testing

private func page(_ lines: String..., ink: Colour = .ink) -> Picture {
    var canvas = Canvas(width: 500, height: 200)
    for (index, line) in lines.enumerated() { canvas.write(line, x: 40, y: 50 + 50 * index, colour: ink) }
    return canvas.picture
}

@Suite("Waiting for a screen", .timeLimit(.minutes(5)))
struct ScreenWaitTests {
    private func screen(_ display: FakeDisplay, needles: [Needle] = []) throws -> Screen {
        try Screen(display: display, reader: TextReader(), needles: NeedleStore(needles))
    }

    /// Runs `act` when a wait has begun to listen.
    private func whenListening(_ display: FakeDisplay, _ act: @Sendable () -> Void) async {
        while display.listenerCount == 0 { await Task.yield() }
        act()
    }

    @Test("what is there already is found without a change")
    func atOnce() async throws {
        let match = try await screen(FakeDisplay(page("Log in"))).wait(forText: "Log in", within: .seconds(30))
        #expect(match.locator == .text("Log in"))
        #expect(abs(match.centre.y - 45) < 10)
    }

    @Test("a wait sees what appears while it waits")
    func appears() async throws {
        let display = FakeDisplay(page("Starting"))
        let screen = try screen(display)
        async let match = screen.wait(forText: "Log in", within: .seconds(30))
        await whenListening(display) { display.show(page("Starting", "Log in")) }
        #expect(try await match.found == "Log in")
    }

    @Test("a machine that shows nothing at first is waited for")
    func dark() async throws {
        let display = FakeDisplay()
        let screen = try screen(display)
        async let match = screen.wait(forText: "Log in", within: .seconds(30))
        await whenListening(display) { display.show(page("Log in")) }
        _ = try await match
        display.show(nil)
        await #expect(throws: ScreenError.dark) { try await screen.readText() }
    }

    @Test("a miss says what was read, which line came nearest and how near, and blames the system")
    func miss() async throws {
        let screen = try screen(FakeDisplay(page("Welcome", "Tor is not ready")))
        let error = await #expect(throws: ScreenError.self) {
            try await screen.wait(forText: "Tor is ready", within: .milliseconds(50))
        }
        #expect(error?.blame == .systemUnderTest)
        #expect(error?.observation?.picture == screen.picture)
        #expect(error?.observation?.lines.count == 2)
        let text = try #require(error?.description)
        #expect(text.hasPrefix("Expected the text \"Tor is ready\" on the screen within 0.1 s, but it did not appear."))
        #expect(text.contains("the nearest line is Tor is not ready"))
        #expect(text.contains("3 letters away"))
    }

    @Test("the first of several things wins and names itself")
    func several() async throws {
        let display = FakeDisplay(page("Starting"))
        let screen = try screen(display)
        async let match = screen.waitForAny([.text("Log in"), .text("Kernel panic")], within: .seconds(30))
        await whenListening(display) { display.show(page("Kernel panic")) }
        #expect(try await match.locator == .text("Kernel panic"))
    }

    @Test("text that goes is noticed, and text that stays is an error with its place")
    func vanishes() async throws {
        let display = FakeDisplay(page("Please wait"))
        let screen = try screen(display)
        async let gone: Void = screen.waitForTextToVanish("Please wait", within: .seconds(30))
        await whenListening(display) { display.show(page("Done")) }
        try await gone
        let error = await #expect(throws: ScreenError.self) {
            try await screen.waitForTextToVanish("Done", within: .milliseconds(50))
        }
        guard case .stillThere(.text("Done"), let place, _, _) = error else {
            return #expect(Bool(false), "\(error as Any)")
        }
        #expect(abs(place.x - 40) < 6)
    }

    @Test("a still screen is still, a flickering one never is")
    func still() async throws {
        let display = FakeDisplay(page("Desktop"))
        let screen = try screen(display)
        try await screen.waitUntilStill(for: .milliseconds(30), within: .seconds(30))
        let flicker = Task {
            while !Task.isCancelled {
                display.show(page("Desktop"))
                await Task.yield()
            }
        }
        await #expect(throws: ScreenError.self) {
            try await screen.waitUntilStill(for: .seconds(20), within: .milliseconds(50))
        }
        flicker.cancel()
    }

    @Test("a machine that goes while it is waited for ends the wait at once")
    func gone() async throws {
        let display = FakeDisplay(page("Starting"))
        let screen = try screen(display)
        let wait = Task { try await screen.wait(forText: "Log in", within: .seconds(3_600)) }
        await whenListening(display) { display.disconnect() }
        let error = await #expect(throws: ScreenError.self) { try await wait.value }
        guard case .gone = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test("a cancelled wait ends with a cancellation, never with a match or a miss")
    func cancelled() async throws {
        let display = FakeDisplay(page("Starting"))
        let screen = try screen(display)
        let wait = Task { try await screen.wait(forText: "Log in", within: .seconds(3_600)) }
        await whenListening(display) { wait.cancel() }
        await #expect(throws: CancellationError.self) { try await wait.value }
    }

    @Test("a text without letters and an unknown needle are the author's errors, before any wait")
    func authorErrors() async throws {
        let screen = try screen(FakeDisplay(page("Starting")))
        await #expect(throws: ScreenError.nothingToLookFor("...")) {
            try await screen.wait(forText: "...", within: .seconds(3_600))
        }
        await #expect(throws: NeedleError.self) { try await screen.wait(for: "no/such", within: .seconds(3_600)) }
    }

    @Test("the scale makes limits longer")
    func scale() async throws {
        let configuration = ScreenConfiguration(timeoutScale: 3)
        let screen = try Screen(
            display: FakeDisplay(page("Starting")),
            reader: TextReader(),
            configuration: configuration
        )
        let error = await #expect(throws: ScreenError.self) {
            try await screen.wait(forText: "Log in", within: .milliseconds(100))
        }
        #expect(error?.summary.contains("within 0.3 s") == true)
    }
}

@Suite("Needles on a screen", .timeLimit(.minutes(5)))
struct ScreenNeedleTests {
    private func button(at x: Int, pointer: Point? = nil) -> Picture {
        var canvas = Canvas(width: 400, height: 240, colour: Colour(red: 60, green: 80, blue: 110))
        canvas.box(Rectangle(x: x, y: 100, width: 140, height: 50), colour: .paper)
        canvas.write("Start Tor", x: x + 16, y: 132)
        if let pointer { canvas.box(Rectangle(x: pointer.x, y: pointer.y, width: 10, height: 16), colour: .black) }
        return canvas.picture
    }

    private var needle: Needle {
        get throws {
            let json = #"{"area": [{"xpos": 100, "ypos": 100, "width": 140, "height": 50}]}"#
            let file = try NeedleFile(json: Array(json.utf8), file: "needle.json")
            let variant = try Needle.Variant(name: "en", picture: button(at: 100), file: file, fileName: "needle.json")
            return Needle(name: "tor/start", variants: [variant])
        }
    }

    @Test("a needle is clicked in its middle")
    func click() async throws {
        let display = FakeDisplay(button(at: 180)) { act, display in
            if act == .pressButton(.left) { display.show(Canvas(width: 400, height: 240).picture) }
        }
        let screen = try Screen(display: display, reader: TextReader(), needles: NeedleStore([needle]))
        let match = try await screen.click("tor/start")
        #expect(match.error == 0)
        #expect(display.acts == [.move(Point(x: 250, y: 125)), .pressButton(.left), .releaseButton(.left)])
    }

    @Test("a pointer that hides a part steps aside, and the needle is found then")
    func stepAside() async throws {
        let start = Point(x: 200, y: 120)
        let bare = button(at: 180)
        let display = FakeDisplay(button(at: 180, pointer: start)) { act, display in
            if case .move(let point) = act, !Rectangle(x: 180, y: 100, width: 140, height: 50).contains(point) {
                display.show(bare)
            }
        }
        let screen = try Screen(display: display, reader: TextReader(), needles: NeedleStore([needle]))
        try await screen.mouse.move(to: start)
        try await screen.wait(for: "tor/start", within: .seconds(30))
    }

    @Test("a miss names the place where it differs")
    func differs() async throws {
        var canvas = Canvas(width: 400, height: 240, colour: Colour(red: 60, green: 80, blue: 110))
        canvas.box(Rectangle(x: 100, y: 100, width: 140, height: 50), colour: .paper)
        canvas.write("Start Tar", x: 116, y: 132)
        let display = FakeDisplay(canvas.picture)
        let screen = try Screen(display: display, reader: TextReader(), needles: NeedleStore([needle]))
        let error = await #expect(throws: ScreenError.self) {
            try await screen.wait(for: "tor/start", within: .milliseconds(20))
        }
        #expect(error?.description.contains("needle \"tor/start\": differs from 140x50 at (100, 100)") == true)
    }
}

@Suite("Keyboard and mouse", .timeLimit(.minutes(5)))
struct InputTests {
    private func screen(_ display: FakeDisplay) throws -> Screen {
        let quick = ScreenConfiguration(keyHold: .zero, keyGap: .zero, buttonHold: .zero)
        return try Screen(display: display, reader: TextReader(), configuration: quick)
    }

    @Test("text is typed key by key, shift held around capitals only")
    func type() async throws {
        let display = FakeDisplay()
        try await screen(display).keyboard.type("aB")
        #expect(
            display.acts == [.press(0x1e), .release(0x1e), .press(0x2a), .press(0x30), .release(0x30), .release(0x2a)]
        )
    }

    @Test("nothing is typed when one character is impossible")
    func impossible() async throws {
        let display = FakeDisplay()
        let keyboard = try screen(display).keyboard
        await #expect(throws: (any Error).self) { try await keyboard.type("abcж") }
        #expect(display.acts.isEmpty)
        try keyboard.useLayout("ru")
        try await keyboard.type("ж")
        #expect(display.acts.count == 2)
    }

    @Test("keys of a combination are released in the opposite order")
    func combination() async throws {
        let display = FakeDisplay()
        try await screen(display).keyboard.press("ctrl+alt+t")
        #expect(
            display.acts
                == [.press(0x1d), .press(0x38), .press(0x14), .release(0x14), .release(0x38), .release(0x1d)]
        )
    }

    @Test("keys are let go of when the scenario is cancelled while it holds them")
    func cancelled() async throws {
        let display = FakeDisplay()
        let keyboard = try screen(display).keyboard
        let holding = Task { try await keyboard.hold("shift", for: .seconds(3_600)) }
        while display.acts.isEmpty { await Task.yield() }
        holding.cancel()
        await #expect(throws: CancellationError.self) { try await holding.value }
        #expect(display.acts == [.press(0x2a), .release(0x2a)])
    }

    @Test("a mouse without coordinates is driven into the corner first")
    func relative() async throws {
        let display = FakeDisplay(isAbsolute: false)
        try await screen(display).mouse.click(at: Point(x: 30, y: 40))
        #expect(
            display.acts == [.moveBy(-16384, -16384), .moveBy(30, 40), .pressButton(.left), .releaseButton(.left)]
        )
    }

    @Test("a drag holds the button from start to end")
    func drag() async throws {
        let display = FakeDisplay()
        try await screen(display).mouse.drag(from: Point(x: 0, y: 0), to: Point(x: 80, y: 40))
        #expect(display.acts.first == .move(Point(x: 0, y: 0)))
        #expect(display.acts.dropFirst().first == .pressButton(.left))
        #expect(display.acts.suffix(2) == [.move(Point(x: 80, y: 40)), .releaseButton(.left)])
    }
}
