package import CucumberMessages

/// Reads a feature file into its syntax tree, in time and memory linear in its length.
///
/// - Parameters:
///   - text: The whole file.
///   - uri: The file's path, for messages.
///   - ids: Gives the nodes their identifiers.
/// - Returns: The syntax tree.
/// - Throws: A ``GherkinError`` with every error of the file.
package func parse(_ text: String, uri: String, ids: inout IdSequence) throws(GherkinError) -> GherkinDocument {
    var parser = Parser(text, uri: uri)
    return try parser.run(&ids)
}

/// The official grammar as a machine that reads one line at a time.
private struct Parser {
    private let source: SourceText
    private let uri: String
    private var dialect: Dialect
    private var state = ParserState.start
    private var builder = DocumentBuilder()
    private var errors = ErrorList()
    /// The delimiter that closes the doc string, and the indentation of the one that opened it.
    private var docString: (delimiter: [UInt8], indent: Int)?

    init(_ text: String, uri: String) {
        source = SourceText(text)
        self.uri = uri
        guard let english = Dialect.named("en") else { preconditionFailure("The table of dialects has English in it.") }
        dialect = english
    }

    mutating func run(_ ids: inout IdSequence) throws(GherkinError) -> GherkinDocument {
        for index in source.lines.indices where !errors.isFull {
            let line = source.lines[index]
            let kind = state.expected.first { matches($0, line) }
            guard let kind else {
                let got = source.trimmedString(line.textStart..<line.end)
                errors.add("expected: \(expectedNames), got '\(got)'", line: line.number, column: line.column)
                continue
            }
            consume(kind, line, index, &ids)
        }
        if !errors.isFull {
            if state.expected.contains(.endOfFile) {
                builder.closeFeature(&ids, &errors)
            } else {
                let message = "unexpected end of file, expected: \(expectedNames)"
                errors.add(message, line: source.lines.count + 1, column: nil)
            }
        }
        guard errors.all.isEmpty else { throw GherkinError(errors: errors.messages(uri: uri)) }
        return GherkinDocument(uri: uri, feature: builder.feature, comments: builder.comments)
    }

    private var expectedNames: String {
        state.expected.map(\.rawValue).joined(separator: ", ")
    }
}

// MARK: - Recognizing lines

extension Parser {
    private mutating func matches(_ kind: TokenKind, _ line: SourceText.Line) -> Bool {
        switch kind {
        case .endOfFile: return false
        case .empty: return line.isEmpty
        case .comment: return source.firstByte(of: line) == UInt8(ascii: "#")
        case .tableRow: return source.firstByte(of: line) == UInt8(ascii: "|")
        case .other: return true
        case .featureLine: return title(of: line, among: dialect.feature) != nil
        case .ruleLine: return title(of: line, among: dialect.rule) != nil
        case .backgroundLine: return title(of: line, among: dialect.background) != nil
        case .scenarioLine: return title(of: line, among: dialect.scenario) != nil
        case .examplesLine: return title(of: line, among: dialect.examples) != nil
        case .stepLine: return stepKeyword(of: line) != nil
        case .docStringSeparator:
            if let docString { return source.text(of: line, startsWith: docString.delimiter) }
            return delimiter(of: line) != nil
        case .language:
            guard let code = source.language(of: line) else { return false }
            if Dialect.named(code) != nil { return true }
            errors.add("Language not supported: \(code)", line: line.number, column: line.column)
            return false
        case .tagLine:
            guard source.firstByte(of: line) == UInt8(ascii: "@") else { return false }
            do {
                _ = try source.tags(of: line)
                return true
            } catch {
                errors.add("A tag may not contain whitespace", line: line.number, column: error.column)
                return false
            }
        }
    }

    private func title(of line: SourceText.Line, among keywords: [Dialect.TitleKeyword]) -> Dialect.TitleKeyword? {
        keywords.first { source.text(of: line, startsWith: $0.bytes) }
    }

    private func stepKeyword(of line: SourceText.Line) -> Dialect.StepKeyword? {
        dialect.steps.first { source.text(of: line, startsWith: $0.bytes) }
    }

    private func delimiter(of line: SourceText.Line) -> [UInt8]? {
        [Array("\"\"\"".utf8), Array("```".utf8)].first { source.text(of: line, startsWith: $0) }
    }

    /// Looks for a line below some tags, empty lines and comments.
    private mutating func tagsBelong(to kind: TokenKind, after index: Int) -> Bool {
        for line in source.lines[(index + 1)...] {
            if matches(kind, line) { return true }
            guard line.isEmpty || matches(.comment, line) || matches(.tagLine, line) else { return false }
        }
        return false
    }
}

// MARK: - Moving on

