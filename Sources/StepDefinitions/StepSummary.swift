import CucumberExpressions

/// A step definition as `assay steps` lists it.
package struct StepSummary: Hashable, Sendable, Codable {
    /// The pattern as it was written.
    package let pattern: String
    /// Whether the pattern is a regular expression rather than a Cucumber Expression.
    package let isRegularExpression: Bool
    /// What the step does, for those who write features.
    package let documentation: String
    /// Where it is defined.
    package let place: SourcePlace
    /// The types that the closure takes behind the world.
    package let argumentTypes: [String]
}

/// A parameter of the suite's own, as programs read it.
package struct ParameterTypeSummary: Hashable, Sendable, Codable {
    /// The name between the braces.
    package let name: String
    /// What it matches, any of them.
    package let patterns: [String]
    /// The type of its values.
    package let type: String
    /// Where it is defined.
    package let place: SourcePlace
}

extension StepLibrary {
    /// Every step definition, in the order of definition.
    package var summaries: [StepSummary] { compiled.steps.map(\.summary) }

    /// The parameters of the suite's own, in the order of definition.
    package var parameterTypeSummaries: [ParameterTypeSummary] {
        compiled.definitions.compactMap { definition in
            guard case .parameterType(_, let type) = definition else { return nil }
            return ParameterTypeSummary(
                name: type.kind.name,
                patterns: type.kind.patterns,
                type: "\(type.type)",
                place: type.place
            )
        }
    }
}

extension CompiledLibrary.CompiledStep {
    var summary: StepSummary {
        StepSummary(
            pattern: definition.pattern,
            isRegularExpression: expression.syntax == .regularExpression,
            documentation: definition.documentation,
            place: definition.place,
            argumentTypes: definition.arguments.map(\.name)
        )
    }
}
