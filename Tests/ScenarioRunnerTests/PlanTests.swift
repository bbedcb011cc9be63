import Gherkin
import ScenarioRunner
import StepDefinitions
import TagExpressions
import Testing

@Suite("Plan")
struct PlanTests {
    private static let feature = """
        Feature: Shop

          Background:
            Given there are 3 bread in the shop

          @cash
          Scenario: Sale
            When 1 bread are sold for 4 each
            Then the till holds 4

          Scenario Outline: Sale of many
            When <count> bread are sold for 1 each

            Examples:
              | count |
              | 2     |
              | 3     |

          Rule: On Sundays
            Background:
              Given it is Sunday

            Scenario: Nobody comes
              Then the till holds 0
        """

    private func names(_ arguments: String..., filter: ScenarioFilter = ScenarioFilter()) throws -> [String] {
        try plan(["a/shop.feature": Self.feature], arguments, filter: filter).entries.map { entry in
            "\(entry.pickle.name) \(entry.pickle.location?.line ?? 0)"
        }
    }

    private static let all = ["Sale 7", "Sale of many 16", "Sale of many 17", "Nobody comes 23"]

    @Test(
        "lines choose the scenarios that they stand for",
        arguments: [
            ("", all), (":1", all), (":3", all), (":4", all), (":6", ["Sale 7"]), (":7", ["Sale 7"]),
            (":9", ["Sale 7"]), (":11", ["Sale of many 16", "Sale of many 17"]),
            (":12", ["Sale of many 16", "Sale of many 17"]), (":15", ["Sale of many 16", "Sale of many 17"]),
            (":17", ["Sale of many 17"]), (":19", ["Nobody comes 23"]), (":21", ["Nobody comes 23"]),
            (":7:17", ["Sale 7"]), (":7:3", ["Sale 7"]),
        ]
    )
    func lines(_ suffix: String, _ expected: [String]) throws {
        #expect(try names("a/shop.feature\(suffix)") == expected)
        #expect(try names("./a//shop.feature\(suffix)") == expected)
    }

    @Test("folders choose what lies in them, and not what only begins alike")
    func folders() throws {
        #expect(try names("a") == Self.all)
        #expect(try names("a/") == Self.all)
        #expect(try names(".") == Self.all)
        #expect(throws: PlanError.nothingSelected) { try names("a/shop") }
    }

