public import StepDefinitions

/// How far a clock is off, as people say it: `2 years ahead`, `3 days behind`.
public struct ClockOffset: Hashable, Sendable, StepArgument, CustomStringConvertible {
    /// How far it is ahead; negative when it is behind.
    public let duration: Duration
    /// The text it was made from.
    public let description: String

    /// What matches it, as a regular expression.
    public static let pattern = #"\d{1,5} (?:second|minute|hour|day|week|year)s? (?:ahead|behind)"#

    private static let seconds = [
        "second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 7 * 86_400,
        // As long as a year is on average.
        "year": 31_557_600,
    ]

    /// Reads a number, a unit, and `ahead` or `behind`; or returns `nil`.
    public init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[0].utf8.count <= 5, words[0].allSatisfy(\.isWholeNumber),
            let count = Int(words[0]),
            let unit = Self.seconds[String(words[1])]
                ?? Self.seconds[String(words[1].dropLast(words[1].hasSuffix("s") ? 1 : 0))]
        else { return nil }
        switch words[2] {
        case "ahead": duration = .seconds(count * unit)
        case "behind": duration = .seconds(-count * unit)
        default: return nil
        }
        description = text
    }
}
