import Keymaps
import Testing

@Suite("Keyboard layouts")
struct KeymapTests {
    private func key(_ code: UInt32) throws -> KeyNumber { try #require(KeyNumber(evdev: code)) }

    @Test("capital letters and signs hold shift")
    func shifted() throws {
        let strokes = try Keymap().strokes(typing: "aA!\n")
        let shift = try key(42)
        #expect(strokes[0] == KeyStroke(key: try key(30)))
        #expect(strokes[1] == KeyStroke(modifiers: [shift], key: try key(30)))
        #expect(strokes[2] == KeyStroke(modifiers: [shift], key: try key(2)))
        #expect(strokes[3] == KeyStroke(key: try key(28)))
    }

    @Test("every printable ASCII character can be typed", arguments: ["us", "de", "fr", "gb", "es"])
    func ascii(_ layout: String) throws {
        let keymap = try Keymap(layout: layout)
        for value in UInt8(0x20)...0x7e {
            // Signs that a layout makes with dead keys alone are errors, not wrong keys.
            let text = String(UnicodeScalar(value))
            if "^`~\"'".contains(text), layout != "us" { continue }
            #expect(throws: Never.self) { try keymap.strokes(typing: text) }
        }
    }

    @Test("the same character is on another key of another layout")
    func layouts() throws {
        #expect(try Keymap(layout: "de").strokes(typing: "z") == [KeyStroke(key: key(21))])
        #expect(try Keymap(layout: "us").strokes(typing: "z") == [KeyStroke(key: key(44))])
        #expect(try Keymap(layout: "de").strokes(typing: "@") == [KeyStroke(modifiers: [key(100)], key: key(16))])
    }

    @Test("a character that no key makes is named with its place, and nothing else is typed")
    func impossible() throws {
        let keymap = try Keymap()
        #expect(throws: KeymapError.impossibleCharacter("é", position: 3, layout: "us")) {
            try keymap.strokes(typing: "café")
        }
        #expect(try Keymap(layout: "fr").strokes(typing: "e\u{301}").count == 1)
    }

    @Test(
        "combinations press their keys in the order in which they are written",
        arguments: [
            ("ctrl+alt+t", [29, 56, 20]), ("Return", [28]), ("F1", [59]), ("f12", [88]), ("Tab", [15]),
            ("ctrl+x", [29, 45]),
            ("alt+F4", [56, 62]), ("ctrl+plus", [29, 42, 13]), ("super+Page_Down", [125, 109]), ("A", [42, 30]),
        ] as [(String, [UInt32])]
    )
    func combinations(_ text: String, _ codes: [UInt32]) throws {
        #expect(try Keymap().keys(of: text) == codes.map { try key($0) })
    }

    @Test("a misspelt key is an error that names the nearest")
    func misspelt() throws {
        let keymap = try Keymap()
        let error = #expect(throws: KeymapError.self) { try keymap.keys(of: "ctrl+retrun") }
        #expect(error?.hint == "Did you mean \"return\"?")
        #expect(throws: KeymapError.emptyCombination("")) { try keymap.keys(of: "") }
        #expect(throws: KeymapError.self) { try keymap.keys(of: "ctrl+") }
    }

    @Test("an unknown layout is an error")
    func unknownLayout() {
        #expect(throws: KeymapError.unknownLayout("klingon-dvorak")) { try Keymap(layout: "klingon-dvorak") }
    }

    @Test("extended keys have numbers of their own")
    func extended() throws {
        #expect(try key(103).rawValue == 0xc8)
        #expect(try key(30).rawValue == 0x1e)
        #expect(KeyNumber(evdev: 84) == nil)
        #expect(KeyNumber(evdev: 0) == nil)
    }
}
