import CompatibilityKit
import CucumberMessages
import StepDefinitions
import Testing

private struct Spill: Error {}
private struct Recipe: StepArgument, Equatable { let grams: Int, name: String }
private struct Ingredient: TableValue { let name: String, grams: Int }

/// The steps of a kitchen, whose features use every construct of the language.
private let kitchen = StepLibrary<PlainWorld> {
    ParameterType<Recipe>("recipe", groupsOf: "(\\d+) g of (\\w+)") { groups in
        Recipe(grams: Int((groups.first ?? nil) ?? "") ?? 0, name: (groups.last ?? nil) ?? "")
    }
    BeforeRun("light the stove") { StepContext.current.log("lit") }
    Before("wash hands", tags: "@clean") { (_: PlainWorld) in }
    Before("closed", tags: "@closed") { (_: PlainWorld) in try skip("closed") }
    Given("an oven") { (_: PlainWorld) in }
    Given("{recipe} on the table") { (world: PlainWorld, recipe: Recipe) in world.note("on it", recipe.name) }
    Given("these ingredients") { (world: PlainWorld, all: [Ingredient]) in
        world.note("grams", "\(all.reduce(0) { $0 + $1.grams })")
    }
    Given("this note") { (_: PlainWorld, note: StepDefinitions.DocString) in
        StepContext.current.attach(note.content, mediaType: note.mediaType ?? "text/plain")
    }
    When("the milk is spilt") { (_: PlainWorld) in throw Spill() }
    When("the dough rests") { (_: PlainWorld) in try pending() }
    When("the guests are late") { (_: PlainWorld) in try skip("nobody is here") }
    Then("there are {int} g in the bowl") { (world: PlainWorld, grams: Int) in
        guard world["grams"] == "\(grams)" else { throw Spill() }
    }
    Then("^the (cake|bread) is done$") { (_: PlainWorld, _: String) in }
    Then("the bread is done") { (_: PlainWorld) in }
    After("clean up", tags: "not @dirty") { (_: PlainWorld) in }
    AfterRun("put out the stove") {}
}

@Suite("Compatibility with other readers of Cucumber Messages")
struct CompatibilityTests {
    /// What happens in a run, line by line, without where a step begins.
    private func happenings(_ feature: String, retries: Int = 0) async throws -> [String] {
        let sources = [("kitchen.feature", "Feature: Kitchen\n\(feature)")]
        let record = try await runFeatures(sources, with: kitchen, retries: retries)
        return (RecordOutline(record).sections["run"] ?? []).filter { line in
            !line.hasSuffix("begins") && !line.hasSuffix("ends") && !line.contains("_TEST_RUN")
        }
    }

