import CucumberExpressions
package import CucumberMessages
package import Diagnostics

/// What a library has for the text of a step.
package enum StepMatch<World: Sendable>: Sendable {
    /// Nothing; the patterns that come closest, and code that would define the step.
    case undefined(nearest: [String], snippet: String)
    /// One definition.
    case one(PreparedStep<World>)
    /// Several definitions, so that nobody can say which is meant.
    case ambiguous([PreparedStep<World>])
}

/// A step definition with the arguments that it takes from the text of a step.
package struct PreparedStep<World: Sendable>: Sendable {
    /// The identifier of the definition's message.
    package let definitionId: String
    /// The pattern as it was written.
    package let pattern: String
    /// Where the definition is.
    package let place: SourcePlace
    /// What was captured, for messages; offsets count UTF-16 units.
    package let arguments: [StepMatchArgument]
    private let definition: StepDefinition<World>
    private let captures: [Capture]

    /// A captured parameter and the converter that the suite has for it.
    struct Capture: Sendable {
        let text: String?
        let parts: [String?]
        let parameterType: ErasedParameterType?
    }

    init(
        _ step: CompiledLibrary<World>.CompiledStep,
        _ matched: [StepExpression.Argument],
        in library: CompiledLibrary<World>
    ) {
        definitionId = step.id
        pattern = step.definition.pattern
        place = step.definition.place
        definition = step.definition
        arguments = matched.map { argument in
            StepMatchArgument(group: MatchGroup(argument.group), parameterTypeName: argument.kind?.name)
        }
        captures = matched.map { argument in
            guard argument.kind?.name == "string", argument.kind?.isBuiltIn == true else {
                let type = argument.kind.flatMap { library.converters[$0.name] }
                return Capture(text: argument.group.text, parts: argument.group.texts, parameterType: type)
            }
            // The groups of {string} leave out the quotation marks.
            let text = argument.group.texts.lazy.compactMap(\.self).first.map(Self.unescaped)
            return Capture(text: argument.group.text == nil ? nil : text ?? "", parts: [text], parameterType: nil)
        }
    }

    /// Tells in advance why the step can't run: an argument that can't be made, a missing table or one too many.
    package func problem(with argument: PickleStepArgument?) -> (any ExplainedError)? {
        explaining { _ = try definition.bind(inputs(with: argument)) }
    }

    /// Tells in advance why the step can't run in a plan: as ``problem(with:)``, and what the definition says of it when a run is planned.
    ///
    /// - Parameters:
    ///   - argument: What stands below the step.
    ///   - foresight: What is known before the step, and then after it.
    /// - Returns: The reason, or `nil` when there is none.
    package func problem(with argument: PickleStepArgument?, _ foresight: inout Foresight) -> (any ExplainedError)? {
        explaining {
            let inputs = try inputs(with: argument)
            _ = try definition.bind(inputs)
            try definition.foresee?(inputs)(&foresight)
        }
    }

    private func explaining(_ body: () throws -> Void) -> (any ExplainedError)? {
        do {
            try body()
            return nil
        } catch let error as any ExplainedError {
            return error
        } catch {
            return StepArgumentError(expected: "an argument for \"\(pattern)\"", seen: "\(error)")
        }
    }

    /// Runs the step.
    ///
    /// - Throws: A ``StepArgumentError`` when an argument can't be made, a ``StepSignal``, or the error of the step itself.
    package func run(in world: World, argument: PickleStepArgument?) async throws {
        try await definition.bind(inputs(with: argument))(world)
    }

    private func inputs(with argument: PickleStepArgument?) throws -> [StepInput] {
        var inputs = try captures.map { capture in
            let value = try capture.text.flatMap { _ in try capture.parameterType?.convert(capture.parts) }
            return StepInput(text: capture.text, parts: capture.parts, value: value)
        }
        let block = StepInput(
            table: argument?.dataTable.map { DataTable($0) },
            docString: argument?.docString.map { DocString($0) }
        )
        let blocks = definition.blocks
        inputs += blocks.map { shape in
            // A closure that takes both may do without either; one that takes one is told what else there is.
            if blocks.count == 1 { return block }
            return shape.origin.source == .table ? StepInput(table: block.table) : StepInput(docString: block.docString)
        }
        if let stray = stray(in: block) {
            throw StepArgumentError(expected: "\(stray.expected) below it (\"\(pattern)\", \(place))", seen: stray.seen)
        }
        return inputs
    }

    /// What stands below the step and is not taken, while everything that is taken is there.
    private func stray(in block: StepInput) -> (expected: String, seen: String)? {
        let taken = Set(definition.blocks.map(\.origin.source))
        var present: Set<StepArgumentOrigin.Source> = []
        if block.table != nil { present.insert(.table) }
        if block.docString != nil { present.insert(.docString) }
        guard !present.isSubset(of: taken), taken.isSubset(of: present) else { return nil }
        let seen = present.count > 1 ? "both" : present.contains(.table) ? "a table" : "a doc string"
        if taken.isEmpty { return ("nothing", seen == "both" ? "a table and a doc string" : seen) }
        return (taken.contains(.table) ? "only a table" : "only a doc string", seen)
    }

    private static func unescaped(_ text: String) -> String {
        // Nearly no text has any, and to look for it costs a fraction of replacing it.
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        return text.replacing(#"\""#, with: "\"").replacing(#"\'"#, with: "'")
    }
}

extension MatchGroup {
    init(_ group: CapturedGroup) {
        self.init(children: group.children.map(MatchGroup.init), start: group.start, value: group.text)
    }
}

// MARK: - Matching

extension StepLibrary {
    /// Finds the definitions whose pattern matches a step's text.
    ///
    /// - Parameters:
    ///   - text: The text behind the keyword.
    ///   - type: What the keyword says, for the snippet.
    ///   - argument: What stands below the step, for the snippet.
    /// - Returns: The one definition, or what else there is to say.
    package func match(
        _ text: String,
        type: PickleStepType? = nil,
        argument: PickleStepArgument? = nil
    ) -> StepMatch<World> {
        let library = compiled
        let matches = library.candidates(for: text).compactMap { index -> PreparedStep<World>? in
            let step = library.steps[index]
            return step.expression.match(text).map { PreparedStep(step, $0, in: library) }
        }
        switch matches.count {
        case 0:
            let proposal = library.generator.propose(for: text)
            return .undefined(
                nearest: library.nearestPatterns(to: proposal.expression),
                snippet: Snippets(library).snippet(for: proposal, type: type, argument: argument)
            )
        case 1: return .one(matches[0])
        default: return .ambiguous(matches)
        }
    }

    /// Finds the definitions for a step of a pickle.
    package func match(_ step: PickleStep) -> StepMatch<World> {
        match(step.text, type: step.type, argument: step.argument)
    }

    /// The hooks of a type that run for a scenario with these tags, in the order in which they run.
    package func hooks(_ type: HookType, for tags: [String]) -> [PreparedHook<World>] {
        let chosen = compiled.hooks.filter { $0.definition.type == type && $0.tags?.matches(tags) != false }
        let isAfterwards = type == .afterTestCase || type == .afterTestStep || type == .afterTestRun
        // Sorting keeps the order of definition among equals; what runs afterwards runs in the opposite order.
        let sorted = chosen.enumerated().sorted { first, second in
            (first.element.definition.order, first.offset) < (second.element.definition.order, second.offset)
        }
        let ordered = isAfterwards ? sorted.reversed() : sorted
        return ordered.map { PreparedHook(id: $0.element.id, $0.element.definition) }
    }
}
