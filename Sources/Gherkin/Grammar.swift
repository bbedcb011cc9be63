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
///
/// step ─> table ─> last doc string          a step has a table, a doc string, or one of each in either order
///    └──> doc string ─> last table
/// ```
/// A header (feature, rule, background, scenario, examples) may be followed by its description.
enum ParserState: Int, CaseIterable, Sendable {
    case start, language, featureTags
    case feature, featureDescription
    case ruleTags, rule, ruleDescription
    case background, backgroundDescription, backgroundStep
    case backgroundTable, backgroundLastDocString, afterBackgroundLastDocString
    case backgroundDocString, afterBackgroundDocString, backgroundLastTable
    case scenarioTags, scenario, scenarioDescription, scenarioStep
    case scenarioTable, scenarioLastDocString, afterScenarioLastDocString
    case scenarioDocString, afterScenarioDocString, scenarioLastTable
    case examplesTags, examples, examplesDescription, examplesTable

    /// What may come next, in the order in which it is tried and in which messages list it.
    var expected: [TokenKind] { Self.table[rawValue] }

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
            case .backgroundStep, .backgroundTable:
                [.endOfFile, .tableRow, .docStringSeparator] + background + ignored
            case .afterBackgroundDocString, .backgroundLastTable: [.endOfFile, .tableRow] + background + ignored
            case .afterBackgroundLastDocString: [.endOfFile] + background + ignored
            case .scenarioTags: [.tagLine, .scenarioLine] + ignored
            case .scenario: [.endOfFile, .empty, .comment] + scenario + [.other]
            case .scenarioDescription: [.endOfFile, .comment] + scenario + [.other]
            case .scenarioStep, .scenarioTable: [.endOfFile, .tableRow, .docStringSeparator] + scenario + ignored
            case .afterScenarioDocString, .scenarioLastTable: [.endOfFile, .tableRow] + scenario + ignored
            case .afterScenarioLastDocString: [.endOfFile] + scenario + ignored
            case .backgroundDocString, .backgroundLastDocString, .scenarioDocString, .scenarioLastDocString:
                [.docStringSeparator, .other]
            case .examplesTags: [.tagLine, .examplesLine] + ignored
            case .examples: [.endOfFile, .empty, .comment] + examples + [.other]
            case .examplesDescription: [.endOfFile, .comment] + examples + [.other]
            case .examplesTable: [.endOfFile] + examples + ignored
            }
        }
    }()
}

// MARK: - Moving on

extension ParserState {
    /// The state in a description, when one may begin here.
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

    /// The state behind a step.
    var step: ParserState { isInBackground ? .backgroundStep : .scenarioStep }

    /// The state behind the row of a table.
    var tableRow: ParserState {
        switch self {
        case .backgroundStep: .backgroundTable
        case .afterBackgroundDocString: .backgroundLastTable
        case .scenarioStep: .scenarioTable
        case .afterScenarioDocString: .scenarioLastTable
        case .examples, .examplesDescription: .examplesTable
        default: self
        }
    }

    /// The state behind a delimiter, which opens a doc string or closes it.
    var docStringSeparator: ParserState {
        switch self {
        case .backgroundStep: .backgroundDocString
        case .backgroundTable: .backgroundLastDocString
        case .backgroundDocString: .afterBackgroundDocString
        case .backgroundLastDocString: .afterBackgroundLastDocString
        case .scenarioStep: .scenarioDocString
        case .scenarioTable: .scenarioLastDocString
        case .scenarioDocString: .afterScenarioDocString
        case .scenarioLastDocString: .afterScenarioLastDocString
        default: self
        }
    }

    /// Whether the lines are those of a doc string.
    var isInDocString: Bool {
        switch self {
        case .backgroundDocString, .backgroundLastDocString, .scenarioDocString, .scenarioLastDocString: true
        default: false
        }
    }

    /// Whether tags here may belong to examples of the scenario above.
    var allowsExamples: Bool { expected.contains(.examplesLine) && self != .examplesTags }

    private var isInBackground: Bool {
        (Self.background.rawValue...Self.backgroundLastTable.rawValue).contains(rawValue)
    }
}