    @Test("backgrounds, rules, outlines, tables, doc strings and parameters of the suite's own")
    func constructs() async throws {
        let lines = try await happenings(
            #"""
              Background:
                Given an oven

              Rule: Sweet things
                Background:
                  Given 100 g of butter on the table

                Scenario Outline: Cake of <grams>
                  Given these ingredients
                    | name  | grams   |
                    | flour | <grams> |
                    | sugar | 50      |
                  Then there are <sum> g in the bowl

                  Examples:
                    | grams | sum |
                    | 100   | 150 |
                    | 200   | 200 |

                Example: A note
                  * this note
                    """application/json
                    {}
                    """
            """#
        )
        let clean = "hook AFTER_TEST_CASE clean up not @dirty PASSED"
        let common = ["step an oven PASSED", "step 100 g of butter on the table PASSED"]
        #expect(
            lines == common + ["step these ingredients PASSED", "step there are 150 g in the bowl PASSED", clean]
                + common
                + ["step these ingredients PASSED", "step there are 200 g in the bowl FAILED with an exception", clean]
                + common
                + [#"step this note attaches application/json IDENTITY  "{}" 2"#, "step this note PASSED", clean]
                + ["the run ends, success: false"]
        )
    }

    @Test(
        "what a step comes to decides what the steps behind it come to",
        arguments: [
            ("an oven", "PASSED", ["PASSED", "UNDEFINED"]),
            ("the milk is spilt", "FAILED with an exception", ["SKIPPED", "UNDEFINED"]),
            ("the dough rests", "PENDING", ["SKIPPED", "UNDEFINED"]),
            ("the guests are late", "SKIPPED", ["SKIPPED", "SKIPPED"]),
            ("the bread is done", "AMBIGUOUS", ["SKIPPED", "UNDEFINED"]),
            ("an icebox", "UNDEFINED", ["SKIPPED", "UNDEFINED"]),
        ]
    )
    func statuses(_ step: String, _ status: String, _ following: [String]) async throws {
        let lines = try await happenings("  @dirty\n  Scenario: S\n    * \(step)\n    * an oven\n    * a fridge\n")
        let success = status == "SKIPPED"
        #expect(
            lines == ["step \(step) \(status)", "step an oven \(following[0])", "step a fridge \(following[1])"]
                + ["the run ends, success: \(success)"]
        )
    }

    @Test(
        "only what fails is tried again",
        arguments: [("the milk is spilt", 2), ("the dough rests", 0), ("an oven", 0)]
    )
    func retries(_ step: String, _ count: Int) async throws {
        let lines = try await happenings("  @dirty\n  Scenario: S\n    * \(step)\n", retries: 2)
        #expect(lines.count { $0.hasSuffix("ends, is tried again") } == count)
        #expect(lines.count { $0.hasPrefix("step \(step) ") } == count + 1)
    }

    @Test("hooks run by their tags, and one that skips lets those behind it run")
    func hooks() async throws {
        let lines = try await happenings("  @clean @closed\n  Scenario: S\n    * an oven\n")
        #expect(
            lines == [
                "hook BEFORE_TEST_CASE wash hands @clean PASSED", "hook BEFORE_TEST_CASE closed @closed SKIPPED",
                "step an oven SKIPPED", "hook AFTER_TEST_CASE clean up not @dirty PASSED",
                "the run ends, success: true",
            ]
        )
    }

    @Test("hooks around the run stand around its scenarios, and what one logs is its own")
    func runHooks() async throws {
        let record = try await runFeatures([("k.feature", "Feature: K\n  Scenario: S\n    * an oven\n")], with: kitchen)
        let lines = (RecordOutline(record).sections["run"] ?? []).filter { $0.contains("_TEST_RUN") }
        #expect(
            lines == [
                "hook BEFORE_TEST_RUN light the stove  begins",
                #"BEFORE_TEST_RUN light the stove  attaches text/x.cucumber.log+plain IDENTITY  "lit" 3"#,
                "hook BEFORE_TEST_RUN light the stove  PASSED", "hook AFTER_TEST_RUN put out the stove  begins",
                "hook AFTER_TEST_RUN put out the stove  PASSED",
            ]
        )
    }

    @Test("arguments tell where they stand in the step, down to the groups of a parameter")
    func arguments() async throws {
        let record = try await runFeatures(
            [("k.feature", "Feature: K\n  Scenario: S\n    * 7 g of salt on the table\n")],
            with: kitchen
        )
        let line = try #require(RecordOutline(record).sections["test case"]?.first)
        #expect(line.contains("{recipe} on the table (recipe 7 g of salt@0 [7@0, salt@7])"))
    }

    @Test("code is proposed for undefined steps")
    func suggestions() async throws {
        let record = try await runFeatures(
            [("k.feature", "Feature: K\n  Scenario: S\n    * an icebox\n")],
            with: kitchen
        )
        #expect(RecordOutline(record).sections["suggestion"] == ["an icebox"])
    }

    @Test("a difference between two records is found")
    func differences() async throws {
        func outline(_ step: String) async throws -> RecordOutline {
            RecordOutline(
                try await runFeatures([("k.feature", "Feature: K\n  Scenario: S\n    * \(step)\n")], with: kitchen)
            )
        }
        let first = try await outline("an oven")
        let second = try await outline("the milk is spilt")
        #expect(first.differences(from: first).isEmpty)
        #expect(first.differences(from: second).contains("+ run: step an oven PASSED"))
        #expect(first.differences(from: second).contains("- run: step the milk is spilt FAILED with an exception"))
    }
}
