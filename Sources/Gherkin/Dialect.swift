import CucumberMessages

/// The keywords of one spoken language, as UTF-8.
final class Dialect: Sendable {
    /// A keyword as it stands in front of a line.
    struct Keyword: Sendable {
        /// The keyword with what must follow it: the colon of a title, the blank of a step.
        let bytes: [UInt8]
        let text: String
        /// What it says about a step; nothing when it is listed with several meanings, as `*` is.
        let type: StepKeywordType?
        /// The first meaning it is listed with.
        let firstType: StepKeywordType?

        fileprivate init(title: String) {
            text = title
            bytes = Array((title + ":").utf8)
            (type, firstType) = (nil, nil)
        }

        fileprivate init(step: String, types: [StepKeywordType]) {
            text = step
            bytes = Array(step.utf8)
            type = types.count == 1 ? types[0] : .unknown
            firstType = types.first
        }
    }

    let code: String
    let feature: KeywordTable
    let rule: KeywordTable
    let background: KeywordTable
    let scenario: KeywordTable
    let examples: KeywordTable
    /// The longest first, since one keyword may begin another.
    let steps: KeywordTable

    /// Reads a language from its lines in the table.
    fileprivate init(entries: [Substring]) {
        code = String(entries[0].dropFirst().prefix { $0 != "|" })
        var words: [Substring: [String]] = [:]
        for entry in entries.dropFirst() {
            guard let colon = entry.firstIndex(of: ":") else { continue }
            words[entry[..<colon], default: []] +=
                entry[entry.index(after: colon)...].split(separator: "|").map(String.init)
        }
        func titles(_ kinds: Substring...) -> KeywordTable {
            KeywordTable(kinds.flatMap { words[$0, default: []].map(Keyword.init(title:)) })
        }
        feature = titles("feature")
        rule = titles("rule")
        background = titles("background")
        scenario = titles("scenario", "outline")
        examples = titles("examples")

        // By their bytes, since a keyword is what was written, not what looks the same.
        var types: [[UInt8]: (text: String, types: [StepKeywordType])] = [:]
        let meanings: [(Substring, StepKeywordType)] = [
            ("given", .context), ("when", .action), ("then", .outcome), ("and", .conjunction), ("but", .conjunction),
        ]
        for (kind, type) in meanings {
            for word in words[kind, default: []] {
                types[Array(word.utf8), default: (word, [])].types.append(type)
            }
        }
        let steps = types.values.map { Keyword(step: $0.text, types: $0.types) }
        self.steps = KeywordTable(steps.sorted { ($0.bytes.count, $1.text) > ($1.bytes.count, $0.text) })
    }
}

// MARK: - Search

extension Dialect {
    /// Keywords of one kind, in the order in which they are tried.
    final class KeywordTable: Sendable {
        let keywords: [Keyword]
        /// Which bytes a keyword begins with, so that most lines are ruled out by one look.
        private let firstBytes: [Bool]

        fileprivate init(_ keywords: [Keyword]) {
            self.keywords = keywords
            var firstBytes = [Bool](repeating: false, count: 256)
            for keyword in keywords { firstBytes[Int(keyword.bytes[0])] = true }
            self.firstBytes = firstBytes
        }

        /// The keyword that a line begins with.
        func keyword(of line: SourceText.Line, in source: SourceText) -> Keyword? {
            keyword(at: line.textStart, before: line.end, in: source)
        }

        /// The keyword at an offset.
        func keyword(at start: Int, before end: Int, in source: SourceText) -> Keyword? {
            guard start < end, firstBytes[Int(source.bytes[start])] else { return nil }
            for index in keywords.indices where source.contains(keywords[index].bytes, at: start, before: end) {
                return keywords[index]
            }
            return nil
        }
    }
}

// MARK: - Lookup

extension Dialect {
    /// The language of files that name none.
    static let english: Dialect = {
        guard let english = named("en") else { preconditionFailure("The table of dialects has English in it.") }
        return english
    }()

    /// Finds the language with a code such as `en` or `pt`.
    static func named(_ code: String) -> Dialect? {
        all[code]
    }

    /// The codes of all languages.
    static var codes: [String] {
        all.keys.sorted()
    }

    private static let all: [String: Dialect] = {
        var dialects: [String: Dialect] = [:]
        var entries: [Substring] = []
        for line in dialectTable.split(separator: "\n") {
            if line.first == "@", !entries.isEmpty {
                let dialect = Dialect(entries: entries)
                dialects[dialect.code] = dialect
                entries = []
            }
            entries.append(line)
        }
        let last = Dialect(entries: entries)
        dialects[last.code] = last
        return dialects
    }()
}
