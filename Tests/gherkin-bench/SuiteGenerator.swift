/// Writes a suite of features as large projects have them; the same seed writes the same suite.
struct SuiteGenerator {
    private var random: SplitMix64
    private static let scenariosPerFile = 100

    init(seed: UInt64) {
        random = SplitMix64(state: seed)
    }

    /// The features of a suite with some number of scenarios.
    mutating func suite(scenarios: Int) -> [String] {
        var features: [String] = []
        var left = scenarios
        while left > 0 {
            features.append(feature(number: features.count, scenarios: min(left, Self.scenariosPerFile)))
            left -= Self.scenariosPerFile
        }
        return features
    }

    private mutating func feature(number: Int, scenarios: Int) -> String {
        var text = "@suite @part-\(number)\nFeature: Part \(number) of the suite\n\n"
        text += "  What this part is about,\n  in two lines.\n\n  Background:\n    Given the computer is booted\n\n"
        for scenario in 0..<scenarios {
            if scenario == scenarios / 2 { text += "  Rule: the second half\n\n" }
            text += Int.random(in: 0..<8, using: &random) == 0 ? outline(scenario) : self.scenario(scenario)
        }
        return text
    }

    private mutating func scenario(_ number: Int) -> String {
        var text = "  # looked at twice\n  @smoke @issue-\(number)\n  Scenario: number \(number) \(words(3))\n"
        for keyword in ["Given", "And", "When", "Then", "But", "And"] { text += "    \(keyword) \(words(6))\n" }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: text += "      | name | value | note |\n      | \(words(1)) | \(number) | a \\| b |\n"
        case 1: text += "      \"\"\"json\n      { \"words\": \"\(words(4))\" }\n      \"\"\"\n"
        default: break
        }
        return text + "\n"
    }

    private mutating func outline(_ number: Int) -> String {
        "  Scenario Outline: number \(number) with <relays> relays\n    Given <relays> relays \(words(3))\n"
            + "    When I wait <seconds> seconds\n    Then \(words(4))\n\n    Examples:\n      | relays | seconds |\n"
            + "      | 3 | 10 |\n      | 5 | 20 |\n\n"
    }

    private mutating func words(_ count: Int) -> String {
        let all = "the network “screen” shows a window and 3 relays answer Tor café".split(separator: " ")
        return (0..<count).map { _ in all[Int.random(in: 0..<all.count, using: &random)] }.joined(separator: " ")
    }
}

/// A generator that gives the same numbers on every machine.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
