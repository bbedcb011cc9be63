import Accessibility
import Pictures
import Screen
import ScreenMatching
import ScreenTestSupport
import Synchronization
import TestSupport
import Testing

/// A guest without a machine: tells one tree after the other, and the last one from then on.
private final class ToldElements: ElementSource {
    private let state: Mutex<(trees: [Result<ElementTree, ElementError>], looks: Int)>

    init(_ trees: Result<ElementTree, ElementError>...) { state = Mutex((trees, 0)) }

    convenience init(_ elements: Element...) {
        self.init(elements)
    }

    /// Tells other elements from now on.
    func tell(_ elements: [Element]) {
        let tree = ElementTree(programs: ["editor"], elements: elements)
        state.withLock { $0.trees = [.success(tree)] }
    }

    convenience init(_ elements: [Element]) {
        self.init(.success(ElementTree(programs: ["editor"], elements: elements)))
    }

    var looks: Int { state.withLock { $0.looks } }

    func elements(within limit: Duration) async throws -> ElementTree {
        let result = state.withLock { state in
            state.looks += 1
            return state.trees.count > 1 ? state.trees.removeFirst() : state.trees[0]
        }
        return try result.get()
    }
}

extension Element {
    fileprivate static func told(
        _ role: UInt16,
        _ name: String,
        x: Int = 100,
        states: ElementStates = [.showing, .visible, .enabled, .sensitive],
        text: String? = nil,
        depth: Int = 0
    ) -> Element {
        Element(
            role: ElementRole(rawValue: role),
            name: name,
            text: text,
            states: states,
            rectangle: Rectangle(x: x, y: 50, width: 40, height: 20),
            program: "editor",
            depth: depth
        )
    }

    /// A menu "Edit" with one item, beside another menu that is closed.
    fileprivate static func menu(isOpen: Bool) -> [Element] {
        [
            .told(33, "Edit"),
            .told(35, "Copy", states: isOpen ? [.showing, .visible, .enabled] : [.enabled], depth: 1),
            .told(33, "View", x: 160),
            .told(35, "Zoom", states: [.enabled], depth: 1),
        ]
    }
}

private let button: UInt16 = 43
private let label: UInt16 = 29
private let entry: UInt16 = 79
private let greyedOut: ElementStates = [.showing, .visible]

@Suite("Elements on a screen", .timeLimit(.minutes(5)))
struct ElementTests {
    private func screen(
        _ elements: ToldElements,
        display: FakeDisplay = FakeDisplay(Canvas(width: 500, height: 200).picture),
        clicks: Int = 1,
        clock: any Clock<Duration> = ContinuousClock()
    ) throws -> Screen {
        var quick = ScreenConfiguration(keyHold: .zero, keyGap: .zero, buttonHold: .zero)
        quick.clickEffect = .milliseconds(20)
        quick.mostClicks = clicks
        return try Screen(
            display: display,
            reader: TextReader(),
            elements: elements,
            configuration: quick,
            clock: clock
        )
    }

    private func query(_ role: String, _ name: String, _ condition: ElementCondition? = nil) throws -> ElementQuery {
        ElementQuery(try RoleName(role), name, condition)
    }

    private func ok(_ condition: ElementCondition? = nil) throws -> ElementQuery {
        try query("button", "OK", condition)
    }

    private func failure(_ act: () async throws -> Void) async throws -> ScreenError {
        try #require(await #expect(throws: ScreenError.self) { try await act() })
    }

    @Test("the mouse clicks in the middle of the element")
    func click() async throws {
        let display = FakeDisplay(Canvas(width: 500, height: 200).picture)
        let screen = try screen(ToldElements(.told(button, "OK")), display: display)
        let match = try await screen.click(.element(ok()), changesScreen: false)
        #expect(match.element?.name == "OK")
        #expect(display.acts.contains(.move(Point(x: 120, y: 60))))
        #expect(display.acts.contains(.pressButton(.left)))
    }

    @Test("a button that is greyed out is not clicked, and the error says so")
    func disabled() async throws {
        let display = FakeDisplay(Canvas(width: 500, height: 200).picture)
        let screen = try screen(ToldElements(.told(button, "OK", states: greyedOut)), display: display)
        let error = try await failure { try await screen.click(.element(ok()), within: .milliseconds(20)) }
        #expect(error.summary.hasPrefix("Expected the button \"OK\" that is enabled within"))
        #expect(error.summary.hasSuffix("but it is disabled."))
        #expect(error.context.first?.hasSuffix("push button \"OK\" at 40x20 at (100, 50) is disabled") == true)
        #expect(error.observation?.elements?.elements.count == 1)
        #expect(display.acts.isEmpty)
    }

