import CucumberMessages
import StepDefinitions
import Testing

private typealias DataTable = StepDefinitions.DataTable

private struct World: Sendable {}

private let library = StepLibrary<World> {
    Given("the computer is booted") { (_: World) in }
    Given("the computer is shut down") { (_: World) in }
    When("the screen shows {string} within {int} second(s)") { (_: World, _: String, _: Int) in }
    When("I open/close the {word} window") { (_: World, _: String) in }
    Then("no traffic leaves the machine") { (_: World) in }
}

private func undefined(_ text: String, _ step: PickleStep? = nil) -> (nearest: [String], snippet: String)? {
    guard
        case .undefined(let nearest, let snippet) = library.match(
            step ?? PickleStep(astNodeIds: [], id: "0", text: text)
        )
    else { return nil }
    return (nearest, snippet)
}

@Suite("Undefined steps")
struct UndefinedStepTests {
    @Test(
        "a typo finds the pattern that was meant",
        arguments: [
            ("the compter is booted", "the computer is booted"),
            ("the computer is boooted", "the computer is booted"),
            ("the computer booted", "the computer is booted"),
            (#"the screen shwos "Hello world" within 5 seconds"#, "the screen shows {string} within {int} second(s)"),
            (#"the screen shows "Hello" in 5 seconds"#, "the screen shows {string} within {int} second(s)"),
            ("I opne the main window", "I open/close the {word} window"),
            ("No trafic leaves the machine", "no traffic leaves the machine"),
        ]
    )
    func typos(_ text: String, _ pattern: String) {
        #expect(undefined(text)?.nearest.first == pattern)
    }

    @Test("what has nothing in common finds nothing", arguments: ["I eat an apple", "x", "Tor", ""])
    func strangers(_ text: String) {
        #expect(undefined(text)?.nearest == [])
    }

    @Test("a snippet is a definition that compiles")
    func snippet() {
        let table = PickleStepArgument(dataTable: PickleTable())
        let step = PickleStep(
            argument: table,
            astNodeIds: [],
            id: "0",
            type: .outcome,
            text: #"3 "big" relays (of 4) answer in 1.5 s"#
        )
        #expect(
            undefined("", step)?.snippet == ##"""
                Then(#"{int} {string} relays \(of {int}) answer in {float} s"#) { (world: World, int: Int, string: String, int2: Int, float: Double, table: DataTable) async throws in
                    try pending()
                }
                """##
        )
        // The same text, pasted.
        let pasted = StepLibrary<World> {
            Then(#"{int} {string} relays \(of {int}) answer in {float} s"#) {
                (world: World, int: Int, string: String, int2: Int, float: Double, table: DataTable) async throws in
                try pending()
            }
        }
        #expect(pasted.problems().map(\.summary) == [])
        guard case .one = pasted.match(step) else { return #expect(Bool(false)) }
    }

    @Test(
        "a snippet's pattern is a literal that reads as it was meant",
        arguments: [
            (#"the path C:\temp"#, ##"#"the path C:\\temp"#"##),
            (#"a "quoted" word"#, #""a {string} word""#),
            (#"an odd " mark"#, ##"#"an odd " mark"#"##),
            (##"a fence "# and \#(x)"##, ###"##"a fence "# and \\#\(x)"##"###),
            ("a line\nfeed", #""a line\u{A}feed""#),
            (#"a "\#u{2028} line"#, ##"#"a "\#u{2028} line"#"##),
            ("a/b {c} (d)", ##"#"a\/b \{c} \(d)"#"##),
            ("it costs 5$", #""it costs {int}{}""#),
            ("^ is a caret", #""{} is a caret""#),
            ("e\u{301} and (\u{301}", "#\"e\u{301} and \\(\u{301}\"#"),
        ]
    )
    func literals(_ text: String, _ literal: String) {
        let snippet = undefined(text)?.snippet ?? ""
        #expect(snippet.hasPrefix("Step(\(literal)) {"))
    }

    @Test("the parameters of a snippet have names of their own, in the order of the feature")
    func parameters() {
        let odd = StepLibrary<World> {
            ParameterType<String>("where", "here") { text in text }
            ParameterType<String>("int2", "second") { text in text }
            ParameterType<String>("world", "earth") { text in text }
        }
        let argument = PickleStepArgument(
            docString: PickleDocString(argumentIndex: 1, content: ""),
            dataTable: PickleTable(argumentIndex: 2)
        )
        let step = PickleStep(argument: argument, astNodeIds: [], id: "0", text: "1 2 second here earth")
        guard case .undefined(_, let snippet) = odd.match(step) else { return #expect(Bool(false)) }
        #expect(
            snippet.contains(
                "(world: World, int: Int, int2: Int, int22: String, whereValue: String, world2: String, "
                    + "text: DocString, table: DataTable)"
            )
        )
    }
}
