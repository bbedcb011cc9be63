/// The text of an error, taken apart again into the parts that ``Diagnostics/ExplainedError`` made it of.
package struct Explanation: Hashable, Sendable {
    /// What was expected and what was seen instead.
    package var summary: String
    /// What was known at that moment.
    package var context: [String]
    /// The first thing to try.
    package var hint: String?

    /// Takes a text apart; a text of another make is all summary.
    package init(_ text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.count > 1, let last = lines.last, last.hasPrefix("Hint: ") {
            hint = String(last.dropFirst("Hint: ".count))
            lines.removeLast()
        }
        let contextStart = lines.dropFirst().firstIndex { $0.hasPrefix("  ") } ?? lines.endIndex
        summary = lines[..<contextStart].joined(separator: "\n")
        context = lines[contextStart...].map { $0.hasPrefix("  ") ? String($0.dropFirst(2)) : $0 }
    }
}
