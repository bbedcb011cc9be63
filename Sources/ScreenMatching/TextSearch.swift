import Foundation

/// A phrase to look for in lines that were read from a screen, where single letters may be misread.
///
/// Letters that readers mistake for each other are one letter here, spaces may be lost or added, case and punctuation are
/// ignored. Beyond that nothing is forgiven: whole words, no other letter, no dropped letter, and no negation next to
/// the phrase ("Tor is not ready" is not "ready").
package struct TextSearch: Hashable, Sendable {
    /// The phrase as the author wrote it.
    package let phrase: String
    private let folded: String
    private let wordCount: Int

    /// Creates a search, or `nil` when the phrase has no letter or digit to look for.
    package init?(_ phrase: String) {
        self.phrase = phrase
        wordCount = phrase.split(whereSeparator: \.isWhitespace).count
        folded = Self.fold(phrase)
        guard !folded.isEmpty else { return nil }
    }

    /// Returns the words of the first place where the phrase stands, or `nil`.
    package func firstMatch(in lines: [TextLine]) -> [TextWord]? { matches(in: lines).first }

    /// Returns the words of every place where the phrase stands, in the order of the lines.
    package func matches(in lines: [TextLine]) -> [[TextWord]] {
        lines.flatMap { line in
            let whole = matches(amongWordsOf: line.words)
            return whole.isEmpty ? matches(amongWordsOf: Self.withoutBorders(line.words)) : whole
        }
    }

    /// The line that comes nearest to the phrase, for a message about a miss.
    package func nearest(in lines: [TextLine]) -> TextMiss? {
        lines.map { TextMiss(line: $0, distance: distance(to: Self.fold($0.text))) }
            .min { $0.distance < $1.distance }
    }

    // MARK: - Private parts

    private func matches(amongWordsOf line: [TextWord]) -> [[TextWord]] {
        let words = line.filter { !Self.classes($0.text).isEmpty }
        var matches: [[TextWord]] = []
        var start = 0
        while start < words.count {
            let match = match(in: words, from: start)
            if let match { matches.append(match) }
            start += match?.count ?? 1
        }
        return matches
    }

    private func match(in words: [TextWord], from start: Int) -> [TextWord]? {
        var joined = ""
        for end in start..<min(words.count, start + 2 * wordCount + 2) {
            joined += Self.classes(words[end].text)
            let seen = Self.joinStrokes(joined)
            if seen == folded {
                let before = words[max(0, start - 2)..<start]
                let after = words[(end + 1)...].prefix(1)
                let isNegated = (before + after).contains { Self.negations.contains(Self.plain($0.text)) }
                return isNegated ? nil : Array(words[start...end])
            }
            if seen.unicodeScalars.count > folded.unicodeScalars.count + 2 { return nil }
        }
        return nil
    }

    /// The words of a line without the bars at its ends, which a window's border that the text touches is read as.
    private static func withoutBorders(_ words: [TextWord]) -> [TextWord] {
        var words = words
        func trim(_ index: Int, _ shortened: (Substring) -> Substring) {
            let word = words[index]
            words[index] = TextWord(text: String(shortened(word.text[...])), box: word.box, confidence: word.confidence)
        }
        guard !words.isEmpty else { return words }
        trim(0) { $0.drop { $0 == "|" } }
        trim(words.count - 1) { text in
            text.lastIndex { $0 != "|" }.map { text[...$0] } ?? ""
        }
        return words
    }

    /// The fewest edits that turn some part of the text into the phrase.
    private func distance(to text: String) -> Int {
        let (wanted, seen) = (Array(folded.unicodeScalars), Array(text.unicodeScalars))
        var row = [Int](repeating: 0, count: seen.count + 1)
        for (index, scalar) in wanted.enumerated() {
            var next = [index + 1]
            next.reserveCapacity(row.count)
            for column in seen.indices {
                next.append(min(row[column] + (seen[column] == scalar ? 0 : 1), row[column + 1] + 1, next[column] + 1))
            }
            row = next
        }
        return row.min() ?? wanted.count
    }

    private static let negations: Set<String> = [
        "not", "no", "never", "cannot", "cant", "isnt", "wasnt", "arent", "werent", "hasnt", "havent", "hadnt", "dont",
        "doesnt", "didnt", "wont", "couldnt", "wouldnt", "failed", "fails", "without", "unable", "neither", "nor",
    ]

    private static let lookAlikes: [Character: Character] = {
        var table: [Character: Character] = [:]
        for (letter, members) in [("o", "oO0"), ("l", "lI1i|!"), ("s", "sS5$"), ("b", "bB8"), ("z", "zZ2")] {
            for member in members { table[member] = Character(letter) }
        }
        return table
    }()

    private static func fold(_ text: String) -> String { joinStrokes(classes(text)) }

    /// One letter for each class of look-alikes; punctuation and accents dropped.
    private static func classes(_ text: String) -> String {
        var out = ""
        for scalar in text.decomposedStringWithCompatibilityMapping.unicodeScalars {
            let character = Character(scalar)
            if let representative = lookAlikes[character] {
                out.append(representative)
            } else if character.isLetter || character.isNumber {
                out += character.lowercased()
            }
        }
        return out
    }

    /// Two letters that look like one.
    private static func joinStrokes(_ text: String) -> String {
        text.replacingOccurrences(of: "rn", with: "m").replacingOccurrences(of: "vv", with: "w")
    }

    private static func plain(_ word: String) -> String {
        String(
            word.decomposedStringWithCompatibilityMapping.lowercased().filter {
                $0.isASCII && ($0.isLetter || $0.isNumber)
            }
        )
    }
}

/// The line that came nearest to a phrase that was not there.
package struct TextMiss: Hashable, Sendable {
    /// The line.
    package let line: TextLine
    /// How many letters differ, after folding look-alikes.
    package let distance: Int
}
