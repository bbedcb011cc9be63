/// What a line can be.
///
/// The raw values are the names that the official implementations use in their messages.
enum TokenKind: String, Sendable {
    case endOfFile = "#EOF"
    case empty = "#Empty"
    case comment = "#Comment"
    case tagLine = "#TagLine"
    case featureLine = "#FeatureLine"
    case ruleLine = "#RuleLine"
    case backgroundLine = "#BackgroundLine"
    case scenarioLine = "#ScenarioLine"
    case examplesLine = "#ExamplesLine"
    case stepLine = "#StepLine"
    case docStringSeparator = "#DocStringSeparator"
    case tableRow = "#TableRow"
    case language = "#Language"
    case other = "#Other"
}

/// Where in the grammar the parser stands: which line came last.
///
/// ```
/// start ─> language ─> featureTags ─> feature ─> background ─> steps ─┐
///                                        │                            v
///              ┌── ruleTags ─> rule ─────┴──> scenarioTags ─> scenario ─> steps ─> examplesTags ─> examples ─> rows
///              └──────────────────────────────────────────── (every scenario may be followed by a rule) ──────┘
/// ```
/// A header (feature, rule, background, scenario, examples) may be followed by its description.
enum ParserState: Int, CaseIterable, Sendable {
    case start, language, featureTags
    case feature, featureDescription
    case ruleTags, rule, ruleDescription
    case background, backgroundDescription, backgroundStep, backgroundTable, backgroundDocString,
        afterBackgroundDocString
    case scenarioTags, scenario, scenarioDescription, scenarioStep, scenarioTable, scenarioDocString,
        afterScenarioDocString
    case examplesTags, examples, examplesDescription, examplesTable

    /// What may come next, in the order in which it is tried and in which messages list it.
    var expected: [TokenKind] { Self.table[rawValue] }

    /// Whether the lines of a description may begin here.
    var description: ParserState? {
        switch self {
        case .feature: .featureDescription
        case .rule: .ruleDescription
        case .background: .backgroundDescription
        case .scenario: .scenarioDescription
        case .examples: .examplesDescription
        default: nil
        }
    }

    /// Whether tags here may belong to examples of the scenario above.
    var allowsExamples: Bool { expected.contains(.examplesLine) && self != .examplesTags }

    var isInBackground: Bool {
        switch self {
        case .background, .backgroundDescription, .backgroundStep, .backgroundTable, .backgroundDocString,
            .afterBackgroundDocString:
            true
        default: false
        }
    }

    private static let table: [[TokenKind]] = {
        let header: [TokenKind] = [.backgroundLine, .tagLine, .scenarioLine, .ruleLine, .other]
        let background: [TokenKind] = [.stepLine, .tagLine, .scenarioLine, .ruleLine]
        let scenario: [TokenKind] = [.stepLine, .tagLine, .examplesLine, .scenarioLine, .ruleLine]
        let examples: [TokenKind] = [.tableRow, .tagLine, .examplesLine, .scenarioLine, .ruleLine]
        let ignored: [TokenKind] = [.comment, .empty]
        return allCases.map { state in
            switch state {
            case .start: [.endOfFile, .language, .tagLine, .featureLine] + ignored
            case .language: [.tagLine, .featureLine] + ignored
            case .featureTags: [.tagLine, .featureLine] + ignored
            case .feature: [.endOfFile, .empty, .comment] + header
            case .featureDescription: [.endOfFile, .comment] + header
            case .ruleTags: [.tagLine, .ruleLine] + ignored
            case .rule: [.endOfFile, .empty, .comment] + header
            case .ruleDescription: [.endOfFile, .comment] + header
            case .background: [.endOfFile, .empty, .comment] + background + [.other]
            case .backgroundDescription: [.endOfFile, .comment] + background + [.other]
            case .backgroundStep: [.endOfFile, .tableRow, .docStringSeparator] + background + ignored
            case .backgroundTable: [.endOfFile, .tableRow] + background + ignored
            case .backgroundDocString: [.docStringSeparator, .other]
            case .afterBackgroundDocString: [.endOfFile] + background + ignored
            case .scenarioTags: [.tagLine, .scenarioLine] + ignored
            case .scenario: [.endOfFile, .empty, .comment] + scenario + [.other]
            case .scenarioDescription: [.endOfFile, .comment] + scenario + [.other]
            case .scenarioStep: [.endOfFile, .tableRow, .docStringSeparator] + scenario + ignored
            case .scenarioTable: [.endOfFile, .tableRow] + scenario + ignored
            case .scenarioDocString: [.docStringSeparator, .other]
            case .afterScenarioDocString: [.endOfFile] + scenario + ignored
            case .examplesTags: [.tagLine, .examplesLine] + ignored
            case .examples: [.endOfFile, .empty, .comment] + examples + [.other]
            case .examplesDescription: [.endOfFile, .comment] + examples + [.other]
            case .examplesTable: [.endOfFile] + examples + ignored
            }
        }
    }()
}
