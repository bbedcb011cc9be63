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

/// A feature with every construct in it.
private let whole = """
    # language: en
    @a @b#c #d
    Feature: F <a>
      Text

      # aside
      Background: B
        Given x
          | a | \\| |
          \"\"\"json
          \\\"\\\"\\\"
          \"\"\"
      Rule: R
        @r
        Scenario Outline: S <a>
          * step <a>
            ```
            t
            ```
            | <a> | é🙂 |
          @e
          Examples:
            | a | b |
            | 1 | <a> |

    """

/// The same in Markdown.
private let wholeMarkdown = """
    `@a` `@b`
    # Feature: F
    Text with `code`.
    ## Background:
    * Given x
      | a |
      | - |
    ## Rule: R
    `@s`
    ### Scenario Outline: S <a>
    - When <a>
      ````md
      ```
      ````
    #### Examples:
      | a |
      | - |
      | 1 |

    """

/// Reads a feature to the end, whatever it is; returns the number of its pickles, or `nil` when it was refused.
@discardableResult
private func read(_ text: String, uri: String = "fuzz.feature") -> Int? {
    var ids = IdSequence()
    do {
        let document = try parse(text, uri: uri, ids: &ids)
        return try pickles(from: document, uri: uri, ids: &ids).count
    } catch {
        // Refused with reasons that can be shown.
        return error.errors.isEmpty ? -1 : nil
    }
}

private let uris = ["fuzz.feature", "fuzz.feature.md"]

@Suite("Hostile features")
struct FuzzTests {
    @Test("pieces of features in any order are read or refused", arguments: 0..<200 as Range<UInt64>)
    func shuffled(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        for _ in 0..<20 {
            let count = Int.random(in: 1...60, using: &generator)
            let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            for uri in uris { #expect(read(text, uri: uri) != -1) }
        }
    }

    @Test("bytes without sense are read or refused", arguments: 0..<50 as Range<UInt64>)
    func random(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        for length in [1, 10, 400, 4_000] {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let text = String(decoding: bytes, as: UTF8.self)
            for head in ["", "Feature: F\n Scenario: S\n  Given ", "# Feature: F\n## Scenario: S\n* Given "] {
                for uri in uris { #expect(read(head + text, uri: uri) != -1) }
            }
        }
    }

    @Test("a feature that ends anywhere is read or refused", arguments: zip(uris, [whole, wholeMarkdown]))
    func truncated(uri: String, text: String) {
        let bytes = Array(text.utf8)
        #expect(read(text, uri: uri) == 1)
        for end in bytes.indices {
            #expect(read(String(decoding: bytes[..<end], as: UTF8.self), uri: uri) != -1)
        }
    }

    @Test("a feature with some bytes changed is read or refused", arguments: 0..<100 as Range<UInt64>)
    func mutated(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let telling = Array("\n\r\\|\"`@#:<>* \t".utf8) + [0, 0x1C, 0x85, 0xA0, 0xC2, 0xE2, 0xEF, 0xFF]
        for (uri, text) in zip(uris, [whole, wholeMarkdown]) {
            for _ in 0..<20 {
                var bytes = Array(text.utf8)
                for _ in 0..<Int.random(in: 1...8, using: &generator) {
                    let place = Int.random(in: 0..<bytes.count, using: &generator)
                    let byte = telling.randomElement(using: &generator) ?? 0
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0: bytes[place] = byte
                    case 1: bytes.insert(byte, at: place)
                    default: bytes.remove(at: place)
                    }
                }
                #expect(read(String(decoding: bytes, as: UTF8.self), uri: uri) != -1)
            }
        }
    }

    @Test("what is repeated without end is read or refused", .timeLimit(.minutes(5)))
    func repeated() {
        let head = "Feature: F\n Scenario: S\n  Given x\n"
        for text in [
            head + String(repeating: "@t\n", count: 50_000),
            head + String(repeating: "@t\nScenario: S\n", count: 20_000),
            head + String(repeating: "@t\n#\n\n", count: 20_000) + "Rule: R\n",
            head + "|" + String(repeating: "a|", count: 100_000),
            head + "\"\"\"\n" + String(repeating: "\\\"", count: 300_000),
            "Feature: F\n" + String(repeating: "Rule: R\n", count: 20_000),
            String(repeating: "\n", count: 500_000),
            String(repeating: "# language: none\n", count: 20_000),
            "# Feature: F\n## Scenario: S\n* Given x\n" + String(repeating: "`@t`\n", count: 20_000),
            "# Feature: F\n" + String(repeating: "`@", count: 100_000),
            "# Feature: F\n" + String(repeating: "```\n`@t`\n", count: 5_000),
        ] {
            for uri in uris { #expect(read(text, uri: uri) != -1) }
        }
    }

    @Test("a line of ten megabytes is a line", .timeLimit(.minutes(5)), arguments: ["x", " ", "\\", "|", "@", "é"])
    func longLine(_ filling: String) {
        let line = String(repeating: filling, count: 10_000_000 / filling.utf8.count)
        #expect(read("Feature: F\n Scenario: S\n  Given x\n   \"\"\"\n\(line)\n   \"\"\"\n") == 1)
        if filling != "|", filling != "@" { #expect(read("Feature: F\n Scenario: S\n  Given \(line)\n") == 1) }
    }
}
