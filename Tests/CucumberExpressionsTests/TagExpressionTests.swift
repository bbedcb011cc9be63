import TagExpressions
import Testing

@Suite("Tag expressions")
struct TagExpressionTests {
    @Test(
        "an expression is read by precedence",
        arguments: [
            ("@a and @b", "( @a and @b )"),
            ("not @a", "not ( @a )"),
            ("@a and @b and @c", "( ( @a and @b ) and @c )"),
            (
                "not @a or @b and not @c or not @d or @e and @f",
                "( ( ( not ( @a ) or ( @b and not ( @c ) ) ) or not ( @d ) ) or ( @e and @f ) )"
            ),
            ("not (@a and @b)", "not ( @a and @b )"),
            (#"@x\(1\) or(@y\(2\))"#, #"( @x\(1\) or @y\(2\) )"#),
            (#"@x\  or @y"#, #"( @x\  or @y )"#),
            (#"@a\\ and @b"#, #"( @a\\ and @b )"#),
            ("", ""),
        ]
    )
    func formats(_ source: String, _ formatted: String) throws {
        #expect(try TagExpression(source).formatted == formatted)
    }

    @Test(
        "an expression holds for tags",
        arguments: [
            ("", [], true), ("@a and not @b", ["@a"], true), ("@a and not @b", ["@a", "@b"], false),
            ("@a or @b", ["@b"], true), ("not not @a", ["@a"], true), ("@a", ["@A"], false),
        ] as [(String, [String], Bool)]
    )
    func evaluates(_ source: String, _ tags: [String], _ holds: Bool) throws {
        #expect(try TagExpression(source).matches(tags) == holds)
    }

    @Test(
        "an error has the official words",
        arguments: [
            ("@a @b or", "Expected operator."), ("@a and (@b not)", "Expected operator."),
            ("@a and or", "Expected operand."),
            ("or or", "Expected operand."), ("( @a and @b ) )", "Unmatched )."), ("( ( @a and @b )", "Unmatched (."),
            (#"@x or @\y or @z"#, #"Illegal escape before "y"."#), (#"@x\ or @y"#, "Expected operator."),
            ("@a or", "Expected operand."),
        ]
    )
    func errors(_ source: String, _ problem: String) {
        let error = #expect(throws: TagExpressionError.self) { try TagExpression(source) }
        #expect(
            error?.summary == "Tag expression \"\(source)\" could not be parsed because of syntax error: \(problem)"
        )
    }

    @Test("a comma between tags is no operator, wherever it stands", arguments: ["@a,@b", "(@a ,@b)", "@a and @b,@c"])
    func commaBetweenTags(_ source: String) {
        let error = #expect(throws: TagExpressionError.self) { try TagExpression(source) }
        #expect(error?.problem.hasPrefix("An invalid tag combination operator was detected.") == true)
    }

    @Test("a comma within a tag is a part of it")
    func commaWithinTag() throws {
        let expression = try TagExpression("@issue:5,6 and not @b,")
        #expect(expression.matches(["@issue:5,6"]))
        #expect(!expression.matches(["@issue:5,6", "@b,"]))
        #expect(!expression.matches(["@issue:5"]))
        #expect(expression.formatted == "( @issue:5,6 and not ( @b, ) )")
    }

    @Test("deep nesting is refused")
    func refused() {
        #expect(throws: TagExpressionError.self) { try TagExpression(String(repeating: "not ", count: 100_000) + "@a") }
        #expect(
            (try? TagExpression(String(repeating: "(", count: 400) + "@a" + String(repeating: ")", count: 400))) != nil
        )
    }
}
