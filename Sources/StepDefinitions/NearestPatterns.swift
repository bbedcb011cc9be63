/// A pattern, or the text of an undefined step, as words.
struct PatternWords: Sendable {
    let pattern: String
    private let words: [[Character]]

    init(_ pattern: String) {
        self.pattern = pattern
        words = splitWords(of: pattern)
    }

    /// Finds the patterns that the author of an undefined step may have meant, the nearest first; at most three.
    ///
    /// Texts are compared word by word, so that one misspelt word weighs little and a parameter fits any word. Only
    /// patterns that differ in less than two words out of five are worth showing.
    func nearest(among patterns: [PatternWords]) -> [String] {
        guard (1...Self.mostWords).contains(words.count) else { return [] }
        var costs = WordCosts()
        var scored: [(pattern: String, score: Double)] = []
        for candidate in patterns where candidate.words.count <= Self.mostWords {
            guard abs(candidate.words.count - words.count) <= max(2, words.count / 2) else { continue }
            let longest = Double(max(words.count, candidate.words.count))
            let score = alignmentCost(words, candidate.words, &costs) / longest
            if score < 0.4 { scored.append((candidate.pattern, score)) }
        }
        return scored.sorted { ($0.score, $0.pattern) < ($1.score, $1.pattern) }.prefix(3).map(\.pattern)
    }

    private static let mostWords = 60
}

/// Splits at blanks; what stands between quotation marks or braces is one word.
private func splitWords(of text: String) -> [[Character]] {
    var words: [[Character]] = []
    var word: [Character] = []
    var closing: Character?
    for character in text {
        if let end = closing {
            word.append(character)
            if character == end { closing = nil }
        } else if character.isWhitespace {
            if !word.isEmpty { words.append(word) }
            word = []
        } else {
            if character == "\"" && word.isEmpty { closing = "\"" }
            if character == "{" { closing = "}" }
            word.append(contentsOf: character.lowercased())
        }
    }
    if !word.isEmpty { words.append(word) }
    return words
}

/// The cheapest way to turn a text into a pattern, where a wrong word costs up to 1.
private func alignmentCost(_ text: [[Character]], _ pattern: [[Character]], _ costs: inout WordCosts) -> Double {
    var previous = (0...pattern.count).map(Double.init)
    for word in text {
        var current = [previous[0] + 1]
        for (column, expected) in pattern.enumerated() {
            let isParameter = expected.contains("{")
            current.append(
                min(
                    previous[column] + (isParameter ? 0.1 : costs.cost(word, expected)),
                    // A parameter may stand for several words.
                    previous[column + 1] + (isParameter ? 0.3 : 1),
                    current[column] + (expected.first == "(" ? 0.1 : 1)
                )
            )
        }
        previous = current
    }
    return previous[pattern.count]
}

/// How much words differ, each pair compared once: patterns of a suite share their words.
private struct WordCosts {
    private var known: [[Character]: [[Character]: Double]] = [:]

    mutating func cost(_ word: [Character], _ expected: [Character]) -> Double {
        if let cost = known[word]?[expected] { return cost }
        let cost = wordCost(word, expected)
        known[word, default: [:]][expected] = cost
        return cost
    }
}

/// How much two words differ, from 0 to 1; an alternative of a pattern may be the one that fits.
private func wordCost(_ word: [Character], _ expected: [Character]) -> Double {
    if word == expected { return 0 }
    let alternatives = expected.split(separator: "/").map { alternative in
        alternative.filter { $0 != "(" && $0 != ")" && $0 != "\\" }
    }
    return alternatives.map { editDistance(word, $0) }.min() ?? 1
}

/// The edits (insertions, deletions, substitutions, transpositions) per character.
private func editDistance(_ first: [Character], _ second: [Character]) -> Double {
    let longest = max(first.count, second.count)
    guard longest > 0, abs(first.count - second.count) * 2 <= longest, longest <= 64 else { return 1 }
    var beforePrevious: [Int] = []
    var previous = Array(0...second.count)
    for row in first.indices {
        var current = [row + 1]
        for column in second.indices {
            var cost = min(
                previous[column] + (first[row] == second[column] ? 0 : 1),
                previous[column + 1] + 1,
                current[column] + 1
            )
            if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                cost = min(cost, beforePrevious[column - 1] + 1)
            }
            current.append(cost)
        }
        (beforePrevious, previous) = (previous, current)
    }
    return Double(previous[second.count]) / Double(longest)
}
