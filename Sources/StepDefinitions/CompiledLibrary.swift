import CucumberExpressions
import CucumberMessages
import Synchronization
import TagExpressions

/// A library whose patterns have been read and checked.
final class CompiledLibrary<World: Sendable>: Sendable {
    /// A step definition with its pattern.
    struct CompiledStep: Sendable {
        let id: String
        let definition: StepDefinition<World>
        let expression: StepExpression
    }

    struct CompiledHook: Sendable {
        let id: String
        let definition: HookDefinition<World>
        let tags: TagExpression?
    }

    /// A definition that can be used, for messages in the order in which they were written.
    enum Definition: Sendable {
        case step(CompiledStep)
        case hook(CompiledHook)
        case runHook(id: String, RunHookDefinition)
        case parameterType(id: String, ErasedParameterType)
        /// A step whose pattern names a parameter that nobody defines.
        case unknownParameter(name: String, expression: String)
    }

    let steps: [CompiledStep]
    let hooks: [CompiledHook]
    let runHooks: [(id: String, definition: RunHookDefinition)]
    let definitions: [Definition]
    let problems: [LibraryProblem]
    let registry: ParameterRegistry
    /// The converters of the suite's own parameters.
    let converters: [String: ErasedParameterType]
    let generator: ExpressionGenerator
    /// The words of every pattern, for proposals.
    let patternWords: [PatternWords]
    private let tree: PrefixTree
    /// What was proposed for undefined steps: suites repeat them with other arguments.
    private let proposals = Mutex<[String: [String]]>([:])

    init(parts: [StepLibraryPart<World>]) {
        var problems: [LibraryProblem] = []
        var registry = ParameterRegistry()
        var converters: [String: ErasedParameterType] = [:]
        var typeIds: [String: String] = [:]
        for part in parts {
            guard case .parameterType(let type) = part.content else { continue }
            do {
                try registry.add(type.kind)
                converters[type.kind.name] = type
                typeIds[type.kind.name] = "parameter-type-\(typeIds.count)"
            } catch {
                problems.append(LibraryProblem(place: type.place, kind: .parameter(error)))
            }
        }

        var steps: [CompiledStep] = []
        var hooks: [CompiledHook] = []
        var runHooks: [(id: String, definition: RunHookDefinition)] = []
        var definitions: [Definition] = []
        var places: [String: SourcePlace] = [:]
        for part in parts {
            switch part.content {
            case .parameterType(let type):
                if converters[type.kind.name]?.place == type.place, let id = typeIds[type.kind.name] {
                    definitions.append(.parameterType(id: id, type))
                }
            case .runHook(let hook):
                let id = "run-hook-\(runHooks.count)"
                runHooks.append((id, hook))
                definitions.append(.runHook(id: id, hook))
            case .hook(let hook):
                do {
                    let tags = try hook.tags.map { source throws(TagExpressionError) in try TagExpression(source) }
                    let compiled = CompiledHook(id: "hook-\(hooks.count)", definition: hook, tags: tags)
                    hooks.append(compiled)
                    definitions.append(.hook(compiled))
                } catch {
                    problems.append(LibraryProblem(place: hook.place, kind: .tags(error)))
                }
            case .step(let step):
                if let first = places[step.pattern] {
                    let kind = LibraryProblem.Kind.duplicate(pattern: step.pattern, first: first)
                    problems.append(LibraryProblem(place: step.place, kind: kind))
                }
                places[step.pattern] = places[step.pattern] ?? step.place
                do {
                    let expression = try StepExpression(step.pattern, registry: registry)
                    let id = "step-definition-\(steps.count)"
                    let compiled = CompiledStep(id: id, definition: step, expression: expression)
                    steps.append(compiled)
                    definitions.append(.step(compiled))
                    problems += Self.mismatches(step, expression, converters).map { kind in
                        LibraryProblem(place: step.place, kind: kind)
                    }
                } catch {
                    if let name = error.undefinedParameterType {
                        definitions.append(.unknownParameter(name: name, expression: step.pattern))
                    }
                    problems.append(LibraryProblem(place: step.place, kind: .pattern(error)))
                }
            }
        }

        var tree = PrefixTree()
        for (index, step) in steps.enumerated() { tree.insert(index, prefix: step.expression.literalPrefix) }
        self.steps = steps
        self.hooks = hooks
        self.runHooks = runHooks
        self.definitions = definitions
        self.problems = problems
        self.registry = registry
        self.converters = converters
        self.tree = tree
        patternWords = steps.map { PatternWords($0.definition.pattern) }
        generator = ExpressionGenerator(registry: registry)
    }

    /// The steps that a text may match, in the order of definition.
    func candidates(for text: String) -> [Int] {
        tree.candidates(for: text)
    }

    /// The patterns that the author of an undefined step may have meant.
    func nearestPatterns(to expression: String) -> [String] {
        if let known = proposals.withLock({ $0[expression] }) { return known }
        let nearest = PatternWords(expression).nearest(among: patternWords)
        proposals.withLock { proposals in
            // Hostile features could make any number of them.
            if proposals.count < 1_000 { proposals[expression] = nearest }
        }
        return nearest
    }

    /// Compares what a pattern captures with what its closure takes.
    private static func mismatches(
        _ step: StepDefinition<World>,
        _ expression: StepExpression,
        _ converters: [String: ErasedParameterType]
    ) -> [LibraryProblem.Kind] {
        let texts = step.arguments.dropLast(step.blocks.count)
        if let misplaced = texts.first(where: { $0.origin.source != .text }) {
            return [.misplaced(pattern: step.pattern, type: misplaced.name)]
        }
        guard texts.count == expression.parameters.count else {
            return [.arity(pattern: step.pattern, captured: expression.parameters.count, taken: texts.count)]
        }
        return zip(texts, expression.parameters).compactMap { argument, kind in
            let parameter = kind.map { "{\($0.name)}" } ?? "a group"
            if let kind, !kind.isBuiltIn {
                guard let made = converters[kind.name]?.type, made != argument.type else { return nil }
                return .type(pattern: step.pattern, parameter: parameter, gives: "\(made)", takes: argument.name)
            }
            guard !argument.origin.parameters.contains(kind?.name ?? "") else { return nil }
            let gives = kind.map(\.swiftType) ?? "String"
            return .type(pattern: step.pattern, parameter: parameter, gives: gives, takes: argument.name)
        }
    }
}

extension ParameterKind {
    /// The type that a closure best takes for a built-in parameter.
    var swiftType: String {
        switch name {
        case "int", "long": "Int"
        case "byte": "Int8"
        case "short": "Int16"
        case "float", "double": "Double"
        case "bigdecimal", "biginteger": "Decimal"
        default: "String"
        }
    }
}
