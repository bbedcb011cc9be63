import CucumberExpressions
package import CucumberMessages

extension StepLibrary {
    /// The definitions as messages, in the order in which they were written.
    package var definitionMessages: [Envelope] { compiled.definitions.map(\.message) }
}

extension CompiledLibrary.Definition {
    fileprivate var message: Envelope {
        switch self {
        case .parameterType(let id, let type):
            .parameterType(
                ParameterTypeMessage(
                    name: type.kind.name,
                    regularExpressions: type.kind.patterns,
                    preferForRegularExpressionMatch: type.kind.preferForRegularExpressionMatch,
                    useForSnippets: type.kind.useForSnippets,
                    id: id,
                    sourceReference: type.place.reference
                )
            )
        case .unknownParameter(let name, let expression):
            .undefinedParameterType(UndefinedParameterType(expression: expression, name: name))
        case .step(let step):
            .stepDefinition(
                StepDefinitionMessage(
                    id: step.id,
                    pattern: StepDefinitionPattern(
                        source: step.expression.source,
                        type: step.expression.syntax == .cucumberExpression ? .cucumberExpression : .regularExpression
                    ),
                    sourceReference: step.definition.place.reference
                )
            )
        case .hook(let hook):
            .hook(
                Hook(
                    id: hook.id,
                    name: hook.definition.name,
                    sourceReference: hook.definition.place.reference,
                    tagExpression: hook.definition.tags,
                    type: hook.definition.type
                )
            )
        case .runHook(let id, let hook):
            .hook(Hook(id: id, name: hook.name, sourceReference: hook.place.reference, type: hook.type))
        }
    }
}

extension SourcePlace {
    fileprivate var reference: SourceReference {
        SourceReference(uri: fileID, location: Location(line: line))
    }
}

extension ExpressionError {
    /// The name of the parameter that nobody defines, if that is the problem.
    var undefinedParameterType: String? {
        // The wording is that of the official implementations, which their tests compare letter by letter.
        let (prefix, suffix) = ("Undefined parameter type '", "'")
        guard problem.hasPrefix(prefix), problem.hasSuffix(suffix) else { return nil }
        return String(problem.dropFirst(prefix.count).dropLast(suffix.count))
    }
}