    @Test("another role with the name is not taken, and is named")
    func otherRole() async throws {
        let screen = try screen(ToldElements(.told(label, "OK")))
        let error = try await failure { try await screen.wait(for: .element(ok()), within: .milliseconds(20)) }
        #expect(
            error.context.first?.contains("label \"OK\" at 40x20 at (100, 50) has the name, but another role") == true
        )
    }

    @Test("two of a role and name are an error that names both, whatever their states", arguments: [true, false])
    func ambiguous(_ bothReact: Bool) async throws {
        let display = FakeDisplay(Canvas(width: 500, height: 200).picture)
        let second = Element.told(button, "OK", x: 200, states: bothReact ? [.showing, .visible, .enabled] : greyedOut)
        let screen = try screen(ToldElements(.told(button, "OK"), second), display: display)
        let error = try await failure { try await screen.click(.element(ok())) }
        guard case .ambiguous(_, let places, _) = error else { throw error }
        #expect(places.map(\.x) == [100, 200])
        #expect(error.context.prefix(2).allSatisfy { $0.contains("there is push button \"OK\"") })
        #expect(display.acts.isEmpty)
        #expect(try await screen.click(.element(ok()), choice: .first, changesScreen: false).centre.x == 120)
        await #expect(throws: ScreenError.self) { try await screen.wait(for: ok(), within: .seconds(1)) }
        let right = Rectangle(x: 180, y: 0, width: 300, height: 200)
        #expect(try await screen.find(.element(ok()), in: right)?.others.isEmpty == true)
    }

    @Test("what is elsewhere at the second look is clicked on where it is then")
    func moving() async throws {
        let display = FakeDisplay(Canvas(width: 500, height: 200).picture)
        func tree(_ x: Int) -> Result<ElementTree, ElementError> {
            .success(ElementTree(programs: ["editor"], elements: [.told(button, "OK", x: x)]))
        }
        let screen = try screen(ToldElements(tree(100), tree(300)), display: display)
        let match = try await screen.click(.element(ok()), within: .seconds(50), changesScreen: false)
        #expect(match.centre.x == 320)
        let moves = display.acts.filter { if case .move = $0 { true } else { false } }
        #expect(moves.last == .move(Point(x: 320, y: 60)))
    }

    @Test("what goes away while the pointer goes there is not clicked")
    func gone() async throws {
        let display = FakeDisplay(Canvas(width: 500, height: 200).picture)
        let there = ElementTree(programs: ["editor"], elements: [.told(button, "OK")])
        let screen = try screen(
            ToldElements(.success(there), .success(ElementTree(programs: ["editor"]))),
            display: display
        )
        _ = try await failure { try await screen.click(.element(ok()), within: .milliseconds(20)) }
        #expect(!display.acts.contains(.pressButton(.left)))
    }

    /// A display on which each click changes something, and on which some clicks open the menu or close it.
    private func menus(_ elements: ToldElements, isOpen: Bool, switchedBy clicks: Set<Int>) -> FakeDisplay {
        let state = Mutex((clicks: 0, isOpen: isOpen))
        return FakeDisplay(Canvas(width: 500, height: 200).picture) { act, display in
            guard act == .releaseButton(.left) else { return }
            let isOpen = state.withLock { state in
                state.clicks += 1
                if clicks.contains(state.clicks) { state.isOpen.toggle() }
                return state.isOpen
            }
            elements.tell(Element.menu(isOpen: isOpen))
            display.show(Canvas(width: 500, height: 200).picture)
        }
    }

    private func clicks(_ display: FakeDisplay) -> Int { display.acts.count { $0 == .pressButton(.left) } }

    @Test("a menu that closes again at once is clicked on again, and one that opens, or closes, is not")
    func menu() async throws {
        for (isOpen, switching, expected) in [(false, 1, 1), (true, 1, 1), (false, 2, 2), (true, 2, 2)] {
            let elements = ToldElements(Element.menu(isOpen: isOpen))
            let display = menus(elements, isOpen: isOpen, switchedBy: [switching])
            try await screen(elements, display: display, clicks: 2).click(.element(query("menu", "Edit")))
            #expect(clicks(display) == expected, "open \(isOpen), switched by click \(switching)")
        }
    }

    @Test("a menu that never opens is an error, whatever else changes on the screen")
    func menuThatStaysClosed() async throws {
        let elements = ToldElements(Element.menu(isOpen: false))
        let display = menus(elements, isOpen: false, switchedBy: [])
        let screen = try screen(elements, display: display, clicks: 2)
        let error = try await failure { try await screen.click(.element(query("menu", "Edit"))) }
        guard case .noEffect(_, clicks: 2, _) = error else { throw error }
        #expect(clicks(display) == 2)
    }

    @Test("a text field that has not got the keyboard is clicked on again, though the screen changed")
    func keyboard() async throws {
        let states: ElementStates = [.showing, .visible, .enabled, .editable, .focusable]
        let elements = ToldElements(.told(entry, "Name", states: states))
        let presses = Mutex(0)
        let display = FakeDisplay(Canvas(width: 500, height: 200).picture) { act, display in
            guard act == .releaseButton(.left) else { return }
            let isSecond = presses.withLock { count in
                count += 1
                return count == 2
            }
            if isSecond { elements.tell([.told(entry, "Name", states: states.union(.focused))]) }
            // A text cursor blinks somewhere.
            display.show(Canvas(width: 500, height: 200).picture)
        }
        let screen = try screen(elements, display: display, clicks: 2)
        try await screen.click(.element(query("text field", "Name")))
        #expect(clicks(display) == 2)
        // It has the keyboard now, so that another click need not change anything.
        let still = FakeDisplay(Canvas(width: 500, height: 200).picture)
        try await self.screen(elements, display: still).click(.element(query("text field", "Name")))
        #expect(clicks(still) == 1)
    }

    @Test("a menu that tells of nothing in it counts as clicked on when the screen changes")
    func menuThatTellsNothing() async throws {
        let elements = ToldElements(.told(33, "Edit"))
        let display = FakeDisplay(Canvas(width: 500, height: 200).picture) { act, display in
            if act == .releaseButton(.left) { display.show(Canvas(width: 500, height: 200).picture) }
        }
        try await screen(elements, display: display, clicks: 2).click(.element(query("menu", "Edit")))
        #expect(clicks(display) == 1)
    }

    @Test("what is beyond the screen is not there, and the error says so")
    func beyond() async throws {
        let screen = try screen(ToldElements(.told(button, "OK", x: 600)))
        let error = try await failure { try await screen.wait(for: .element(ok()), within: .milliseconds(20)) }
        #expect(error.context.first?.hasSuffix("is beyond the screen") == true)
    }

    @Test("a text is waited for until the element says it")
    func text() async throws {
        func tree(_ text: String) -> Result<ElementTree, ElementError> {
            .success(ElementTree(programs: ["editor"], elements: [.told(61, "Name", text: text)]))
        }
        let screen = try screen(ToldElements(tree(""), tree("Mary")))
        let query = try query("text field", "Name", .text("Mary"))
        #expect(try await screen.wait(for: query, within: .seconds(20)).text == "Mary")
    }

    @Test("nothing is said to be gone that could not be looked for")
    func vanish() async throws {
        let gone = ElementTree(programs: ["editor"])
        let partly = ElementTree(programs: ["editor"], lacking: ["an answer of the program :1.4 (editor)"])
        let there = ElementTree(programs: ["editor"], elements: [.told(button, "OK")], lacking: partly.lacking)
        try await screen(ToldElements(.success(there), .success(gone)))
            .waitForElementToVanish(ok(), within: .seconds(20))
        let error = try await failure {
            try await screen(ToldElements(.success(there))).waitForElementToVanish(ok(), within: .milliseconds(20))
        }
        guard case .stillThere = error else { throw error }
        await #expect(throws: ElementError.incomplete(partly.lacking)) {
            try await screen(ToldElements(.success(partly))).waitForElementToVanish(ok(), within: .milliseconds(20))
        }
        await #expect(throws: ElementError.self) {
            try await screen(ToldElements(.success(ElementTree())))
                .waitForElementToVanish(ok(), within: .milliseconds(20))
        }
        await #expect(throws: ElementError.unavailable("no at-spi")) {
            try await screen(ToldElements(.failure(.unavailable("no at-spi"))))
                .waitForElementToVanish(ok(), within: .milliseconds(20))
        }
    }

    @Test("a guest that tells nothing is an error with its reason, and one that does later is waited for")
    func unavailable() async throws {
        let silent = Result<ElementTree, ElementError>.failure(.unavailable("nobody is logged in at the screen"))
        let error = try await failure {
            try await screen(ToldElements(silent)).wait(for: .element(ok()), within: .milliseconds(20))
        }
        #expect(error.context.first?.contains("nobody is logged in at the screen") == true)
        let there = ElementTree(programs: ["editor"], elements: [.told(button, "OK")])
        try await screen(ToldElements(silent, .success(there))).wait(for: .element(ok()), within: .seconds(20))
        let blind = try Screen(display: FakeDisplay(Canvas(width: 50, height: 50).picture), reader: TextReader())
        await #expect(throws: ElementError.self) { try await blind.wait(for: .element(ok()), within: .seconds(20)) }
    }

    @Test("a screen that is still is looked at when a change shows, and seldom otherwise")
    func stillScreen() async throws {
        let clock = ManualClock()
        let elements = ToldElements(.told(label, "Wait"))
        let screen = try screen(elements, clock: clock)
        let waiting = Task { try await screen.wait(for: .element(ok()), within: .seconds(60)) }
        for _ in 0..<120 {
            await clock.waitForSleeper()
            // Whoever was woken gets to run, and to sleep again.
            for _ in 0..<20 { await Task.yield() }
            clock.advance(by: .milliseconds(500))
        }
        await #expect(throws: ScreenError.self) { try await waiting.value }
        // At once, after ½, 1, 2, 4, 8, 16, 16 … seconds, at the end, and for what came near.
        #expect((3...12).contains(elements.looks))
    }
}