    @Test("a line without a scenario is an error, even beside lines that have one")
    func idleLine() {
        #expect(throws: PlanError.nothingAtLines(["a/shop.feature:2", "a/shop.feature:99"])) {
            try names("a/shop.feature:7", "a/shop.feature:2", "a/shop.feature:99")
        }
    }

    @Test("what is excluded is left out, by path and by line")
    func excluded() throws {
        func names(_ excluded: String...) throws -> [String] {
            var ids = IdSequence()
            let suite = Suite(sources: [("a/shop.feature", Self.feature)], ids: &ids)
            let selection = try FeatureSelection(["a"], excluding: excluded)
            return try Plan(suite, selection: selection, library: shopSteps(), ids: &ids).entries.map(\.pickle.name)
        }
        #expect(try names("a/shop.feature:11", "b") == ["Sale", "Nobody comes"])
        #expect(throws: PlanError.nothingSelected) { try names("a") }
        #expect(throws: PlanError.nothingAtLines(["a/shop.feature:2"])) { try names("a/shop.feature:2") }
    }

    @Test("tags and names choose further, and all have to fit")
    func filters() throws {
        let cash = try ScenarioFilter(tags: [TagExpression("@cash")], name: nil)
        #expect(try names(filter: cash) == ["Sale 7"])
        #expect(try names(filter: ScenarioFilter(tags: [], name: "^Sale.*many")) == Array(Self.all[1...2]))
        #expect(throws: PlanError.nothingSelected) {
            try names(filter: ScenarioFilter(tags: [TagExpression("@cash")], name: "Nobody"))
        }
        let error = #expect(throws: PlanError.self) { try ScenarioFilter(tags: [], name: "(") }
        guard case .badName("(", _)? = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test("an empty selection passes only when it may")
    func empty() throws {
        let nobody = try ScenarioFilter(tags: [], name: "nobody")
        #expect(throws: PlanError.nothingSelected) { try names(filter: nobody) }
        #expect(try plan(["a.feature": Self.feature], filter: nobody, allowEmpty: true).entries.isEmpty)
    }

    @Test("a scenario without steps is refused: a misspelt keyword makes a step into a description")
    func noSteps() throws {
        let error = #expect(throws: PlanError.self) {
            try plan(["a.feature": "Feature: f\n  Scenario: s\n    Givn the shop is open\n"])
        }
        #expect(error?.context.count == 1)
        #expect(error?.context.first?.hasPrefix("a.feature:2: the scenario has no steps") == true)
    }

    @Test("an undefined step is told once, with its place and the nearest pattern")
    func undefined() throws {
        let text = Self.feature.replacing("the till holds 4", with: "the tills hold 4")
            .replacing("there are 3 bread in the shop", with: "there is 3 bread in the shop")
        let error = #expect(throws: PlanError.self) { try plan(["a.feature": text]) }
        #expect(
            error?.context == [
                #"a.feature:4: "there is 3 bread in the shop" is undefined; did you mean "there are {int} {word} in the shop"?"#,
                #"a.feature:9: "the tills hold 4" is undefined; did you mean "the till holds {int}"?"#,
            ]
        )
        #expect(error?.summary == "2 steps can't be run as written.")
    }

    @Test("an ambiguous step names all that could be meant")
    func ambiguous() throws {
        let library =
            shopSteps()
            + StepLibrary {
                Then("the {word} holds {int}", fileID: "More.swift", line: 1) {
                    (_: Shop, _: String, _: Int) async throws in
                }
            }
        var ids = IdSequence()
        let text = "Feature: Shop\n  Scenario: Sale\n    Then the till holds 4\n"
        let suite = Suite(sources: [("a.feature", text)], ids: &ids)
        let error = #expect(throws: PlanError.self) {
            try Plan(suite, selection: FeatureSelection(["a.feature"]), library: library, ids: &ids)
        }
        let line = try #require(error?.context.first)
        #expect(line.hasPrefix(#"a.feature:3: "the till holds 4" is ambiguous: "the till holds {int}""#))
        #expect(line.hasSuffix(#""the {word} holds {int}" (More.swift:1)"#))
    }

    @Test("a table that a step does not take is found before anything runs")
    func unwantedTable() {
        let text = "Feature: Shop\n  Scenario: Sale\n    Then the till holds 4\n      | a |\n"
        let error = #expect(throws: PlanError.self) { try plan(["a.feature": text]) }
        #expect(error?.context.count == 1)
        #expect(error?.context.first?.hasPrefix("a.feature:3: ") == true)
    }

    @Test("the parse errors of all files are told at once")
    func parseErrors() {
        let error = #expect(throws: PlanError.self) {
            try plan(["a.feature": "Feature: A\n  Scenario: A\n    * fine\n    oops\n", "b.feature": "what?\n"])
        }
        guard case .parseErrors(let lines)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(lines.contains { $0.hasPrefix("a.feature:4:5: expected") })
        #expect(lines.contains { $0.hasPrefix("b.feature:1:1: expected") })
    }

    @Test("a library with problems is never run")
    func badLibrary() throws {
        let library = StepLibrary<Shop> {
            Given("{int} bread") { (_: Shop) async throws in }
        }
        var ids = IdSequence()
        let suite = Suite(sources: [("a.feature", "Feature: Shop\n  Scenario: Sale\n    * 1 bread\n")], ids: &ids)
        let error = #expect(throws: PlanError.self) {
            try Plan(suite, selection: FeatureSelection(["a.feature"]), library: library, ids: &ids)
        }
        #expect(error?.summary == "1 problem in step definitions.")
    }

    // MARK: - The digest

    @Test("the digest changes with what is written, and not with identifiers")
    func digest() throws {
        func digest(_ text: String, firstId: Int = 0) throws -> String {
            try plan(["a.feature": text], firstId: firstId).digest
        }
        let before = try digest(Self.feature)
        #expect(before.count == 64)
        #expect(try digest(Self.feature, firstId: 500) == before)
        for (old, new) in [("holds 4", "holds 5"), ("@cash", "@card"), ("Nobody", "No one"), ("| 3 ", "| 1 ")] {
            #expect(try digest(Self.feature.replacing(old, with: new)) != before, "\(old)")
        }
    }

    @Test("the shape of a table is part of the digest")
    func digestOfTables() throws {
        func digest(_ steps: String) throws -> String {
            try plan(["a.feature": "Feature: Shop\n  Scenario: Sale\n\(steps)"]).digest
        }
        let one = try digest("    * a delivery of\n      | it is Sunday |\n    * bread is baked\n")
        let two = try digest("    * a delivery of\n      | it is Sunday |\n      | |\n    * bread is baked\n")
        #expect(one != two)
    }
}
