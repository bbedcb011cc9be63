/// A step definition that the suite offers.
package struct StepDefinitionMessage: Codable, Hashable, Sendable {
    /// Unique in the run.
    package var id: String
    /// What step texts it matches.
    package var pattern: StepDefinitionPattern
    /// Where it is written.
    package var sourceReference: SourceReference

    /// Creates the message from its fields.
    package init(id: String, pattern: StepDefinitionPattern, sourceReference: SourceReference) {
        self.id = id
        self.pattern = pattern
        self.sourceReference = sourceReference
    }
}

/// The pattern of a step definition.
package struct StepDefinitionPattern: Codable, Hashable, Sendable {
    /// The text of the pattern.
    package var source: String
    /// How the text is to be read.
    package var type: StepDefinitionPatternType

    /// Creates the message from its fields.
    package init(source: String, type: StepDefinitionPatternType) {
        self.source = source
        self.type = type
    }
}

/// How the pattern of a step definition is written.
package enum StepDefinitionPatternType: String, Codable, Hashable, Sendable {
    case cucumberExpression = "CUCUMBER_EXPRESSION"
    case regularExpression = "REGULAR_EXPRESSION"
}

/// A parameter type that the suite defines.
package struct ParameterTypeMessage: Codable, Hashable, Sendable {
    /// The name between the braces.
    package var name: String
    /// The patterns that it matches.
    package var regularExpressions: [String]
    /// Whether it wins when a regular expression fits several types.
    package var preferForRegularExpressionMatch: Bool
    /// Whether snippets propose it.
    package var useForSnippets: Bool
    /// Unique in the run.
    package var id: String
    /// Where it is written.
    package var sourceReference: SourceReference?

    /// Creates the message from its fields.
    package init(
        name: String,
        regularExpressions: [String] = [],
        preferForRegularExpressionMatch: Bool,
        useForSnippets: Bool,
        id: String,
        sourceReference: SourceReference? = nil
    ) {
        self.name = name
        self.regularExpressions = regularExpressions
        self.preferForRegularExpressionMatch = preferForRegularExpressionMatch
        self.useForSnippets = useForSnippets
        self.id = id
        self.sourceReference = sourceReference
    }
}

/// A parameter type that an expression names and nobody defines.
package struct UndefinedParameterType: Codable, Hashable, Sendable {
    /// The expression.
    package var expression: String
    /// The name between the braces.
    package var name: String

    /// Creates the message from its fields.
    package init(expression: String, name: String) {
        self.expression = expression
        self.name = name
    }
}

/// Something that runs before or after scenarios.
package struct Hook: Codable, Hashable, Sendable {
    /// Unique in the run.
    package var id: String
    /// What it does, for reports.
    package var name: String?
    /// Where it is written.
    package var sourceReference: SourceReference
    /// Which scenarios it runs for; all when absent.
    package var tagExpression: String?
    /// When it runs.
    package var type: HookType?

    /// Creates the message from its fields.
    package init(
        id: String,
        name: String? = nil,
        sourceReference: SourceReference,
        tagExpression: String? = nil,
        type: HookType? = nil
    ) {
        self.id = id
        self.name = name
        self.sourceReference = sourceReference
        self.tagExpression = tagExpression
        self.type = type
    }
}

/// When a hook runs.
package enum HookType: String, Codable, Hashable, Sendable {
    case beforeTestRun = "BEFORE_TEST_RUN"
    case afterTestRun = "AFTER_TEST_RUN"
    case beforeTestCase = "BEFORE_TEST_CASE"
    case afterTestCase = "AFTER_TEST_CASE"
    case beforeTestStep = "BEFORE_TEST_STEP"
    case afterTestStep = "AFTER_TEST_STEP"
}

/// Code that would define an undefined step.
package struct Suggestion: Codable, Hashable, Sendable {
    /// Unique in the run.
    package var id: String
    /// The undefined step.
    package var pickleStepId: String
    /// What could be written.
    package var snippets: [Snippet]

    /// Creates the message from its fields.
    package init(id: String, pickleStepId: String, snippets: [Snippet] = []) {
        self.id = id
        self.pickleStepId = pickleStepId
        self.snippets = snippets
    }
}

/// A piece of code in a suggestion.
package struct Snippet: Codable, Hashable, Sendable {
    /// The programming language.
    package var language: String
    /// The code.
    package var code: String

    /// Creates the message from its fields.
    package init(language: String, code: String) {
        self.language = language
        self.code = code
    }
}
