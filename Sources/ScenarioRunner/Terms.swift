import CucumberMessages
package import Forecasts
package import TagExpressions
package import Verdicts

/// On what terms a scenario runs.
package struct Terms: Codable, Hashable, Sendable {
    /// How often it is tried again when it does not pass.
    package var retries = 0
    /// How long it may take altogether, before `--timeout-scale`; absent when it does not say.
    package var deadline: Duration?
    /// Beside what it may run.
    package var company = Company()
    /// Why a failure holds nothing up; absent when it does.
    package var quarantine: Quarantine?

    /// Creates the terms of a scenario that says nothing.
    package init() {}

    /// Reads what a scenario's tags say; `report` is told of tags that say nothing sensible.
    init(tags: [PickleTag], report: (PickleTag, String) -> Void) {
        for tag in tags {
            let (word, value) = Self.parts(of: tag.name)
            switch word {
            case "@timeout":
                if let limit = value.flatMap(Self.duration) {
                    // That of the scenario stands behind those of its rule and feature.
                    deadline = limit
                } else {
                    report(tag, "a time limit is a number with s, m or h, such as @timeout:10m")
                }
            case "@exclusive":
                if value == nil { company.isAlone = true } else { report(tag, "@exclusive takes no name") }
            case "@serial":
                if value == "" {
                    report(tag, "a name is missing, such as @serial:printer")
                } else {
                    company.series.insert(value.map(String.init) ?? "")
                }
            default: break
            }
        }
    }

    /// Takes `@timeout:10m` apart; only the tags that mean something here are.
    private static func parts(of tag: String) -> (word: Substring, value: Substring?) {
        guard let colon = tag.utf8.firstIndex(of: UInt8(ascii: ":")) else { return (tag[...], nil) }
        return (tag[..<colon], tag[tag.utf8.index(after: colon)...])
    }

    /// The longest time that a scenario may ask for.
    private static let longest = Duration.seconds(7 * 24 * 3600)

    private static func duration(_ text: Substring) -> Duration? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600]
        guard let unit = text.last.flatMap({ units[$0] }), text.utf8.count <= 9,
            text.dropLast().allSatisfy({ $0.isASCII && $0.isNumber }),
            let number = Int64(text.dropLast()), number > 0
        else { return nil }
        let duration = Duration.seconds(number * unit)
        return duration <= longest ? duration : nil
    }
}

/// How often scenarios are tried again when they do not pass.
package struct RetryRule: Sendable {
    /// How often.
    package let retries: Int
    /// Which scenarios; absent means all.
    package let filter: TagExpression?

    /// Makes a rule.
    package init(retries: Int = 0, filter: TagExpression? = nil) {
        self.retries = max(0, retries)
        self.filter = filter
    }

    func retries(for tags: [String]) -> Int { retries > 0 && filter?.matches(tags) != false ? retries : 0 }
}
