import Diagnostics
import LiveSystem
import StepDefinitions
import Testing

@Suite("The keyboard that a plan foresees")
struct ForeseenKeyboardTests {
    private func reason(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? any ExplainedError)?.summary ?? "\(error)"
        }
    }

    @Test("a character is refused that the layout in force has no key for, and only there")
    func layouts() throws {
        var keyboard = ForeseenKeyboard()
        #expect(reason { try keyboard.check(typing: "plain ~ text\n\t") } == nil)
        let refusal = try #require(reason { try keyboard.check(typing: "aж") })
        #expect(refusal.contains("the layout \"us\" has no key for \"ж\" (U+436), character 2 of the text"))
        try keyboard.use("ru")
        #expect(reason { try keyboard.check(typing: "ж") } == nil)
        #expect(try #require(reason { try keyboard.check(typing: "a") }).contains("\"ru\""))
        keyboard.restart()
        #expect(reason { try keyboard.check(typing: "ж") } != nil)
    }

    @Test("a layout that there is not, and keys that are none, are refused")
    func unknown() {
        var keyboard = ForeseenKeyboard()
        #expect(reason { try keyboard.use("no-such") }?.contains("none named \"no-such\"") == true)
        #expect(reason { try keyboard.check(pressing: "ctrl+alt+t") } == nil)
        #expect(reason { try keyboard.check(pressing: "ctrl+Retrun") }?.contains("\"Retrun\"") == true)
    }

    @Test("of needles nothing is known before somebody has looked")
    func needles() {
        #expect(reason { try ForeseenNeedles().check("desktop/any") } == nil)
    }
}
