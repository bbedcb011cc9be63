package import CucumberMessages

/// Reads a feature file into its syntax tree, in time and memory linear in its length.
///
/// - Parameters:
///   - text: The whole file.
///   - uri: The file's path, for messages; one that ends in `.feature.md` is read as Markdown with Gherkin.
///   - ids: Gives the nodes their identifiers.
/// - Returns: The syntax tree.
/// - Throws: A ``GherkinError`` with every error of the file.
package func parse(_ text: String, uri: String, ids: inout IdSequence) throws(GherkinError) -> GherkinDocument {
    switch FeatureSyntax(uri: uri) {
    case .plain:
        var parser = Parser<PlainMatcher>(text, uri: uri)
        return try parser.run(&ids)
    case .markdown:
        var parser = Parser<MarkdownMatcher>(text, uri: uri)
        return try parser.run(&ids)
    }
}

/// The official grammar as a machine that reads one line at a time.
private struct Parser<Matcher: LineMatcher> {
    private let source: SourceText
    private let uri: String
    private var matcher: Matcher
    private var position = SourceText.Position()
    private var state = ParserState.start
    private var builder = DocumentBuilder()
    private var errors = ErrorList()

    init(_ text: String, uri: String) {
        source = SourceText(text)
        matcher = Matcher(source)
        self.uri = uri
    }

    mutating func run(_ ids: inout IdSequence) throws(GherkinError) -> GherkinDocument {
        while !errors.isFull, let line = source.nextLine(&position) { read(line, &ids) }
        if !errors.isFull {
            if state.expected.contains(.endOfFile) {
                builder.closeFeature(&ids, &errors)
            } else {
                let message = "unexpected end of file, expected: \(expectedNames)"
                errors.add(message, line: position.number, column: nil)
            }
        }
        guard errors.all.isEmpty else { throw GherkinError(errors: errors.messages(uri: uri)) }
        return GherkinDocument(uri: uri, feature: builder.feature, comments: builder.comments)
    }

    private mutating func read(_ line: SourceText.Line, _ ids: inout IdSequence) {
        for kind in state.expected {
            if let match = matcher.match(kind, line, &errors) { return consume(kind, match, line, &ids) }
        }
        let got = source.trimmedString(line.textStart..<line.end)
        let column = matcher.column(ofUnexpected: line)
        errors.add("expected: \(expectedNames), got '\(got)'", line: line.number, column: column)
    }

    private var expectedNames: String {
        state.expected.map(\.rawValue).joined(separator: ", ")
    }

    /// Looks for a line below some tags, empty lines and comments.
    private mutating func tagsBelong(to kind: TokenKind) -> Bool {
        var ahead = position
        while let line = source.nextLine(&ahead) {
            if matcher.match(kind, line, &errors) != nil { return true }
            let isPassedOver = [TokenKind.empty, .comment, .tagLine].contains { ignored in
                matcher.match(ignored, line, &errors) != nil
            }
            guard isPassedOver else { return false }
        }
        return false
    }
}

// MARK: - Moving on

extension Parser {
    private mutating func consume(
        _ kind: TokenKind,
        _ match: LineMatch,
        _ line: SourceText.Line,
        _ ids: inout IdSequence
    ) {
        switch kind {
        case .endOfFile, .empty: break
        case .comment:
            if matcher.keepsComments {
                builder.add(comment: source.string(line.start..<line.end), line: line.number)
            }
            state = state.description ?? state
        case .language: state = .language
        case .tagLine: consumeTags(line, &ids)
        case .featureLine:
            builder.openFeature(header(match, line), language: matcher.dialect.code)
            state = .feature
        case .ruleLine:
            builder.closeRule(&ids, &errors)
            builder.openRule(header(match, line))
            state = .rule
        case .backgroundLine:
            builder.openBackground(header(match, line))
            state = .background
        case .scenarioLine:
            builder.closeScenario(&ids, &errors)
            builder.openScenario(header(match, line))
            state = .scenario
        case .examplesLine:
            builder.closeExamples(&ids, &errors)
            builder.openExamples(header(match, line))
            state = .examples
        case .stepLine:
            builder.openStep(header(match, line), type: match.keywordType, &ids, &errors)
            state = state.step
        case .tableRow:
            builder.add(row: source.cells(of: line), at: Location(line: line.number, column: match.column))
            state = state.tableRow
        case .docStringSeparator: consumeDelimiter(match, line, &ids)
        case .other: consumeText(line)
        }
    }

    private mutating func consumeTags(_ line: SourceText.Line, _ ids: inout IdSequence) {
        switch state {
        case .start, .language: state = .featureTags
        case .featureTags, .ruleTags, .scenarioTags, .examplesTags: break
        case _ where state.allowsExamples && tagsBelong(to: .examplesLine):
            builder.closeExamples(&ids, &errors)
            state = .examplesTags
        case _ where tagsBelong(to: .scenarioLine):
            builder.closeScenario(&ids, &errors)
            state = .scenarioTags
        default:
            builder.closeRule(&ids, &errors)
            state = .ruleTags
        }
        builder.add(tags: matcher.tags(of: line), line: line.number)
    }

    private mutating func consumeDelimiter(
        _ match: LineMatch,
        _ line: SourceText.Line,
        _ ids: inout IdSequence
    ) {
        if state.isInDocString {
            builder.closeDocString()
        } else {
            let mediaType = source.string(match.text)
            let docString = DocString(
                location: Location(line: line.number, column: match.column),
                mediaType: mediaType.isEmpty ? nil : mediaType,
                content: "",
                delimiter: match.keyword
            )
            builder.openDocString(docString, &ids, &errors)
        }
        state = state.docStringSeparator
    }

    private mutating func consumeText(_ line: SourceText.Line) {
        if !state.isInDocString { state = state.description ?? state }
        let (source, docString) = (source, matcher.docString)
        builder.addTextLine { text in
            if let docString {
                source.append(line, in: docString, to: &text)
            } else {
                text += source.bytes[line.start..<line.end]
            }
        }
    }

    private func header(_ match: LineMatch, _ line: SourceText.Line) -> Header {
        Header(
            location: Location(line: line.number, column: match.column),
            keyword: match.keyword,
            name: source.string(match.text)
        )
    }
}
