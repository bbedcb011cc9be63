import CucumberExpressions
import Testing

private func texts(_ pattern: String, _ text: String, _ registry: ParameterRegistry = ParameterRegistry()) throws
    -> [String?]?
{
    try StepExpression(pattern, registry: registry).match(text)?.map(\.group.text)
}

@Suite("Patterns of steps")
struct StepExpressionTests {
    @Test(
        "a pattern matches the whole of a text and captures its parameters",
        arguments: [
            ("the computer is booted", "the computer is booted", []),
            ("{int} relay(s) run/runs", "3 relays run", ["3"]),
            ("{int} relay(s) run/runs", "1 relay runs", ["1"]),
            ("I see {string}", #"I see "a \"b\" c""#, [#""a \"b\" c""#]),
            ("I see {string}", "I see 'it'", ["'it'"]),
            ("{word} {float} {}", "x -1.5 and more", ["x", "-1.5", "and more"]),
            (#"\{int} \(a\) a\/b \\"#, #"{int} (a) a/b \"#, []),
            ("a.b*c[d]", "a.b*c[d]", []),
            // A mark on a special character makes one character of both; it is still special.
            ("{float} .\u{301} \\(\u{301}", "+1.5E3 .\u{301} (\u{301}", ["+1.5E3"]),
            ("mice/rats and I/you", "rats and you", []),
            ("{int}/x", nil, nil),
            ("^I have (\\d+) relays?$", "I have 12 relays", ["12"]),
            ("/relays? (on|off)/", "two relays off now", ["off"]),
            (
                "{byte} {short} {long} {biginteger} {bigdecimal} {double}", "1 -2 3 4 5.5 .5",
                ["1", "-2", "3", "4", "5.5", ".5"]
            ),
        ] as [(String, String?, [String]?)]
    )
    func matches(_ pattern: String, _ text: String?, _ expected: [String]?) throws {
        guard let text else {
            #expect(throws: ExpressionError.self) { try StepExpression(pattern, registry: ParameterRegistry()) }
            return
        }
        #expect(try texts(pattern, text) == expected)
    }

    @Test(
        "what differs does not match",
        arguments: [
            ("the computer is booted", "the computer is booted "),
            ("the computer is booted", "The computer is booted"),
            ("{int} relays", "1.5 relays"),
            ("{float} relays", "5. relays"),
            ("{float} .\u{301}", "1 x\u{301}"),
            ("{int} relays", "٣ relays"),
            ("I see {string}", "I see \"a"),
            ("{word}", "two words"),
            ("{int}", "1\n"),
            ("a/b", "a/b"),
        ]
    )
    func nearMisses(_ pattern: String, _ text: String) throws {
        #expect(try texts(pattern, text) == nil)
    }

    @Test("groups know their offsets in UTF-16 units and what is inside them")
    func offsets() throws {
        let match = try #require(try StepExpression("🙂 {string} x", registry: ParameterRegistry()).match("🙂 'é' x"))
        #expect(match[0].group.start == 3)
        #expect(match[0].group.texts == [nil, "é"])
        #expect(match[0].kind?.name == "string")
    }

    @Test("the regular expression of a pattern is the official one")
    func regularExpressions() throws {
        let registry = ParameterRegistry()
        #expect(
            try StepExpression("{int} a(b)/c", registry: registry).regularExpression
                == #"^((?:-?\d+)|(?:\d+)) (?:a(?:b)?|c)$"#
        )
        #expect(try StepExpression("^\\$?", registry: registry).regularExpression == "^\\$?")
    }

    @Test("a parameter of the suite with several patterns is one capture")
    func custom() throws {
        var registry = ParameterRegistry()
        try registry.add(ParameterKind(name: "colour", patterns: ["red|(dark )?green", "blue"]))
        #expect(try texts("a {colour} relay", "a dark green relay", registry) == ["dark green"])
        #expect(try texts("a {colour} relay", "a blue relay", registry) == ["blue"])
        #expect(throws: ParameterKindError.nameTaken("colour")) {
            try registry.add(ParameterKind(name: "colour", patterns: ["x"]))
        }
        #expect(throws: ParameterKindError.malformedPattern("(", name: "p")) {
            try registry.add(ParameterKind(name: "p", patterns: ["("]))
        }
    }

    @Test(
        "the fast way captures what the regular expression captures",
        arguments: [
            "{int}", "{word}{word}", "{} {} {}", "a{}(b){word}", "{string}{string}", "x/a(b)/yz",
            "{int}{int}",
            "{int}(s) {word}", "{string} {}", "é(🙂) {}",
        ]
    )
    func differential(_ pattern: String) throws {
        let expression = try StepExpression(pattern, registry: ParameterRegistry())
        let pieces = [
            "a", "b", "c", "d", "1", "23", "-", " ", "\"", "'", "\\", "x", "yz", "s", "é", "🙂", "\u{A0}", "\u{85}",
            "\u{2028}", "\n",
            "\u{3000}", "\u{B}", "\t", "\"q\"", "'r\\'s'",
        ]
        var state: UInt64 = 7
        var matches = 0
        for _ in 0..<2_000 {
            var text = ""
            for _ in 0..<(state >> 33) % 7 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int((state >> 33) % UInt64(pieces.count))]
            }
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let expected = expression.matchByRegularExpression(text)
            #expect(expression.match(text) == expected, "\(pattern) on \(text.debugDescription)")
            if expected != nil { matches += 1 }
        }
        #expect(matches > 0)
    }

    @Test("a text made to be slow is not", .timeLimit(.minutes(5)))
    func hostile() throws {
        let text = String(repeating: "a ", count: 200)
        #expect(try texts("{} {} {} {} x", text) == nil)
    }

    @Test("a proposal replaces what looks like a parameter and escapes what has a meaning")
    func proposals() {
        let generator = ExpressionGenerator(registry: ParameterRegistry())
        #expect(
            generator.propose(for: "I have 3 \"big\" relays (in 2.5 GB) at IPv6").expression
                == "I have {int} {string} relays \\(in {float} GB) at IPv6"
        )
        #expect(generator.propose(for: "nothing").kinds.isEmpty)
    }
}

