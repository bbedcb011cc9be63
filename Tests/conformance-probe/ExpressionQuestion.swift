import CucumberExpressions

/// The pattern of a step, and texts to match it with.
struct ExpressionQuestion: Decodable {
    /// A kind of parameter of the suite's own.
    struct Kind: Decodable {
        let name: String
        let patterns: [String]
        let isPreferred: Bool
    }

    let source: String
    /// Whether it is a Cucumber Expression even where it looks like a regular expression.
    let isCucumberExpression: Bool?
    let kinds: [Kind]
    let texts: [String]

    /// What became of the pattern.
    struct Answer: Encodable {
        var error: String?
        var regularExpression: String?
        /// For each text the arguments, or nothing where it does not match.
        var matches: [[Argument]?] = []
    }

    /// One argument.
    struct Argument: Encodable {
        let value: String?
        let start: Int?
        let texts: [String?]
        let kind: String?
    }

    /// The regular expression and the arguments, or the error.
    func answer() -> Answer {
        do {
            var registry = ParameterRegistry()
            for kind in kinds {
                let kind = ParameterKind(
                    name: kind.name,
                    patterns: kind.patterns,
                    preferForRegularExpressionMatch: kind.isPreferred
                )
                try registry.add(kind)
            }
            let expression =
                isCucumberExpression == true
                ? try StepExpression(cucumberExpression: source, registry: registry)
                : try StepExpression(source, registry: registry)
            return Answer(
                regularExpression: expression.regularExpression,
                matches: texts.map { text in expression.match(text)?.map(Self.argument) }
            )
        } catch let error as ExpressionError {
            return Answer(error: error.officialMessage)
        } catch {
            return Answer(error: "\(error)")
        }
    }

    private static func argument(_ argument: StepExpression.Argument) -> Argument {
        Argument(
            value: argument.group.text,
            start: argument.group.start,
            texts: argument.group.texts,
            kind: argument.kind?.name
        )
    }
}
