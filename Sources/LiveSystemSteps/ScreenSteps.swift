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

    Then(
        "the screen shows the picture {string}",
        documentation: "Waits for a needle of snapshots/needles.",
        whenPlanned: checkNeedle
    ) {
        (system: LiveSystem, needle: String) async throws in
        try await system.screen.wait(for: NeedleName(needle), within: .seconds(20))
    }

    Then("the screen shows {string} or {string}", documentation: "Waits for the first of two texts.") {
        (system: LiveSystem, first: String, second: String) async throws in
        try await system.screen.waitForAny([.text(first), .text(second)], within: .seconds(20))
    }

    Then("the screen no longer shows {string}", documentation: "Waits until a text is nowhere on the screen.") {
        (system: LiveSystem, text: String) async throws in
        try await system.screen.waitForTextToVanish(text, within: .seconds(20))
    }

    Then("the screen is still for {int} seconds", documentation: "Waits until no pixel has changed for so long.") {
        (system: LiveSystem, seconds: Int) async throws in
        try await system.screen.waitUntilStill(for: .seconds(seconds), within: .seconds(60 + seconds))
    }

    When("I click on {string}", documentation: "Waits for a text, and clicks in the middle of it.") {
        (system: LiveSystem, text: String) async throws in
        try await system.screen.click(text: text, within: .seconds(20))
    }

    When(
        "I click on the picture {string}",
        documentation: "Waits for a needle, and clicks on its click point.",
        whenPlanned: checkNeedle
    ) {
        (system: LiveSystem, needle: String) async throws in
        try await system.screen.click(NeedleName(needle), within: .seconds(20))
    }

    When("I double-click on {string}", documentation: "Waits for a text, and clicks twice in the middle of it.") {
        (system: LiveSystem, text: String) async throws in
        try await system.screen.click(.text(text), within: .seconds(20), kind: .double)
    }

    When("I right-click on {string}", documentation: "Waits for a text, and clicks on it with the right button.") {
        (system: LiveSystem, text: String) async throws in
        try await system.screen.click(.text(text), within: .seconds(20), kind: .right)
    }

    When("I click on the first {string}", documentation: "Clicks on the uppermost of several places with a text.") {
        (system: LiveSystem, text: String) async throws in
        try await system.screen.click(.text(text), within: .seconds(20), choice: .first)
    }

    When("I drag {string} onto {string}", documentation: "Waits for two texts, and drags the one onto the other.") {
        (system: LiveSystem, text: String, target: String) async throws in
        try await system.screen.drag(.text(text), onto: .text(target), within: .seconds(20))
    }

    When("I scroll down {int} clicks", documentation: "Turns the mouse's wheel where the pointer is.") {
        (system: LiveSystem, clicks: Int) async throws in
        try await system.screen.mouse.scroll(.down, clicks: clicks)
    }

    When("I scroll up {int} clicks", documentation: "Turns the mouse's wheel where the pointer is.") {
        (system: LiveSystem, clicks: Int) async throws in
        try await system.screen.mouse.scroll(.up, clicks: clicks)
    }

    When(
        "I type {string} and see it",
        documentation: "Types a text, and waits until it is read from the screen.",
        whenPlanned: checkTyping
    ) {
        (system: LiveSystem, text: String) async throws in
        try await system.screen.typeAndSee(text, within: .seconds(20))
    }

    When(
        "I hold {string} for {int} seconds",
        documentation: "Holds a key or a combination down.",
        whenPlanned: { (plan: inout Foresight, keys: String, _: Int) in try checkPressing(&plan, keys) }
    ) {
        (system: LiveSystem, keys: String, seconds: Int) async throws in
        try await system.screen.keyboard.hold(keys, for: .seconds(seconds))
    }

    When(
        "I press {string} and the screen shows {string}",
        documentation: "Presses a key and waits for a text, also for one that is there only for a moment.",
        whenPlanned: { (plan: inout Foresight, keys: String, _: String) in try checkPressing(&plan, keys) }
    ) { (system: LiveSystem, keys: String, text: String) async throws in
        let screen = try await system.screen
        try await screen.lookingBack {
            try await screen.keyboard.press(keys)
            try await screen.wait(forText: text, within: .seconds(20))
        }
    }

    Given(
        "the keyboard layout is {string}",
        documentation: "Types as on a layout such as \"de\" from now on.",
        whenPlanned: { (plan: inout Foresight, layout: String) in try plan[ForeseenKeyboard.self].use(layout) }
    ) {
        (system: LiveSystem, layout: String) async throws in
        try await system.screen.keyboard.useLayout(layout)
    }

    When(
        "I type {string}",
        documentation: "Types a text on the keyboard.",
        whenPlanned: checkTyping
    ) {
        (system: LiveSystem, text: String) async throws in
        try await system.screen.keyboard.type(text)
    }

    When(
        "I press {string}",
        documentation: "Presses a key or a combination, such as \"ctrl+alt+t\".",
        whenPlanned: checkPressing
    ) {
        (system: LiveSystem, keys: String) async throws in
        try await system.screen.keyboard.press(keys)
    }

    When(
        "I type {string} and press {string}",
        documentation: "Types a text, then presses a key.",
        whenPlanned: { (plan: inout Foresight, text: String, keys: String) in
            try checkTyping(&plan, text)
            try checkPressing(&plan, keys)
        }
    ) {
        (system: LiveSystem, text: String, keys: String) async throws in
        try await system.screen.keyboard.type(text)
        try await system.screen.keyboard.press(keys)
    }
}
