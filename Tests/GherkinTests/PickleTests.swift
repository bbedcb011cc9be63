import CucumberMessages
import Gherkin
import Testing

private func compile(_ text: String) throws -> [Pickle] {
    var ids = IdSequence()
    let document = try parse(text, uri: "a.feature", ids: &ids)
    return try pickles(from: document, uri: "a.feature", ids: &ids)
}

@Suite("Pickles")
struct PickleTests {
    @Test("a row of examples becomes a pickle with its own place, identifiers and inherited tags")
    func outline() throws {
        let pickles = try compile(
            """
            @f
            Feature: F
              Background:
                Given <n> stays
              @s
              Scenario Outline: <n> relays
                When <n> run
                And text
                  \"\"\"<n>
                  <n>!
                  \"\"\"
                @e
                Examples:
                  | n | m |
                  | 3 | 4 |
                Examples:
                  | n |
            """
        )
        let pickle = try #require(pickles.first)
        #expect(pickles.count == 1)
        #expect(pickle.name == "3 relays")
        #expect(pickle.location == Location(line: 15, column: 7))
        #expect(pickle.steps.map(\.text) == ["<n> stays", "3 run", "text"])
        #expect(pickle.steps.map(\.type) == [.context, .action, .action])
        #expect(pickle.steps[2].argument?.docString == PickleDocString(mediaType: "3", content: "3!"))
        #expect(pickle.tags.map(\.name) == ["@f", "@s", "@e"])
        #expect(pickle.steps.map(\.astNodeIds) == [["0"], ["2", "5"], ["3", "5"]])
        #expect(pickle.astNodeIds == ["11", "5"])
        #expect(pickle.steps.map(\.id) == ["13", "14", "15"])
        #expect(pickle.id == "16")
    }

    @Test("placeholders are replaced column by column, so that a value may bring along a later one")
    func placeholders() throws {
        let text = """
            Feature: F
              Scenario Outline: S
                Given <b<a>> and <a> and <c>

                Examples:
                  | b<a> | a   | c      | a |
                  | two  | <c> | <b<a>> | x |
            """
        #expect(try compile(text)[0].steps[0].text == "two and <bx> and <bx>")
    }

    @Test("a step may have a table and a doc string, and its pickle says which comes first")
    func twoArguments() throws {
        let table = "   | a |\n"
        let text = "   \"\"\"\n   t\n   \"\"\"\n"
        let steps = try compile("Feature: F\n Scenario: S\n  Given x\n\(table)\(text)  Given y\n\(text)\(table)")[0]
            .steps
        #expect(steps.map(\.argument?.dataTable?.argumentIndex) == [1, 2])
        #expect(steps.map(\.argument?.docString?.argumentIndex) == [2, 1])
        #expect(steps.map(\.argument?.docString?.content) == ["t", "t"])
    }

    @Test("a conjunction goes on with what came before, across the background")
    func conjunctions() throws {
        let text = "Feature: F\n Background:\n  When a\n Scenario: S\n  And b\n  * c\n  And d\n  Then e\n  But f\n"
        let types = try compile(text)[0].steps.map(\.type)
        #expect(types == [.action, .action, .unknown, .unknown, .outcome, .outcome])
    }

    @Test("a scenario without steps gets none of the background")
    func empty() throws {
        let pickles = try compile(
            "Feature: F\n Background:\n  Given a\n Scenario: S\n Rule: R\n  Example: T\n   Given b\n"
        )
        #expect(pickles.map { $0.steps.map(\.text) } == [[], ["a", "b"]])
    }

    @Test("a rule adds its background and its tags")
    func rules() throws {
        let text = """
            @f
            Feature: F
              Background:
                Given a
              @r
              Rule: R
                Background:
                  Given b
                @s
                Scenario: S
                  Given c
              Rule: Q
                Scenario: T
                  Given d
            """
        let pickles = try compile(text)
        #expect(pickles.map { $0.steps.map(\.text) } == [["a", "b", "c"], ["a", "d"]])
        #expect(pickles.map { $0.tags.map(\.name) } == [["@f", "@r", "@s"], ["@f"]])
    }
}
