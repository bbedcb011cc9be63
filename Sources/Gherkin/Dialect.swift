import CucumberMessages

/// The keywords of one spoken language, as UTF-8.
struct Dialect: Sendable {
    /// A keyword of a step, with its blanks.
    struct StepKeyword: Sendable {
        let bytes: [UInt8]
        let text: String
        let type: StepKeywordType
    }

    /// A keyword that a colon follows.
    struct TitleKeyword: Sendable {
        let bytes: [UInt8]
        let text: String

        init(_ text: String) {
            self.text = text
            bytes = Array((text + ":").utf8)
        }
    }

    let code: String
    private(set) var feature: [TitleKeyword] = []
    private(set) var rule: [TitleKeyword] = []
    private(set) var background: [TitleKeyword] = []
    private(set) var scenario: [TitleKeyword] = []
    private(set) var examples: [TitleKeyword] = []
    /// The longest first, since one keyword may begin another.
    private(set) var steps: [StepKeyword] = []

    private init(code: String) {
        self.code = code
    }
}

// MARK: - Lookup

extension Dialect {
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

    private init(entries: [Substring]) {
        self.init(code: String(entries[0].dropFirst().prefix { $0 != "|" }))
        var outlines: [TitleKeyword] = []
        var types: [String: (text: String, kinds: [StepKeywordType])] = [:]
        for entry in entries.dropFirst() {
            guard let colon = entry.firstIndex(of: ":") else { continue }
            let words = entry[entry.index(after: colon)...].split(separator: "|").map(String.init)
            let titles = words.map(TitleKeyword.init)
            let kind: StepKeywordType
            switch entry[..<colon] {
            case "feature": feature += titles
            case "rule": rule += titles
            case "background": background += titles
            case "scenario": scenario += titles
            case "outline": outlines += titles
            case "examples": examples += titles
            default: break
            }
            switch entry[..<colon] {
            case "given": kind = .context
            case "when": kind = .action
            case "then": kind = .outcome
            case "and", "but": kind = .conjunction
            default: continue
            }
            for word in words { types[word, default: (word, [])].kinds.append(kind) }
        }
        scenario += outlines
        steps = types.values
            // A keyword with several meanings, such as `*`, says nothing about the step.
            .map { text, kinds in
                StepKeyword(bytes: Array(text.utf8), text: text, type: kinds.count == 1 ? kinds[0] : .unknown)
            }
            .sorted { ($0.bytes.count, $1.text) > ($1.bytes.count, $0.text) }
    }
}
