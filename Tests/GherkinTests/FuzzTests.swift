import Gherkin
import Testing

/// A generator that gives the same numbers on every machine (SplitMix64).
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

private let pieces = [
    "Feature: F\n", "Rule: R\n", "Background:\n", "Scenario: S\n", "Scenario Outline: <a>\n", "Examples:\n",
    "Given <a>\n",
    "* x\n", "And y\n", "  | a | b |\n", "| a |\n", "|\\", "\"\"\"\n", "```json\n", "@t @u #c\n", "@bad tag\n",
    "# comment\n",
    "# language: fr\n", "#language:none\n", "\n", "  \n", "text\n", "\r", "\\", "\u{FEFF}", "\u{3000}", "🙂", "<", ">",
]

@Suite("Hostile features")
struct FuzzTests {
    @Test("pieces of features in any order are read or refused", arguments: 0..<200 as Range<UInt64>)
    func shuffled(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        for _ in 0..<20 {
            let count = Int.random(in: 1...60, using: &generator)
            let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            var ids = IdSequence()
            if let document = try? parse(text, uri: "fuzz", ids: &ids) {
                _ = try? pickles(from: document, uri: "fuzz", ids: &ids)
            }
        }
    }

    @Test("bytes without sense are read or refused", arguments: 0..<50 as Range<UInt64>)
    func random(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let bytes = (0..<400).map { _ in UInt8.random(in: 0...255, using: &generator) }
        var ids = IdSequence()
        _ = try? parse(
            "Feature: F\n Scenario: S\n  Given " + String(decoding: bytes, as: UTF8.self),
            uri: "fuzz",
            ids: &ids
        )
    }

    @Test("time grows with the length alone", .timeLimit(.minutes(1)))
    func linear() {
        let head = "Feature: F\n Scenario: S\n  Given x\n"
        for text in [
            head + String(repeating: "@t\n", count: 50_000),
            head + String(repeating: "@t\nScenario: S\n", count: 20_000),
            head + String(repeating: " ", count: 500_000) + "x",
            head + "|" + String(repeating: "a|", count: 100_000),
            head + "\"\"\"\n" + String(repeating: "\\\"", count: 300_000),
        ] {
            var ids = IdSequence()
            _ = try? parse(text, uri: "long", ids: &ids)
        }
    }
}
