import Gherkin
import ScenarioRunner
import StepDefinitions
import Testing

@Suite("Plans with checkpoints")
struct CheckpointPlanTests {
    private static let checkpoints = """
        Feature: States
          Scenario: the shop is full
            Given there are 3 bread in the shop

          @temporary
          Scenario: the first bread is sold
            Given the shop is full
            When 1 bread are sold for 2 each
        """

    private func plan(
        _ steps: String,
        tags: String = "",
        checkpoints: String = checkpoints,
        variant: @escaping @Sendable ([String]) -> String? = { $0.first { $0 == "@large" } }
    ) throws -> Plan {
        var ids = IdSequence()
        let text =
            "Feature: Shop\n  \(tags)\n  Scenario: Sale\n"
            + steps.split(separator: ";").map { "    * \($0)\n" }.joined()
        let suite = Suite(sources: [("a.feature", text)], ids: &ids)
        let states = Suite(sources: [("states.feature", checkpoints)], ids: &ids)
        return try Plan(
            suite,
            checkpoints: states,
            selection: FeatureSelection(["a.feature"]),
            library: shopSteps(),
            variant: variant,
            ids: &ids
        )
    }

    private func problems(_ steps: String, tags: String = "", checkpoints: String = checkpoints) -> [String] {
        let error = #expect(throws: PlanError.self) { try plan(steps, tags: tags, checkpoints: checkpoints) }
        return error?.context ?? []
    }

    @Test("a scenario whose first step is a checkpoint's title starts from it, and its parents come before it")
    func chain() throws {
        let plan = try plan("the first bread is sold;the till holds 2")
        #expect(plan.checkpoints.map(\.title) == ["the shop is full", "the first bread is sold"])
        #expect(plan.entries[0].start == plan.checkpoints[1].id)
        #expect(plan.checkpoints[1].parent == plan.checkpoints[0].id)
        #expect(plan.checkpoints[0].parent == nil)
        #expect(plan.checkpoints.map(\.isTemporary) == [false, true])
        #expect(plan.checkpoints.allSatisfy { $0.entry.testCase.testSteps.contains { $0.hookId == Plan.keepHook } })
        #expect(!plan.entries[0].testCase.testSteps.contains { $0.hookId == Plan.keepHook })
    }

    @Test("checkpoints that nothing starts from are not planned")
    func unneeded() throws {
        #expect(try plan("the till holds 0").checkpoints.isEmpty)
    }

    @Test("on another image a checkpoint is another one, and runs with the tag that chooses the image")
    func variants() throws {
        let plain = try #require(try plan("the shop is full").checkpoints.first)
        let large = try #require(try plan("the shop is full", tags: "@large").checkpoints.first)
        #expect(plain.id != large.id)
        #expect(plain.variant == nil)
        #expect(large.variant == "@large")
        #expect(large.entry.pickle.tags.map(\.name) == ["@large"])
    }

    @Test("a checkpoint that is made for one image is of no use on another")
    func otherVariant() {
        let large = "Feature: States\n  @large\n  Scenario: the shop is full\n    * there are 3 bread in the shop\n"
        #expect(throws: Never.self) { try plan("the shop is full", tags: "@large", checkpoints: large) }
        #expect(
            problems("the shop is full", checkpoints: large) == [
                #"a.feature:4: the checkpoint "the shop is full" is made with @large, the scenario runs with no such tag"#
            ]
        )
    }

    @Test("a checkpoint behind another step is refused, since it would throw away what the step did")
    func notFirst() {
        #expect(
            problems("there are 3 bread in the shop;the shop is full") == [
                "a.feature:5: a checkpoint can only be the first step, since what came before it would be lost"
            ]
        )
    }

    @Test("a title that is nearly right is suggested")
    func nearlyRight() {
        #expect(
            problems("the shop was full") == [
                #"a.feature:4: "the shop was full" is undefined; did you mean "the shop is full"?"#
            ]
        )
    }

    @Test("titles that stand twice, that are steps, and that come from themselves are refused")
    func badTitles() {
        func states(_ scenarios: (String, String)...) -> String {
            "Feature: States\n" + scenarios.map { "  Scenario: \($0.0)\n    * \($0.1)\n" }.joined()
        }
        let bread = "there are 3 bread in the shop"
        #expect(
            problems("the shop is full", checkpoints: states(("the shop is full", bread), ("the shop is full", bread)))
                == [#"states.feature:4: the checkpoint "the shop is full" is at states.feature:2 already"#]
        )
        #expect(
            problems("the till holds 1", checkpoints: states(("the till holds 1", bread))).contains(
                #"states.feature:2: the checkpoint "the till holds 1" has the text of a step; name it otherwise"#
            )
        )
        #expect(
            problems("round", checkpoints: states(("round", "about"), ("about", "round"))) == [
                #"states.feature:5: the checkpoint "round" comes from itself"#
            ]
        )
    }

    @Test("a plan to make checkpoints ahead wants all that scenarios need, and runs no scenario")
    func ahead() throws {
        let plan = try plan("the first bread is sold").checkpointsOnly
        #expect(plan.entries.isEmpty)
        #expect(plan.wanted == plan.checkpoints.map(\.id))
        #expect(plan.wanted.count == 2)
    }

    @Test("the digest changes with a checkpoint's steps")
    func digest() throws {
        let before = try plan("the shop is full").digest
        #expect(try plan("the shop is full").digest == before)
        let changed = Self.checkpoints.replacing("are 3 bread", with: "are 4 bread")
        #expect(try plan("the shop is full", checkpoints: changed).digest != before)
    }
}
