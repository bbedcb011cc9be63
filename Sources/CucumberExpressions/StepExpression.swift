/// A pattern of a step definition: a Cucumber Expression or a regular expression.
package struct StepExpression: Sendable {
    /// How a pattern is written.
    package enum Syntax: Hashable, Sendable {
        case cucumberExpression
        case regularExpression
    }

    /// An argument of a step.
    package struct Argument: Hashable, Sendable {
        /// The text, and where it stands.
        package let group: CapturedGroup
        /// What kind of parameter it is; `nil` for a group of a regular expression that fits none.
        package let kind: ParameterKind?
    }

    /// The pattern as it was written.
    package let source: String
    /// How it is written.
    package let syntax: Syntax
    /// The kinds of its parameters, from the left; `nil` for a group of a regular expression that fits none.
    package let parameters: [ParameterKind?]
    /// The regular expression that it stands for.
    package let regularExpression: String
    /// What every text begins with that it matches; lets most patterns be ruled out at the cost of a comparison.
    package let literalPrefix: [UInt8]
    private let direct: DirectMatcher?
    private let pattern: CompiledPattern

    /// Reads a pattern; one between slashes, or with `^` in front or `$` at the end, is a regular expression.
    ///
    /// - Throws: An ``ExpressionError`` that points at the column.
    package init(_ source: String, registry: ParameterRegistry) throws(ExpressionError) {
        if source.hasPrefix("^") || source.hasSuffix("$") {
            try self.init(regularExpression: source, source: source, registry: registry)
        } else if source.count > 1, source.hasPrefix("/"), source.hasSuffix("/") {
            let body = String(source.dropFirst().dropLast())
            try self.init(regularExpression: body, source: source, registry: registry)
        } else {
            try self.init(cucumberExpression: source, registry: registry)
        }
    }

    /// Reads a Cucumber Expression.
    package init(cucumberExpression source: String, registry: ParameterRegistry) throws(ExpressionError) {
        let nodes = try ExpressionParser.parse(source)
        var compiler = ExpressionCompiler(source, registry)
        let body = try compiler.compile(nodes)
        let literals = nodes.prefix(while: \.isText)
        self.source = source
        syntax = .cucumberExpression
        parameters = compiler.parameters
        regularExpression = "^\(body.official)$"
        literalPrefix = literals.flatMap { Array($0.literal.utf8) }
        direct = DirectMatcher(nodes)
        // Unlike `$`, `\z` leaves no room for a line feed at the end.
        pattern = try CompiledPattern("\\A\(body.compiled)\\z")
    }

    private init(regularExpression: String, source: String, registry: ParameterRegistry) throws(ExpressionError) {
        self.source = source
        syntax = .regularExpression
        self.regularExpression = regularExpression
        literalPrefix = []
        direct = nil
        pattern = try CompiledPattern(regularExpression)
        var parameters: [ParameterKind?] = []
        for group in pattern.groups.top {
            let kinds = registry.kinds(matching: group.source)
            if kinds.count > 1, !kinds[0].preferForRegularExpressionMatch {
                throw ExpressionError(
                    expression: source,
                    place: nil,
                    problem:
                        "its group (\(group.source)) fits the parameter types "
                        + kinds.map { "{\($0.name)}" }.joined(separator: ", "),
                    solution: "Use a Cucumber Expression instead, or make one of the parameter types preferential."
                )
            }
            parameters.append(kinds.first)
        }
        self.parameters = parameters
    }

    /// Returns the arguments when the pattern matches a step's text.
    package func match(_ text: String) -> [Argument]? {
        let groups = direct.map { $0.match(text) } ?? pattern.match(text)
        return groups.map { zip($0, parameters).map { Argument(group: $0, kind: $1) } }
    }

    /// The same by the regular expression alone, to test the faster way against.
    package func matchByRegularExpression(_ text: String) -> [Argument]? {
        pattern.match(text).map { zip($0, parameters).map { Argument(group: $0, kind: $1) } }
    }
}

// MARK: - Compiling

/// Turns syntax trees into regular expressions.
private struct ExpressionCompiler {
    /// The same regular expression twice: as the official implementations write it, and as our engine runs it.
    typealias Rewritten = (official: String, compiled: String)

    private let expression: String
    private let registry: ParameterRegistry
    private(set) var parameters: [ParameterKind?] = []

    init(_ expression: String, _ registry: ParameterRegistry) {
        self.expression = expression
        self.registry = registry
    }

    mutating func compile(_ nodes: [ExpressionNode]) throws(ExpressionError) -> Rewritten {
        var result: Rewritten = ("", "")
        for node in nodes {
            let part = try rewrite(node)
            result.official += part.official
            result.compiled += part.compiled
        }
        return result
    }

    private mutating func rewrite(_ node: ExpressionNode) throws(ExpressionError) -> Rewritten {
        switch node.content {
        case .separator: return ("", "")
        case .text(let text):
            // By scalars: a mark behind a parenthesis makes both one character, and the parenthesis still counts.
            let special = #"\^[({$.|?*+})]"#.unicodeScalars
            let escaped = text.unicodeScalars.map { special.contains($0) ? "\\\($0)" : "\($0)" }.joined()
            return (escaped, escaped)
        case .alternative(let nodes): return try compile(nodes)
        case .parameter(let name):
            guard let kind = registry.kind(named: name) else {
                throw .undefinedParameterType(expression, node.place, name: name)
            }
            parameters.append(kind)
            return (kind.officialCapture, kind.capture)
        case .optional(let nodes):
            for inner in nodes {
                if case .parameter = inner.content { throw .parameterInOptional(expression, inner.place) }
            }
            for inner in nodes {
                if case .optional = inner.content { throw .optionalInOptional(expression, inner.place) }
            }
            guard nodes.contains(where: \.isText) else { throw .emptyOptional(expression, node.place) }
            let body = try compile(nodes)
            return ("(?:\(body.official))?", "(?:\(body.compiled))?")
        case .alternation(let alternatives):
            for alternative in alternatives {
                guard case .alternative(let nodes) = alternative.content else { continue }
                if nodes.isEmpty { throw .emptyAlternative(expression, alternative.place) }
                guard nodes.contains(where: \.isText) else {
                    throw .alternativeOfOptionals(expression, alternative.place)
                }
            }
            var bodies: [Rewritten] = []
            for alternative in alternatives { bodies.append(try rewrite(alternative)) }
            let official = bodies.map(\.official).joined(separator: "|")
            let compiled = bodies.map(\.compiled).joined(separator: "|")
            return ("(?:\(official))", "(?:\(compiled))")
        }
    }
}