@Suite("Errors in patterns")
struct ExpressionErrorTests {
    @Test(
        "the message points at the column",
        arguments: [
            ("a (b", 2, "The '(' does not have a matching ')'", "  ^"),
            ("{int", 0, "The '{' does not have a matching '}'", "^"),
            ("the {unknown} x", 4, "Undefined parameter type 'unknown'", "    ^-------^"),
            ("{a/b}", 2, #"Parameter names may not contain '{', '}', '(', ')', '\' or '/'"#, "  ^"),
            ("a ()", 2, "An optional must contain some text", "  ^^"),
            ("(a {int})", 3, "An optional may not contain a parameter type", "   ^---^"),
            ("(a(b))", 2, "An optional may not contain an other optional", "  ^-^"),
            ("(a/b)", 2, "An alternation can not be used inside an optional", "  ^"),
            ("a/ b", 2, "Alternative may not be empty", "  ^"),
            ("a/(b)", 2, "An alternative may not exclusively contain optionals", "  ^-^"),
            (#"a\"#, 1, "The end of line can not be escaped", " ^"),
            (#"\a"#, 1, #"Only the characters '{', '}', '(', ')', '\', '/' and whitespace can be escaped"#, " ^"),
        ]
    )
    func official(_ pattern: String, _ column: Int, _ problem: String, _ pointer: String) {
        let error = #expect(throws: ExpressionError.self) {
            try StepExpression(pattern, registry: ParameterRegistry())
        }
        #expect(error?.problem == problem)
        #expect(error?.place?.start == column)
        #expect(error?.context == [pattern, pointer])
    }

    @Test("the whole message is the official one")
    func message() {
        let error = #expect(throws: ExpressionError.self) { try StepExpression("a ()", registry: ParameterRegistry()) }
        #expect(
            error?.officialMessage == """
                This Cucumber Expression has a problem at column 3:

                a ()
                  ^^
                An optional must contain some text.
                If you did not mean to use an optional you can use '\\(' to escape the '('
                """
        )
    }

    @Test("deep nesting is refused")
    func nesting() {
        #expect(throws: ExpressionError.self) {
            try StepExpression(String(repeating: "(", count: 100_000), registry: ParameterRegistry())
        }
    }
}
