import LiveSystem
import Screen
import StepDefinitions

let screenSteps = StepLibrary<LiveSystem> {
    Then("the screen shows {string}", documentation: "Waits for a text, read as a person would read it.") {
        (system: LiveSystem, text: String) async throws in
        try await system.screen.wait(forText: text, within: .seconds(20))
    }

    Then("the screen shows {string} within {int} minutes", documentation: "Waits longer for a text.") {
        (system: LiveSystem, text: String, minutes: Int) async throws in
        try await system.screen.wait(forText: text, within: .seconds(60 * minutes))
    }

    Then(
        "the screen shows one of these",
        documentation: "Waits for the first of several texts, one a row, and tells which it was."
    ) { (system: LiveSystem, texts: [String]) async throws in
        // Not `first(of:)`: one look at the screen finds them all.
        let match = try await system.screen.waitForAny(texts.map(Locator.text), within: .seconds(20))
        StepContext.current.log("First came \(match.locator).")
    }

    Then("the screen shows the picture {string}", documentation: "Waits for a needle of snapshots/needles.") {
        (system: LiveSystem, needle: String) async throws in
        try await system.screen.wait(for: NeedleName(needle), within: .seconds(20))
    }

    When("I click on {string}", documentation: "Waits for a text, and clicks in the middle of it.") {
        (system: LiveSystem, text: String) async throws in
        try await system.screen.click(text: text, within: .seconds(20))
    }

    When("I click on the picture {string}", documentation: "Waits for a needle, and clicks on its click point.") {
        (system: LiveSystem, needle: String) async throws in
        try await system.screen.click(NeedleName(needle), within: .seconds(20))
    }

    When("I type {string}", documentation: "Types a text on the keyboard.") {
        (system: LiveSystem, text: String) async throws in
        try await system.screen.keyboard.type(text)
    }

    When("I press {string}", documentation: "Presses a key or a combination, such as \"ctrl+alt+t\".") {
        (system: LiveSystem, keys: String) async throws in
        try await system.screen.keyboard.press(keys)
    }

    When("I type {string} and press {string}", documentation: "Types a text, then presses a key.") {
        (system: LiveSystem, text: String, keys: String) async throws in
        try await system.screen.keyboard.type(text)
        try await system.screen.keyboard.press(keys)
    }
}
