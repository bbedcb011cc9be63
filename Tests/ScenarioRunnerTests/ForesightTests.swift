import Diagnostics
import Gherkin
import ScenarioRunner
import StepDefinitions
import Testing

/// A door that is known to be open or shut before anybody has tried it.
private struct Door: ForeseenState {
    var isOpen = false
}

private struct DoorShut: ExplainedError {
    let who: String
    var blame: Blame { .testAuthor }
    var summary: String { "\(who) needs an open door." }
    var hint: String? { "Open it first." }
}

private let doorSteps = StepLibrary<Int> {
    Given("the door is opened", whenPlanned: { (plan: inout Foresight) in plan[Door.self].isOpen = true }) { _ in }
    Given("the door is shut", whenPlanned: { (plan: inout Foresight) in plan[Door.self].isOpen = false }) { _ in }
    When(
        "{word} enters",
        whenPlanned: { (plan: inout Foresight, who: String) throws in
            guard plan[Door.self].isOpen else { throw DoorShut(who: who) }
        }
    ) { (_: Int, _: String) in }
    When("time passes") { (_: Int) in }
}

@Suite("What is foreseen when a run is planned")
struct ForesightTests {
    private static let checkpoints = """
        Feature: States
          Scenario: an open house
            Given the door is opened
          Scenario: a guest is there
            Given an open house
            When Ann enters
          Scenario: a closed house
            Given a guest is there
            When the door is shut
        """

    private func problems(_ text: String, foresight: Foresight = Foresight()) -> [String] {
        var ids = IdSequence()
        let suite = Suite(sources: [("a.feature", text)], ids: &ids)
        let states = Suite(sources: [("states.feature", Self.checkpoints)], ids: &ids)
        do {
            _ = try Plan(
                suite,
                checkpoints: states,
                selection: FeatureSelection(["a.feature"]),
                library: doorSteps,
                foresight: foresight,
                ids: &ids
            )
            return []
        } catch {
            return (error as? PlanError)?.context ?? ["\(error)"]
        }
    }

    private func feature(_ scenarios: [String]...) -> String {
        scenarios.enumerated().reduce("Feature: House\n") { text, scenario in
            text + "  Scenario: \(scenario.offset)\n" + scenario.element.map { "    * \($0)\n" }.joined()
        }
    }

    @Test("a step is refused with its place, its reason and its hint")
    func refused() {
        #expect(problems(feature(["Bob enters"])) == ["a.feature:3: Bob needs an open door. Open it first."])
    }

    @Test("what an earlier step of the scenario changed holds at a later one, and no longer")
    func order() {
        #expect(problems(feature(["the door is opened", "time passes", "Bob enters"])) == [])
        let late = feature(["Bob enters", "the door is opened"])
        #expect(problems(late) == ["a.feature:3: Bob needs an open door. Open it first."])
        let shut = feature(["the door is opened", "Bob enters", "the door is shut", "Eve enters"])
        #expect(problems(shut) == ["a.feature:6: Eve needs an open door. Open it first."])
    }

    @Test("one scenario tells nothing of another")
    func separate() {
        let text = feature(["the door is opened", "Bob enters"], ["Eve enters"])
        #expect(problems(text) == ["a.feature:6: Eve needs an open door. Open it first."])
    }

    @Test("a background holds for each scenario below it")
    func background() {
        let scenarios = feature(["Bob enters"], ["Eve enters"]).dropFirst("Feature: House\n".count)
        #expect(problems("Feature: House\n  Background:\n    * the door is opened\n" + scenarios) == [])
    }

    @Test("a scenario begins with what its checkpoint ended with, whose parents count too")
    func checkpoints() {
        #expect(problems(feature(["an open house", "Bob enters"], ["a guest is there", "Bob enters"])) == [])
        let closed = feature(["a closed house", "Bob enters"])
        #expect(problems(closed) == ["a.feature:4: Bob needs an open door. Open it first."])
    }

    @Test("what is known of the system is where each scenario begins")
    func start() {
        var foresight = Foresight()
        foresight[Door.self].isOpen = true
        #expect(problems(feature(["Bob enters", "the door is shut"], ["Eve enters"]), foresight: foresight) == [])
    }
}
