import Gherkin
import Testing

/// The ways in which a small file can stand for more than any machine holds.
enum Multiplication: CaseIterable {
    /// Each value brings along the next placeholder twice.
    case doubling
    /// A long value is put in the place of many placeholders.
    case longValues
    /// Rows multiply the steps.
    case rows
    /// Scenarios multiply the tags of their feature.
    case tags
    /// Scenarios multiply the cells of a background.
    case background
    /// Many columns, and a text that could begin any of their placeholders, are a long search.
    case searches
    /// Placeholders that agree with the text for long, and then differ.
    case nearMisses

    var feature: String {
        func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
        func outline(_ step: String, _ header: [String], _ row: [String]) -> String {
            "Feature: F\n Scenario: S\n  Given \(step)\n  Examples:\n   |\(header.joined(separator: "|"))|\n"
                + "   |\(row.joined(separator: "|"))|\n"
        }
        return switch self {
        case .doubling:
            outline("<0>", (0..<40).map(String.init), (1...40).map { $0 < 40 ? "<\($0)><\($0)>" : "x" })
        case .longValues: outline(repeated("<a>", 2_000), ["a"], [repeated("x", 2_000)])
        case .rows:
            "Feature: F\n Scenario: S\n" + repeated("  * s\n", 500) + "  Examples:\n" + repeated("   | a |\n", 500)
        case .tags: repeated("@t\n", 500) + "Feature: F\n" + repeated("@u\nScenario: S\n", 500)
        case .background:
            "Feature: F\n Background:\n  * b\n" + repeated("   |a|b|\n", 500)
                + repeated("Scenario: S\n* x\n", 500)
        case .searches:
            outline(repeated("<", 4_000), (0..<2_000).map(String.init), [String](repeating: "x", count: 2_000))
        case .nearMisses: outline(repeated("<", 4_000), [repeated("<", 1_000) + "x"], ["y"])
        }
    }
}

@Suite("The cost of pickles")
struct PickleBudgetTests {
    @Test("a file that stands for too much is an error of the file", arguments: Multiplication.allCases)
    func bounded(_ multiplication: Multiplication) throws {
        var ids = IdSequence()
        let document = try parse(multiplication.feature, uri: "many.feature", ids: &ids)
        let limits = PickleLimits(memory: 2 << 20, searches: 2 << 20)
        let error = #expect(throws: GherkinError.self) {
            try pickles(from: document, uri: "many.feature", ids: &ids, within: limits)
        }
        let messages = try #require(error?.errors.map(\.message))
        #expect(messages.count == 1)
        #expect(messages[0].contains("the scenarios up to this one would take more than 2 MiB"))
    }

    @Test("a large suite is far below the bounds")
    func large() throws {
        let scenario = "@t\nScenario Outline: <a>\n" + String(repeating: "* step <a>\n | x | y |\n", count: 10)
        let rows = "Examples:\n| a |\n" + String(repeating: "| some value |\n", count: 10)
        var ids = IdSequence()
        let text = "Feature: F\n" + String(repeating: scenario + rows, count: 100)
        let document = try parse(text, uri: "large.feature", ids: &ids)
        #expect(try pickles(from: document, uri: "large.feature", ids: &ids).count == 1_000)
    }
}
