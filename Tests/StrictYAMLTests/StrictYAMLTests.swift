import Diagnostics
import StrictYAML
import Testing

@Suite("Strict YAML")
struct StrictYAMLTests {
    private func error(_ text: String, _ read: (YAMLMapping) throws -> Void = { _ in }) -> YAMLError? {
        do {
            let document = try YAMLDocument(text, file: "a.yaml")
            try read(document.root)
            try document.finish()
            return nil
        } catch {
            return error as? YAMLError
        }
    }

    @Test("values are read by name and type, with comments and quotes")
    func values() throws {
        let text = """
            name: desktop # a comment
            size: 12
            on: true
            quoted: "12"
            boot: {prompt: "boot:"}
            users: [amnesia, root]
            """
        let document = try YAMLDocument(text, file: "a.yaml")
        #expect(try document.root.string("name") == "desktop")
        #expect(try document.root.int("size") == 12)
        #expect(try document.root.bool("on"))
        #expect(try document.root.string("quoted") == "12")
        #expect(try document.root.mapping("boot").string("prompt") == "boot:")
        #expect(try document.root.strings("users") == ["amnesia", "root"])
        #expect(try document.root.optionalString("absent") == nil)
        try document.finish()
    }

    @Test("an unknown key is named with its place and the key that was meant")
    func unknownKey() {
        let error = error("name: a\nbot:\n  prompt: b\n") { root in
            _ = try root.string("name")
            _ = try root.optionalMapping("boot")
        }
        #expect(
            error?.description == """
                a.yaml:2:1: The key “bot” is not known here.
                  known here: name, boot
                Hint: Write “boot”.
                """
        )
        #expect(error?.blame == .testAuthor)
    }

    @Test("an unknown key is found in a nested mapping and in the elements of a list")
    func nestedUnknownKey() {
        let error = error("items:\n  - name: a\n  - name: b\n    size: 1\n") { root in
            for item in try root.list("items") { _ = try item.mapping().string("name") }
        }
        #expect(error?.summary == "a.yaml:4:5: The key “size” is not known here.")
    }

    @Test("a key that is nearly the missing one is told with its place")
    func misspeltKey() throws {
        let document = try YAMLDocument("name: a\npolcy: b\n", file: "x.yaml")
        #expect {
            _ = try document.root.string("policy")
        } throws: { error in
            (error as? YAMLError)?.summary.hasPrefix("x.yaml:2:1") == true
        }
    }

    @Test("a missing key is reported at the mapping that lacks it")
    func missingKey() {
        let error = error("boot:\n  prompt: a\n") { root in _ = try root.mapping("boot").int("timeout") }
        #expect(error?.summary == "a.yaml:2:3: The key “timeout” is missing here.")
    }

    @Test(
        "a value of another type is refused",
        arguments: [
            ("a: 12", "a.yaml:1:4: Expected text, saw the number 12."),
            ("a: 1.5", "a.yaml:1:4: Expected text, saw the number 1.5."),
            ("a: true", "a.yaml:1:4: Expected text, saw true."),
            ("a:", "a.yaml:1:3: Expected text, saw nothing."),
            ("a: [x]", "a.yaml:1:4: Expected text, saw a list."),
            ("a: {x: y}", "a.yaml:1:4: Expected text, saw a mapping."),
        ]
    )
    func wrongType(_ text: String, _ message: String) {
        #expect(error(text) { _ = try $0.string("a") }?.summary == message)
    }

    @Test("a number is decimal and whole", arguments: ["a: 0x10", "a: 010", "a: 1_000", "a: \"1\"", "a: +1", "a: 1.0"])
    func notAnInt(_ text: String) {
        #expect(error(text) { _ = try $0.int("a") } != nil)
    }

    @Test("a word of YAML 1.1 that looks like a truth value is text")
    func norway() throws {
        let document = try YAMLDocument("country: no", file: "a.yaml")
        #expect(try document.root.string("country") == "no")
        #expect(throws: YAMLError.self) { try document.root.bool("country") }
    }

    @Test("a key that is there twice is refused at one of its places")
    func duplicateKey() {
        #expect(error("a: x\nb: y\na: z\n")?.summary.contains("The key “a” is there twice.") == true)
    }

    @Test(
        "what makes a value stand elsewhere than it is read is refused",
        arguments: ["a: &x 1\nb: *x\n", "a: !!str 1\n", "base: &b {x: 1}\nc:\n  <<: *b\n", "a: !python/object x\n"]
    )
    func indirection(_ text: String) {
        guard case .indirection = error(text) else {
            Issue.record("accepted: \(text)")
            return
        }
    }

    @Test("aliases that multiply are refused before they do", .timeLimit(.minutes(5)))
    func manyAliases() {
        let levels = (1...40).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1), *a\($0 - 1)]\n" }.joined()
        #expect(error("a0: &a0 x\n" + levels + "? *a40\n: x\n") != nil)
    }

    @Test("an asterisk in text is no alias")
    func asterisk() {
        #expect(error("a: 2 * 3 and **bold**\n") { _ = try $0.string("a") } == nil)
    }

    @Test(
        "a text that is no mapping is refused",
        arguments: [
            "", "# only a comment\n", "- a\n", "text\n", "a: 1\n---\nb: 2\n", "a: [1\n", "a: b: c\n", "\ta: 1\n",
        ]
    )
    func notAMapping(_ text: String) {
        #expect(error(text) != nil)
    }

    @Test("a malformed text is reported with its place")
    func malformed() {
        #expect(error("a: 1\nb: [1, 2\nc: 3\n")?.summary.hasPrefix("a.yaml:3:") == true)
    }

    @Test("depth and size are bounded", .timeLimit(.minutes(5)))
    func bounds() {
        let deep = String(repeating: "[", count: 50) + String(repeating: "]", count: 50)
        #expect(error("a: \(deep)\n")?.summary.contains("nested more than 32 deep") == true)
        #expect(error("a: " + String(repeating: "[", count: 900_000)) != nil)
        #expect(error("a: " + String(repeating: "x", count: 1 << 20))?.summary.contains("at most 1048576") == true)
    }

    @Test("any other text is read as the caller says")
    func parsed() throws {
        let document = try YAMLDocument("mode: fast", file: "a.yaml")
        #expect(try document.root.parsed("mode", as: "fast or slow") { $0 == "fast" ? 1 : nil } == 1)
        #expect(throws: YAMLError.self) { try document.root.parsed("mode", as: "a number") { Int($0) } }
    }
}
