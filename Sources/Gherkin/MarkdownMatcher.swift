import CucumberMessages

/// Markdown with Gherkin, in files that end in `.feature.md`.
///
/// Headings are the titles (`## Scenario: …`), list items the steps (`* Given …`), and tags stand between backticks.
/// Whatever else a text has in it is prose and is passed over. What looks odd below is how the official parser reads it;
/// a file must not mean one thing there and another here.
struct MarkdownMatcher: LineMatcher {
    private let source: SourceText
    let dialect = Dialect.english
    private(set) var docString: DocStringScope?
    private var hasFeature = false
    /// Where the last line stood that was something else than prose, and that nobody expected.
    private var stray: (line: Int, column: Int)?

    init(_ source: SourceText) {
        self.source = source
    }

    var keepsComments: Bool { false }

    func column(ofUnexpected line: SourceText.Line) -> Int {
        if let stray, stray.line == line.number { stray.column } else { line.column }
    }

    mutating func match(_ kind: TokenKind, _ line: SourceText.Line, _ errors: inout ErrorList) -> LineMatch? {
        switch kind {
        // A language can't be chosen in the file.
        case .endOfFile, .language: nil
        case .empty: isPassedOver(line, &errors) ? found(line) : nil
        // Not a comment, but the line below the head of a table, in a place where a table is not indented.
        case .comment: source.firstByte(of: line) == UInt8(ascii: "|") && isSeparator(line) ? found(line) : nil
        case .tableRow: isIndentedRow(line) && !isSeparator(line) ? found(line) : nil
        case .other: found(line)
        case .featureLine: feature(line)
        case .ruleLine: title(of: line, among: dialect.rule)
        case .backgroundLine: title(of: line, among: dialect.background)
        case .scenarioLine: title(of: line, among: dialect.scenario)
        case .examplesLine: title(of: line, among: dialect.examples)
        case .stepLine: step(line)
        case .docStringSeparator: delimiter(of: line)
        case .tagLine: tags(of: line).isEmpty ? nil : found(line)
        }
    }

    func tags(of line: SourceText.Line) -> [LineItem] {
        var tags: [LineItem] = []
        let backtick = UInt8(ascii: "`")
        var offset = line.textStart
        while offset + 3 < line.end {
            guard source.bytes[offset] == backtick, source.bytes[offset + 1] == UInt8(ascii: "@") else {
                offset += 1
                continue
            }
            var end = offset + 2
            while end < line.end, source.bytes[end] != backtick { end += 1 }
            guard end < line.end else { break }
            guard end > offset + 2 else {
                offset += 1
                continue
            }
            let column = line.indent + source.bytes.scalarCount(line.textStart..<offset) + 2
            tags.append(LineItem(column: column, text: source.string(offset + 1..<end)))
            offset = end + 1
        }
        return tags
    }
}

// MARK: - Prose

extension MarkdownMatcher {
    /// Whether a line means nothing: it is empty, or nothing that any place of the grammar knows.
    private mutating func isPassedOver(_ line: SourceText.Line, _ errors: inout ErrorList) -> Bool {
        let kinds: [TokenKind] = [
            .tagLine, .featureLine, .scenarioLine, .backgroundLine, .examplesLine, .ruleLine, .tableRow, .comment,
            .docStringSeparator, .stepLine,
        ]
        for kind in kinds {
            if let match = match(kind, line, &errors) {
                stray = (line.number, match.column)
                return line.isEmpty
            }
        }
        return true
    }

    private func found(_ line: SourceText.Line) -> LineMatch {
        LineMatch(text: line.start..<line.end, column: line.column)
    }
}

// MARK: - Headings, list items and fences

extension MarkdownMatcher {
    /// The first line that has no tags is the feature's, be it a heading or not.
    private mutating func feature(_ line: SourceText.Line) -> LineMatch? {
        if hasFeature { return nil }
        hasFeature = true
        return title(of: line, among: dialect.feature)
            ?? LineMatch(text: line.textStart..<line.end, column: line.column)
    }

    private func title(of line: SourceText.Line, among keywords: Dialect.KeywordTable) -> LineMatch? {
        var offset = line.textStart
        while offset < line.end, source.bytes[offset] == UInt8(ascii: "#") { offset += 1 }
        let level = offset - line.textStart
        guard (1...6).contains(level), let blank = source.bytes.blankWidth(at: offset, before: line.end) else {
            return nil
        }
        guard let keyword = keywords.keyword(at: offset + blank, before: line.end, in: source) else { return nil }
        return LineMatch(
            keyword: keyword.text,
            text: source.bytes.trimmed(offset + blank + keyword.bytes.count..<line.end),
            column: line.column + level + 1
        )
    }

    private func step(_ line: SourceText.Line) -> LineMatch? {
        guard let bullet = source.firstByte(of: line), "*+-".utf8.contains(bullet) else { return nil }
        var (offset, column) = (line.textStart + 1, line.column + 1)
        while let width = source.bytes.blankWidth(at: offset, before: line.end) {
            offset += width
            column += 1
        }
        // The asterisk is the bullet; it is no keyword here.
        guard let keyword = dialect.steps.keyword(at: offset, before: line.end, in: source), keyword.text != "* " else {
            return nil
        }
        return LineMatch(
            keyword: keyword.text,
            keywordType: keyword.firstType,
            text: source.bytes.trimmed(offset + keyword.bytes.count..<line.end),
            column: column
        )
    }

    private mutating func delimiter(of line: SourceText.Line) -> LineMatch? {
        if let open = docString {
            guard source.text(of: line, startsWith: open.delimiter.bytes) else { return nil }
            docString = nil
            return LineMatch(keyword: open.delimiter.text, text: line.end..<line.end, column: line.column)
        }
        guard let delimiter = source.delimiter(of: line, amongThoseOf: .markdown) else { return nil }
        docString = DocStringScope(delimiter: delimiter, indent: line.indent)
        let text = source.bytes.trimmed(line.textStart + delimiter.bytes.count..<line.end)
        return LineMatch(keyword: delimiter.text, text: text, column: line.column)
    }
}

// MARK: - Tables

extension MarkdownMatcher {
    /// A table of Gherkin is indented by two to five blanks, to tell it from one that is only to be read.
    private func isIndentedRow(_ line: SourceText.Line) -> Bool {
        source.firstByte(of: line) == UInt8(ascii: "|") && (2...5).contains(line.indent)
    }

    /// Whether a row is the one below the head: one of its cells is made of hyphens.
    private func isSeparator(_ line: SourceText.Line) -> Bool {
        source.cells(of: line).contains { cell in
            var text = Substring(cell.text)
            if text.utf8.last == UInt8(ascii: "\n") { text.unicodeScalars.removeLast() }
            if text.first == ":" { text.removeFirst() }
            if text.last == ":" { text.removeLast() }
            return !text.isEmpty && text.utf8.allSatisfy { $0 == UInt8(ascii: "-") }
        }
    }
}
