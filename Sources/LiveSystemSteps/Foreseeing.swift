import LiveSystem
import StepDefinitions

// What steps check and note when a run is planned.

@Sendable func checkTyping(_ plan: inout Foresight, _ text: String) throws {
    try plan[ForeseenKeyboard.self].check(typing: text)
}

@Sendable func checkPressing(_ plan: inout Foresight, _ keys: String) throws {
    try plan[ForeseenKeyboard.self].check(pressing: keys)
}

@Sendable func checkNeedle(_ plan: inout Foresight, _ name: String) throws {
    try plan[ForeseenNeedles.self].check(name)
}

@Sendable func foreseeStart(_ plan: inout Foresight) { plan[ForeseenKeyboard.self].restart() }