extension Parser {
    private mutating func consume(_ kind: TokenKind, _ line: SourceText.Line, _ index: Int, _ ids: inout IdSequence) {
        switch kind {
        case .endOfFile, .empty: break
        case .comment:
            builder.add(comment: source.string(line.start..<line.end), line: line.number)
            state = state.description ?? state
        case .language: changeLanguage(line)
        case .tagLine: consumeTags(line, index, &ids)
        case .featureLine:
            builder.openFeature(header(line, dialect.feature), language: dialect.code)
            state = .feature
        case .ruleLine:
            builder.closeRule(&ids, &errors)
            builder.openRule(header(line, dialect.rule))
            state = .rule
        case .backgroundLine:
            builder.openBackground(header(line, dialect.background))
            state = .background
        case .scenarioLine:
            builder.closeScenario(&ids, &errors)
            builder.openScenario(header(line, dialect.scenario))
            state = .scenario
        case .examplesLine:
            builder.closeExamples(&ids, &errors)
            builder.openExamples(header(line, dialect.examples))
            state = .examples
        case .stepLine: consumeStep(line, &ids)
        case .tableRow:
            builder.add(row: source.cells(of: line), at: location(line))
            if state == .examples || state == .examplesDescription {
                state = .examplesTable
            } else if state != .examplesTable {
                state = state.isInBackground ? .backgroundTable : .scenarioTable
            }
        case .docStringSeparator: consumeDelimiter(line)
        case .other: consumeText(line)
        }
    }

    private mutating func changeLanguage(_ line: SourceText.Line) {
        if let code = source.language(of: line), let named = Dialect.named(code) { dialect = named }
        state = .language
    }

    private mutating func consumeTags(_ line: SourceText.Line, _ index: Int, _ ids: inout IdSequence) {
        switch state {
        case .start, .language: state = .featureTags
        case .featureTags, .ruleTags, .scenarioTags, .examplesTags: break
        case _ where state.allowsExamples && tagsBelong(to: .examplesLine, after: index):
            builder.closeExamples(&ids, &errors)
            state = .examplesTags
        case _ where tagsBelong(to: .scenarioLine, after: index):
            builder.closeScenario(&ids, &errors)
            state = .scenarioTags
        default:
            builder.closeRule(&ids, &errors)
            state = .ruleTags
        }
        // The tags were read once already to see that they are in order.
        builder.add(tags: (try? source.tags(of: line)) ?? [], line: line.number)
    }

    private mutating func consumeStep(_ line: SourceText.Line, _ ids: inout IdSequence) {
        guard let keyword = stepKeyword(of: line) else { return }
        builder.openStep(
            Step(
                location: location(line),
                keyword: keyword.text,
                keywordType: keyword.type,
                text: source.trimmedString(line.textStart + keyword.bytes.count..<line.end),
                id: ""
            ),
            &ids,
            &errors
        )
        state = state.isInBackground ? .backgroundStep : .scenarioStep
    }

    private mutating func consumeDelimiter(_ line: SourceText.Line) {
        if docString != nil {
            docString = nil
            builder.closeDocString()
            state = state.isInBackground ? .afterBackgroundDocString : .afterScenarioDocString
        } else if let delimiter = delimiter(of: line) {
            docString = (delimiter, line.indent)
            let mediaType = source.trimmedString(line.textStart + delimiter.count..<line.end)
            builder.openDocString(
                DocString(
                    location: location(line),
                    mediaType: mediaType.isEmpty ? nil : mediaType,
                    content: "",
                    delimiter: String(decoding: delimiter, as: UTF8.self)
                )
            )
            state = state.isInBackground ? .backgroundDocString : .scenarioDocString
        }
    }

    private mutating func consumeText(_ line: SourceText.Line) {
        guard let docString else {
            state = state.description ?? state
            return builder.add(descriptionLine: source.string(line.start..<line.end), isEmpty: line.isEmpty)
        }
        var start = line.start
        if docString.indent > line.indent {
            start = line.textStart
        } else {
            for _ in 0..<docString.indent { start += source.bytes.blankWidth(at: start, before: line.end) ?? 0 }
        }
        builder.add(docStringLine: source.docStringText(start..<line.end, delimiter: docString.delimiter))
    }

    private func header(_ line: SourceText.Line, _ keywords: [Dialect.TitleKeyword]) -> Header {
        guard let keyword = title(of: line, among: keywords) else {
            preconditionFailure("The line was recognized by the same keywords.")
        }
        return Header(
            location: location(line),
            keyword: keyword.text,
            name: source.trimmedString(line.textStart + keyword.bytes.count..<line.end)
        )
    }

    private func location(_ line: SourceText.Line) -> Location {
        Location(line: line.number, column: line.column)
    }
}
