import CucumberExpressions
package import CucumberMessages

/// A step definition as `assay steps` lists it.
package struct StepSummary: Hashable, Sendable {
    /// The pattern as it was written.
    package let pattern: String
    /// What the step does, for those who write features.
    package let documentation: String
    /// Where it is defined.
    package let place: SourcePlace
    /// The types that the closure takes behind the world.
    package let argumentTypes: [String]
}

extension StepLibrary {
    /// The definitions as messages: parameter types, step definitions, hooks.
    package var definitionMessages: [Envelope] {
        let library = compiled
        let parameterTypes = library.parameterTypes.map { id, type in
            Envelope.parameterType(
                ParameterTypeMessage(
                    name: type.kind.name,
                    regularExpressions: type.kind.patterns,
                    preferForRegularExpressionMatch: type.kind.preferForRegularExpressionMatch,
                    useForSnippets: type.kind.useForSnippets,
                    id: id,
                    sourceReference: type.place.reference
                )
            )
        }
        let steps = library.steps.map { step in
            let type: StepDefinitionPatternType =
                step.expression.syntax == .cucumberExpression ? .cucumberExpression : .regularExpression
            return Envelope.stepDefinition(
                StepDefinitionMessage(
                    id: step.id,
                    pattern: StepDefinitionPattern(source: step.expression.source, type: type),
                    sourceReference: step.definition.place.reference
                )
            )
        }
        let hooks = library.hooks.map { hook in
            Envelope.hook(
                Hook(
                    id: hook.id,
                    name: hook.definition.name,
                    sourceReference: hook.definition.place.reference,
                    tagExpression: hook.definition.tags,
                    type: hook.definition.type
                )
            )
        }
        return parameterTypes + steps + hooks
    }

    /// Every step definition, in the order of definition.
    package var summaries: [StepSummary] {
        compiled.steps.map { step in
            StepSummary(
                pattern: step.definition.pattern,
                documentation: step.definition.documentation,
                place: step.definition.place,
                argumentTypes: step.definition.arguments.map(\.name)
            )
        }
    }
}

extension SourcePlace {
    fileprivate var reference: SourceReference {
        SourceReference(uri: fileID, location: Location(line: line))
    }
}
