import CucumberMessages
import Diagnostics
import Foundation
import StepDefinitions
import Synchronization
import Testing

private typealias DataTable = StepDefinitions.DataTable
private typealias DocString = StepDefinitions.DocString

private final class Notebook: Sendable {
    private let lines = Mutex<[String]>([])
    func write(_ line: String) { lines.withLock { $0.append(line) } }
    var text: [String] { lines.withLock { $0 } }
}

private enum Colour: String, CaseIterable, StepArgument { case red, green }
private struct Size: StepArgument, Equatable { let width: Int }

private let library = StepLibrary<Notebook> {
    ParameterType<Colour>("colour")
    ParameterType<Size>("size", #"(\d+) px"#, #"(\d+) em"#) { text in Size(width: Int(text) ?? 0) }
    Before("opens the book", tags: "@book") { (book: Notebook) in book.write("before") }
    After { (book: Notebook) in book.write("after") }
    After(order: 1) { (book: Notebook) in book.write("after, later by number") }
    Given("the computer is booted", documentation: "Boots.") { (book: Notebook) async throws in book.write("booted") }
    When("I type {string} {int} time(s)") { (book: Notebook, text: String, count: Int) async throws in
        book.write(String(repeating: text, count: count))
    }
    When("a {colour} box of {size} and {float}") { (book: Notebook, colour: Colour, size: Size, number: Double) in
        book.write("\(colour) \(size.width) \(number)")
    }
    Then("the table is") { (book: Notebook, table: DataTable) in book.write("\(table.records)") }
    Then("the text may be") { (book: Notebook, text: DocString?) in book.write(text?.content ?? "none") }
    Then("^it (?:is|was) (not )?(\\d+)$") { (book: Notebook, negation: String?, number: Int) in
        book.write("\(negation ?? "") \(number)")
    }
    Then("I skip") { (_: Notebook) in try skip("no network here") }
    Then("it keeps a line") { (_: Notebook) in
        StepContext.current.log("kept")
        if let address = URL(string: "https://example.org/") { StepContext.current.link(to: address, title: "example") }
    }
}

private func run(_ text: String, _ argument: PickleStepArgument? = nil) async throws -> [String] {
    guard case .one(let step) = library.match(text) else { return [] }
    let book = Notebook()
    try await step.run(in: book, argument: argument)
    return book.text
}

@Suite("Step libraries")
struct StepLibraryTests {
    @Test("a sound library has no problems")
    func sound() {
        #expect(library.problems().map(\.description) == [])
    }

    @Test("a step gets its arguments in the types of its closure")
    func arguments() async throws {
        #expect(try await run("the computer is booted") == ["booted"])
        #expect(try await run(#"I type "a\"b" 2 times"#) == [#"a"ba"b"#])
        #expect(try await run("a green box of 12 em and -1.5") == ["green 12 -1.5"])
        #expect(try await run("it is not 7") == ["not  7"])
        #expect(try await run("it was 7") == [" 7"])
    }

    @Test("tables and doc strings are the last argument")
    func blocks() async throws {
        let table = PickleTable(
            rows: [["n"], ["3"]].map { row in PickleTableRow(cells: row.map(PickleTableCell.init)) }
        )
        #expect(try await run("the table is", PickleStepArgument(dataTable: table)) == [#"[["n": "3"]]"#])
        let text = PickleStepArgument(docString: PickleDocString(content: "x"))
        #expect(try await run("the text may be", text) == ["x"])
        #expect(try await run("the text may be") == ["none"])
    }

    @Test("a missing table, one too many and a number that is too large are known before the step runs")
    func problems() throws {
        func problem(_ text: String, _ argument: PickleStepArgument? = nil) -> String? {
            guard case .one(let step) = library.match(text) else { return "no match" }
            return step.problem(with: argument)?.summary
        }
        #expect(problem("the table is") == "The step expects a table below it, but has nothing.")
        let table = PickleStepArgument(dataTable: PickleTable())
        #expect(problem("the computer is booted", table)?.hasSuffix("but has a table.") == true)
        #expect(
            problem(#"I type "a" 99999999999999999999 times"#)
                == "The step expects a whole number from \(Int.min) to \(Int.max), but has \"99999999999999999999\"."
        )
        #expect(problem("the computer is booted") == nil)
    }

    @Test("a step may take a table and a doc string, in either order, and says when one is left over")
    func bothArguments() async throws {
        let library = StepLibrary<Notebook> {
            Given("both") { (book: Notebook, text: DocString, table: DataTable) in
                book.write("\(text.content) \(table.rows)")
            }
            Given("perhaps both") { (book: Notebook, table: DataTable?, text: DocString?) in
                book.write("\(table == nil) \(text == nil)")
            }
            Given("a table") { (_: Notebook, _: DataTable) in }
            Given("nothing") { (_: Notebook) in }
        }
        #expect(library.problems().map(\.summary) == [])
        func step(_ text: String) throws -> PreparedStep<Notebook> {
            guard case .one(let step) = library.match(text) else { throw CancellationError() }
            return step
        }
        let table = PickleTable(rows: [PickleTableRow(cells: [PickleTableCell(value: "a")])])
        let both = PickleStepArgument(docString: PickleDocString(content: "t"), dataTable: table)
        let book = Notebook()
        try await step("both").run(in: book, argument: both)
        try await step("perhaps both").run(in: book, argument: PickleStepArgument(dataTable: table))
        #expect(book.text == [#"t [["a"]]"#, "false true"])
        #expect(try step("a table").problem(with: both)?.summary.hasSuffix("but has both.") == true)
        #expect(try step("nothing").problem(with: both)?.summary.hasSuffix("has a table and a doc string.") == true)
        #expect(try step("both").problem(with: PickleStepArgument(dataTable: table)) != nil)
    }

    @Test("messages know where arguments stand")
    func offsets() throws {
        guard case .one(let step) = library.match(#"I type "é" 2 times"#) else { throw StepSignal.pending("no match") }
        #expect(step.arguments.map(\.group.start) == [7, 11])
        #expect(step.arguments.map(\.parameterTypeName) == ["string", "int"])
        #expect(step.place.fileID == "StepDefinitionsTests/StepLibraryTests.swift")
    }

    @Test("hooks run where their tags hold, those afterwards in the opposite order")
    func hooks() async throws {
        let book = Notebook()
        #expect(library.hooks(.beforeTestCase, for: []).isEmpty)
        for hook in library.hooks(.beforeTestCase, for: ["@book"]) { try await hook.run(in: book) }
        for hook in library.hooks(.afterTestCase, for: []) { try await hook.run(in: book) }
        #expect(book.text == ["before", "after, later by number", "after"])
    }

    @Test("signals end a step, and what it keeps reaches the report")
    func signals() async throws {
        await #expect(throws: StepSignal.skipped("no network here")) { try await run("I skip") }
        let kept = Mutex<[StepOutput]>([])
        var services = StepServices()
        services.keep = { output in kept.withLock { $0.append(output) } }
        let context = StepContext(scenario: ScenarioDescription(name: "S"), services: services)
        try await context.run { _ = try await run("it keeps a line") }
        let link = StepOutput.text("https://example.org/", mediaType: "text/uri-list", name: "example")
        #expect(kept.withLock { $0 } == [.log("kept"), link])
    }

    @Test("two definitions that match are ambiguous")
    func ambiguous() {
        let twice = StepLibrary<Notebook> {
            Given("a {word}") { (_: Notebook, _: String) in }
            Given("a relay") { (_: Notebook) in }
        }
        guard case .ambiguous(let steps) = twice.match("a relay") else { return #expect(Bool(false)) }
        #expect(steps.map(\.pattern) == ["a {word}", "a relay"])
    }

    @Test("definitions are messages")
    func messages() throws {
        let kinds = library.definitionMessages.map { envelope in
            switch envelope {
            case .parameterType(let message): message.name
            case .stepDefinition(let message): "\(message.pattern.type)"
            case .hook(let message): message.type.map { "\($0)" } ?? ""
            default: "?"
            }
        }
        // In the order in which they were written.
        #expect(kinds.prefix(5) == ["colour", "size", "beforeTestCase", "afterTestCase", "afterTestCase"])
        #expect(kinds.dropFirst(5).first == "cucumberExpression")
        #expect(kinds.filter { $0 == "regularExpression" }.count == 1)
        #expect(library.summaries[0].documentation == "Boots.")
        #expect(library.summaries[1].argumentTypes == ["String", "Int"])
    }
}
