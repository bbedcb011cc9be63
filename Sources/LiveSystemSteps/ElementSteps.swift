public import Accessibility
import LiveSystem
import Screen
public import StepDefinitions

// What a person would call by its name: "the button OK". Programs tell of it through at-spi, which the system under test
// has to offer; the mouse is used all the same as a person would.

extension RoleName: StepArgument {}
extension StateName: StepArgument {}

let elementSteps = StepLibrary<LiveSystem> {
    // Any words, so that a misspelt role is told with the one that was meant, and not as a step that there is not.
    ParameterType<RoleName>("role", "[a-z]+(?: [a-z]+){0,2}", useForSnippets: false) { try RoleName($0) }
    ParameterType<StateName>("state")

    When("I click the {role} {string}", documentation: "Waits for an enabled element, and clicks in its middle.") {
        (system: LiveSystem, role: RoleName, name: String) async throws in
        try await system.screen.click(.element(.init(role, name)), within: .seconds(20))
    }

    When("I double-click the {role} {string}", documentation: "Waits for an enabled element, and clicks it twice.") {
        (system: LiveSystem, role: RoleName, name: String) async throws in
        try await system.screen.click(.element(.init(role, name)), within: .seconds(20), kind: .double)
    }

    When("I right-click the {role} {string}", documentation: "Waits for an enabled element, and opens its menu.") {
        (system: LiveSystem, role: RoleName, name: String) async throws in
        try await system.screen.click(.element(.init(role, name)), within: .seconds(20), kind: .right)
    }

    When(
        "I click the first {role} {string}",
        documentation: "Clicks the first of several elements, in the order in which programs tell of them."
    ) { (system: LiveSystem, role: RoleName, name: String) async throws in
        try await system.screen.click(.element(.init(role, name)), within: .seconds(20), choice: .first)
    }

    Then("I see the {role} {string}", documentation: "Waits for an element of a role and name.") {
        (system: LiveSystem, role: RoleName, name: String) async throws in
        try await system.screen.wait(for: .element(.init(role, name)), within: .seconds(20))
    }

    Then("I see the {role} {string} within {int} minutes", documentation: "Waits longer for an element.") {
        (system: LiveSystem, role: RoleName, name: String, minutes: Int) async throws in
        try await system.screen.wait(for: .element(.init(role, name)), within: .seconds(60 * minutes))
    }

    Then("I see a {role}", documentation: "Waits for an element of a role, whatever its name.") {
        (system: LiveSystem, role: RoleName) async throws in
        try await system.screen.wait(for: .element(.init(role)), within: .seconds(20))
    }

    Then("there is no {role}", documentation: "Waits until no program tells of an element of a role.") {
        (system: LiveSystem, role: RoleName) async throws in
        try await system.screen.waitForElementToVanish(.init(role), within: .seconds(20))
    }

    Then("there is no {role} {string}", documentation: "Waits until no program tells of such an element.") {
        (system: LiveSystem, role: RoleName, name: String) async throws in
        try await system.screen.waitForElementToVanish(.init(role, name), within: .seconds(20))
    }

    Then("the {role} {string} is {state}", documentation: "Waits until an element is in a state.") {
        (system: LiveSystem, role: RoleName, name: String, state: StateName) async throws in
        try await system.screen.wait(for: .init(role, name, .state(state)), within: .seconds(20))
    }

    Then("the {role} {string} says {string}", documentation: "Waits until an element holds a text, and no other.") {
        (system: LiveSystem, role: RoleName, name: String, text: String) async throws in
        try await system.screen.wait(for: .init(role, name, .text(text)), within: .seconds(20))
    }

    Then("the {role} {string} says something with {string}", documentation: "Waits for a part of an element's text.") {
        (system: LiveSystem, role: RoleName, name: String, text: String) async throws in
        try await system.screen.wait(for: .init(role, name, .textWith(text)), within: .seconds(20))
    }

    Then("the {role} {string} stands at {float}", documentation: "Waits until a slider, say, has a value.") {
        (system: LiveSystem, role: RoleName, name: String, value: Double) async throws in
        try await system.screen.wait(for: .init(role, name, .value(value)), within: .seconds(20))
    }
}
