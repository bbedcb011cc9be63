import Diagnostics
import Testing

private struct Example: ExplainedError {
    var blame: Blame { .host }
    var summary: String { "Expected a, saw b." }
    var context: [String] { ["c is 1"] }
    var hint: String? { "Do d." }
}

@Suite("Explained errors")
struct ExplainedErrorTests {
    @Test("the description is the summary, the context indented, and the hint")
    func description() {
        #expect(Example().description == "Expected a, saw b.\n  c is 1\nHint: Do d.")
    }
}

@Suite("Nearest names")
struct NearestNameTests {
    @Test("a misspelt name finds the one that was meant")
    func misspelt() {
        #expect(nearestName(to: "teh screen", among: ["the screen", "the mouse"]) == "the screen")
    }

    @Test("a name that resembles nothing finds nothing")
    func unrelated() {
        #expect(nearestName(to: "keyboard", among: ["tor", "dns"]) == nil)
    }
}
