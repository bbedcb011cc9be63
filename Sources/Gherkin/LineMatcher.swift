import CucumberMessages

/// What was found in a line of the kind that was asked for.
struct LineMatch: Sendable {
    /// The keyword in front, or the delimiter of a doc string; empty where the kind has none.
    var keyword = ""
    /// What the keyword says about a step.
    var keywordType: StepKeywordType?
    /// The bytes of the text behind the keyword.
    var text: Range<Int>
    /// The column in which the keyword stands, from 1.
    var column: Int
}

/// Tells what a line is, in one of the ways in which features are written.
protocol LineMatcher: Sendable {
    /// The keywords that are in force.
    var dialect: Dialect { get }
    /// The doc string that is open.
    var docString: DocStringScope? { get }

    /// Prepares for the first line of a file.
    init(_ source: SourceText)

    /// Returns what is in a line of a kind, or `nil` when the line is of another kind.
    mutating func match(_ kind: TokenKind, _ line: SourceText.Line, _ errors: inout ErrorList) -> LineMatch?

    /// The tags of a line that was found to be one of tags.
    func tags(of line: SourceText.Line) -> [LineItem]

    /// Whether comments are part of the syntax tree.
    var keepsComments: Bool { get }

    /// The column in which a line that is of no expected kind is reported.
    func column(ofUnexpected line: SourceText.Line) -> Int
}

/// Features as they are usually written, in files that end in `.feature`.
struct PlainMatcher: LineMatcher {
    private let source: SourceText
    private(set) var dialect = Dialect.english
    private(set) var docString: DocStringScope?

    init(_ source: SourceText) {
        self.source = source
    }

    var keepsComments: Bool { true }

    func column(ofUnexpected line: SourceText.Line) -> Int { line.column }

    func tags(of line: SourceText.Line) -> [LineItem] {
        // They were read once already to see that they are in order.
        (try? source.tags(of: line)) ?? []
    }

    mutating func match(_ kind: TokenKind, _ line: SourceText.Line, _ errors: inout ErrorList) -> LineMatch? {
        switch kind {
        case .endOfFile: return nil
        case .empty: return line.isEmpty ? found(line) : nil
        case .comment: return begins(line, with: "#") ? found(line) : nil
        case .tableRow: return begins(line, with: "|") ? found(line) : nil
        case .other: return found(line)
        case .featureLine: return title(of: line, among: dialect.feature)
        case .ruleLine: return title(of: line, among: dialect.rule)
        case .backgroundLine: return title(of: line, among: dialect.background)
        case .scenarioLine: return title(of: line, among: dialect.scenario)
        case .examplesLine: return title(of: line, among: dialect.examples)
        case .stepLine:
            guard let keyword = dialect.steps.keyword(of: line, in: source) else { return nil }
            return found(line, keyword, behind: keyword.bytes.count, keyword.type)
        case .docStringSeparator: return delimiter(of: line)
        case .language: return language(of: line, &errors)
        case .tagLine:
            guard begins(line, with: "@") else { return nil }
            do {
                try source.checkTags(of: line)
                return found(line)
            } catch {
                errors.add("A tag may not contain whitespace", line: line.number, column: error.column)
                return nil
            }
        }
    }
}

// MARK: - Parts of a line

extension PlainMatcher {
    private func begins(_ line: SourceText.Line, with character: Unicode.Scalar) -> Bool {
        source.firstByte(of: line) == UInt8(ascii: character)
    }

    private func found(_ line: SourceText.Line) -> LineMatch {
        LineMatch(text: line.start..<line.end, column: line.column)
    }

    private func found(
        _ line: SourceText.Line,
        _ keyword: Dialect.Keyword,
        behind length: Int,
        _ type: StepKeywordType? = nil
    ) -> LineMatch {
        LineMatch(
            keyword: keyword.text,
            keywordType: type,
            text: source.bytes.trimmed(line.textStart + length..<line.end),
            column: line.column
        )
    }

    private func title(of line: SourceText.Line, among keywords: Dialect.KeywordTable) -> LineMatch? {
        guard let keyword = keywords.keyword(of: line, in: source) else { return nil }
        return found(line, keyword, behind: keyword.bytes.count)
    }

    private mutating func delimiter(of line: SourceText.Line) -> LineMatch? {
        if let open = docString {
            guard source.text(of: line, startsWith: open.delimiter.bytes) else { return nil }
            docString = nil
            return LineMatch(keyword: open.delimiter.text, text: line.end..<line.end, column: line.column)
        }
        guard let delimiter = source.delimiter(of: line, amongThoseOf: .plain) else { return nil }
        docString = DocStringScope(delimiter: delimiter, indent: line.indent)
        let text = source.bytes.trimmed(line.textStart + delimiter.bytes.count..<line.end)
        return LineMatch(keyword: delimiter.text, text: text, column: line.column)
    }

    private mutating func language(of line: SourceText.Line, _ errors: inout ErrorList) -> LineMatch? {
        guard let code = source.language(of: line) else { return nil }
        guard let named = Dialect.named(code) else {
            errors.add("Language not supported: \(code)", line: line.number, column: line.column)
            return nil
        }
        dialect = named
        return found(line)
    }
}
