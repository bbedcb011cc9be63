import CucumberMessages
import Gherkin
import Testing

private func feature(_ text: String) throws -> Feature {
    var ids = IdSequence()
    return try #require(try parse(text, uri: "a.feature", ids: &ids).feature)
}

@Suite("Reading features")
struct ParserTests {
    @Test("an empty file, blanks and comments alone have no feature")
    func empty() throws {
        for text in ["", "\n\n", "\u{FEFF}", "# a comment\n   \n"] {
            var ids = IdSequence()
            #expect(try parse(text, uri: "a.feature", ids: &ids).feature == nil)
        }
    }

    @Test("the parts of a feature get identifiers after their children")
    func identifiers() throws {
        let feature = try feature(
            """
            @top
            Feature: Network
              Background:
                Given a machine
              @one
              Scenario Outline: <n> relays
                When <n> relays run
                  | name |
                @two
                Examples: few
                  | n |
                  | 3 |
              Rule: Second
                Scenario: Other
                  * nothing
            """
        )
        let scenario = try #require(feature.children[1].scenario)
        #expect(feature.children[0].background?.steps.map(\.id) == ["0"])
        #expect(feature.children[0].background?.id == "1")
        #expect(scenario.steps[0].dataTable?.rows.map(\.id) == ["2"])
        #expect(scenario.steps.map(\.id) == ["3"])
        #expect(scenario.examples[0].tableHeader?.id == "4")
        #expect(scenario.examples[0].tableBody.map(\.id) == ["5"])
        #expect(scenario.examples[0].tags.map(\.id) == ["6"])
        #expect(scenario.examples[0].id == "7")
        #expect(scenario.tags.map(\.id) == ["8"])
        #expect(scenario.id == "9")
        let rule = try #require(feature.children[2].rule)
        #expect(rule.children[0].scenario?.steps.map(\.id) == ["10"])
        #expect(rule.children[0].scenario?.id == "11")
        #expect(rule.id == "12")
        #expect(feature.tags.map(\.id) == ["13"])
    }

    @Test("a description keeps its indentation and loses empty lines around it; comments in it are comments")
    func description() throws {
        var ids = IdSequence()
        let text = "Feature: F\n\n  Two\n\n  # aside\n  lines  \n\n  Scenario: S\n    Some text\n    Given x\n"
        let document = try parse(text, uri: "a.feature", ids: &ids)
        #expect(document.feature?.description == "  Two\n\n  lines  ")
        #expect(document.feature?.children[0].scenario?.description == "    Some text")
        #expect(document.comments == [Comment(location: Location(line: 5, column: 1), text: "  # aside")])
    }

    @Test("doc strings lose the indentation of their delimiter, know their media type and resolve escapes")
    func docStrings() throws {
        let scenario = try #require(
            try feature(
                #"""
                Feature: F
                  Scenario: S
                    Given a
                      """application/json
                      { "a": 1 }
                        deeper \"\"\" and \`\`\`
                    less

                      ```
                      """
                    And b
                      ```
                      \`\`\` \"\"\"
                      """
                      ```
                """#
            ).children[0].scenario
        )
        let first = try #require(scenario.steps[0].docString)
        #expect(first.content == "{ \"a\": 1 }\n  deeper \"\"\" and \\`\\`\\`\nless\n\n```")
        #expect(first.mediaType == "application/json")
        #expect(first.location == Location(line: 4, column: 7))
        let second = try #require(scenario.steps[1].docString)
        #expect(second.content == "``` \\\"\\\"\\\"\n\"\"\"")
        #expect(second.delimiter == "```")
        #expect(second.mediaType == nil)
    }

    @Test("cells are trimmed, escapes resolved, and columns count characters")
    func tables() throws {
        let text = "Feature: F\n  Scenario: S\n    Given t\n      | ä€ | a\\|b | c\\\\d\\ne\\x ||  trailing\n"
        let rows = try #require(try feature(text).children[0].scenario?.steps[0].dataTable?.rows)
        #expect(rows[0].cells.map(\.value) == ["ä€", "a|b", "c\\d\ne\\x", ""])
        #expect(rows[0].cells.map(\.location.column) == [9, 14, 21, 32])
    }

    @Test("tags end at a comment and know their columns")
    func tags() throws {
        let tagged = try feature("@a @b#c @ü@d #@e\n  @f\nFeature: F\n")
        #expect(tagged.tags.map(\.name) == ["@a", "@b#c", "@ü", "@d", "@f"])
        #expect(tagged.tags.map(\.location.column) == [1, 4, 9, 11, 3])
        #expect(try feature("@ @@x\nFeature: F\n").tags.map(\.name) == ["@", "@", "@x"])
    }

    @Test("line ends of Windows and a byte order mark change nothing")
    func lineEnds() throws {
        let text = "Feature: F\n  Scenario: S\n    Given x\n      \"\"\"\n      a\n      \"\"\"\n      \n    Then y\n"
        #expect(try feature(text) == feature("\u{FEFF}" + text.replacing("\n", with: "\r\n")))
    }

    @Test("keywords say what a step does; an asterisk says nothing")
    func keywordTypes() throws {
        let text = "Feature: F\n  Scenario: S\n    Given a\n    When b\n    Then c\n    And d\n    But e\n    * f\n"
        let steps = try #require(try feature(text).children[0].scenario?.steps)
        #expect(steps.map(\.keywordType) == [.context, .action, .outcome, .conjunction, .conjunction, .unknown])
        #expect(steps.map(\.keyword) == ["Given ", "When ", "Then ", "And ", "But ", "* "])
    }

    @Test("another language is read with its own keywords, the longest first")
    func languages() throws {
        let haitian = try feature("# language: ht\nKarakteristik: K\n  Senaryo: S\n    Le x\n    Le sa a y\n")
        #expect(haitian.language == "ht")
        #expect(haitian.children[0].scenario?.steps.map(\.text) == ["x", "y"])
        let japanese = try feature("#language:ja\n機能: 足し算\n  シナリオ: 一\n    前提電卓\n    ならば答え\n")
        #expect(japanese.children[0].scenario?.steps.map(\.text) == ["電卓", "答え"])
    }

    @Test("every published language reads a scenario in its own words")
    func allLanguages() throws {
        #expect(languageCodes.count == 80)
        for code in languageCodes {
            let keywords = try #require(languageKeywords(of: code))
            let step = keywords.given.last ?? "* "
            let text = "# language: \(code)\n\(keywords.feature): F\n\(keywords.scenario): S\n\(step)x\n"
            let feature = try feature(text)
            #expect(feature.keyword == keywords.feature)
            #expect(feature.children[0].scenario?.keyword == keywords.scenario)
            #expect(feature.children[0].scenario?.steps.map(\.text) == ["x"])
        }
    }
}
