import CucumberMessages
import Gherkin
import Testing

private func messages(_ text: String) -> [String] {
    var ids = IdSequence()
    do {
        _ = try parse(text, uri: "bad.feature", ids: &ids)
        return []
    } catch {
        return error.errors.map(\.message)
    }
}

@Suite("Errors in features")
struct ParseErrorTests {
    @Test(
        "an error names its place and what was expected, in the official words",
        arguments: [
            (
                "not gherkin\n",
                ["(1:1): expected: #EOF, #Language, #TagLine, #FeatureLine, #Comment, #Empty, got 'not gherkin'"]
            ),
            (
                "Feature: F\n  Scenario: S\n    Given x\n   y z \n",
                [
                    "(4:4): expected: #EOF, #TableRow, #DocStringSeparator, #StepLine, #TagLine, #ExamplesLine, "
                        + "#ScenarioLine, #RuleLine, #Comment, #Empty, got 'y z'"
                ]
            ),
            ("#language:xx\n\nFeature: F\n", ["(1:1): Language not supported: xx"]),
            (
                "Feature: F\n  Scenario: S\n    Given x\n      | a | b |\n      | c |\n",
                ["(5:7): inconsistent cell count within the table"]
            ),
            (
                "Feature: F\n  @tag\n",
                ["(3:0): unexpected end of file, expected: #TagLine, #RuleLine, #Comment, #Empty"]
            ),
            (
                "Feature: F\n  Scenario: S\n    Given x\n      \"\"\"\n      a",
                ["(6:0): unexpected end of file, expected: #DocStringSeparator, #Other"]
            ),
            ("Feature: F\n\n  @a b\n  Scenario: S\n", ["(3:3): A tag may not contain whitespace"]),
            ("Feature: F\n  @ok @a\u{A0}b\n  Scenario: S\n", ["(2:7): A tag may not contain whitespace"]),
        ]
    )
    func official(_ text: String, _ expected: [String]) {
        #expect(messages(text) == expected)
    }

    @Test("all errors of a file are reported, each once, up to the eleventh")
    func all() {
        let rest = "Feature: F\n  Scenario: S\n    Given x\n      | a |\n      | b | c |\n  oops\n    When y\n  oops\n"
        let expected =
            "#EOF, #TableRow, #DocStringSeparator, #StepLine, #TagLine, #ExamplesLine, #ScenarioLine, #RuleLine, "
            + "#Comment, #Empty"
        #expect(
            messages(rest) == [
                "(6:3): expected: \(expected), got 'oops'",
                "(5:7): inconsistent cell count within the table",
                "(8:3): expected: \(expected), got 'oops'",
            ]
        )
        #expect(messages(String(repeating: "oops\n", count: 100)).count == 11)
    }

    @Test("an error at the end of the file has a line and no column")
    func location() throws {
        var ids = IdSequence()
        let error = #expect(throws: GherkinError.self) {
            try parse("Feature: F\n  @tag\n", uri: "bad.feature", ids: &ids)
        }
        #expect(error?.errors[0].source == SourceReference(uri: "bad.feature", location: Location(line: 3)))
        #expect(
            error?.description == """
                bad.feature can't be read as Gherkin: one error.
                  bad.feature (3:0): unexpected end of file, expected: #TagLine, #RuleLine, #Comment, #Empty
                """
        )
    }
}
