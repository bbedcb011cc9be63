import CucumberMessages
import Gherkin
import Testing

private func parseMarkdown(_ text: String) throws(GherkinError) -> GherkinDocument {
    var ids = IdSequence()
    return try parse(text, uri: "a.feature.md", ids: &ids)
}

@Suite("Markdown with Gherkin")
struct MarkdownTests {
    @Test("headings are titles, list items are steps, and everything else is prose")
    func structure() throws {
        let document = try parseMarkdown(
            """
            # Feature: Staying hidden

            What this is about, in *prose*.

            ## Rule: nothing leaks

            ### Scenario Outline: <n> relays

            As seen by a user.

            * Given <n> relays
            - When the network starts

            + Then it works

            #### Examples:

              | n | why  |
              | - | ---- |
              | 3 | few  |
            """
        )
        let feature = try #require(document.feature)
        #expect(feature.keyword == "Feature")
        #expect(feature.name == "Staying hidden")
        #expect(feature.location == Location(line: 1, column: 3))
        let scenario = try #require(feature.children.first?.rule?.children.first?.scenario)
        #expect(scenario.name == "<n> relays")
        #expect(scenario.steps.map(\.text) == ["<n> relays", "the network starts", "it works"])
        #expect(scenario.steps.map(\.keywordType) == [.context, .action, .outcome])
        #expect(scenario.steps.map(\.location.column) == [3, 3, 3])
        #expect(scenario.examples[0].tableHeader?.cells.map(\.value) == ["n", "why"])
        #expect(scenario.examples[0].tableBody.map { $0.cells.map(\.value) } == [["3", "few"]])
        #expect(document.comments.isEmpty)
    }

    @Test("the first line is the feature's, also when it is no heading")
    func titleless() throws {
        let feature = try #require(try parseMarkdown("Some title\n\n## Scenario: S\n* Given x\n").feature)
        #expect(feature.keyword.isEmpty)
        #expect(feature.name == "Some title")
        #expect(feature.children[0].scenario?.steps.count == 1)
    }

    @Test("tags stand between backticks, and their columns count characters")
    func tags() throws {
        let feature = try #require(
            try parseMarkdown("`@ü` `@b c`\n# Feature: F\n  `@d` and `code`\n## Scenario: S\n* Given x\n").feature
        )
        #expect(feature.tags.map(\.name) == ["@ü", "@b c"])
        #expect(feature.tags.map(\.location.column) == [2, 7])
        #expect(feature.children[0].scenario?.tags.map(\.name) == ["@d"])
        #expect(feature.children[0].scenario?.tags.map(\.location) == [Location(line: 3, column: 4)])
    }

    @Test("fences are doc strings; four backticks let one quote another")
    func docStrings() throws {
        let text =
            "# Feature: F\n## Scenario: S\n* Given x\n  ````json\n  ```\n  \\`\\`\\`\n  ````\n* Given y\n  ```\n  \\`\\`\\`\n  ```\n"
        let steps = try #require(try parseMarkdown(text).feature?.children[0].scenario?.steps)
        let quoting = try #require(steps[0].docString)
        #expect(quoting.content == "```\n\\`\\`\\`")
        #expect(quoting.mediaType == "json")
        #expect(quoting.delimiter == "````")
        #expect(steps[1].docString?.content == "```")
    }

    @Test(
        "a table belongs to a step when two to five blanks indent it",
        arguments: zip([0, 1, 2, 5, 6], [false, false, true, true, false])
    )
    func tables(indent: Int, belongs: Bool) throws {
        let row = String(repeating: " ", count: indent) + "| a |\n"
        let text = "# Feature: F\n## Scenario: S\n* Given x\n\(row)"
        let step = try #require(try parseMarkdown(text).feature?.children[0].scenario?.steps.first)
        #expect((step.dataTable != nil) == belongs)
    }

    @Test("a list item that is a step in the wrong place is an error with its column")
    func errors() {
        let text = "# Feature: F\n## Scenario: S\n* Given x\n\n`@t`\n  * Then y\n"
        let error = #expect(throws: GherkinError.self) { try parseMarkdown(text) }
        #expect(
            error?.errors.map(\.message) == [
                "(6:5): expected: #TagLine, #RuleLine, #Comment, #Empty, got '* Then y'",
                "(7:0): unexpected end of file, expected: #TagLine, #RuleLine, #Comment, #Empty",
            ]
        )
    }
}
