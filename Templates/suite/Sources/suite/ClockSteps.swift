import LiveSystem
import StepDefinitions

/// Steps about the system's clock.
let clockSteps = StepLibrary<LiveSystem> {
    Then(
        "the clock is between the years {int} and {int}",
        documentation: "Asks the system itself; who can't set a clock often lives in 1970."
    ) { (system: LiveSystem, first: Int, last: Int) async throws in
        let answer = try await system.require("date -u +%Y").standardOutput
        let year = Int(answer.filter(\.isNumber)) ?? 0
        expect(softly: year >= first, "The clock has to be in \(first) at least, and is in \(year).")
        expect(softly: year <= last, "The clock has to be in \(last) at most, and is in \(year).")
    }
}
