/// What the steps do whose text fits a pattern.
///
/// ```swift
/// Given("the screen shows {string} within {int} seconds") { (world: LiveSystem, text: String, seconds: Int) async throws in
///     try await world.screen.waitForText(text, for: .seconds(seconds))
/// }
/// ```
/// The pattern is a Cucumber Expression, or a regular expression when it stands between slashes or has `^` in front or `$`
/// at the end. The closure takes the world first, then one value per parameter, and last, where the step has one, its
/// ``DataTable`` or ``DocString``.
public struct StepDefinition<World: Sendable>: Sendable {
    /// The pattern as it was written.
    public let pattern: String
    /// What the step does, for those who write features.
    public let documentation: String
    /// Where it is defined.
    public let place: SourcePlace

    let arguments: [ArgumentShape]
    /// Makes the arguments, and returns what then is left to do.
    let bind: @Sendable ([StepInput]) throws -> @Sendable (World) async throws -> Void
    /// Makes the arguments, and returns what is to be done when a run is planned; `nil` when nothing can be told then.
    let foresee: (@Sendable ([StepInput]) throws -> @Sendable (inout Foresight) throws -> Void)?

    /// Defines a step.
    ///
    /// - Parameters:
    ///   - pattern: What step texts it matches.
    ///   - documentation: What it does, for those who write features; `assay steps` prints it.
    ///   - fileID: The file of the definition.
    ///   - line: The line of the definition.
    ///   - body: What the step does. The step fails when it throws.
    public init<each Argument: StepArgument>(
        _ pattern: String,
        documentation: String = "",
        fileID: String = #fileID,
        line: Int = #line,
        _ body: @escaping @Sendable (World, repeat each Argument) async throws -> Void
    ) {
        self.init(pattern, documentation, SourcePlace(fileID: fileID, line: line), foresee: nil, body)
    }

    /// Defines a step of which something can be told before it runs.
    ///
    /// - Parameters:
    ///   - pattern: What step texts it matches.
    ///   - documentation: What it does, for those who write features; `assay steps` prints it.
    ///   - fileID: The file of the definition.
    ///   - line: The line of the definition.
    ///   - whenPlanned: Notes what the step changes for later ones, and throws what is wrong with it as it is written.
    ///   - body: What the step does. The step fails when it throws.
    public init<each Argument: StepArgument>(
        _ pattern: String,
        documentation: String = "",
        fileID: String = #fileID,
        line: Int = #line,
        whenPlanned: @escaping @Sendable (inout Foresight, repeat each Argument) throws -> Void,
        _ body: @escaping @Sendable (World, repeat each Argument) async throws -> Void
    ) {
        self.init(
            pattern,
            documentation,
            SourcePlace(fileID: fileID, line: line),
            foresee: { inputs in
                let values = try StepDefinitions.arguments(from: inputs, repeat (each Argument).self)
                return { plan in try whenPlanned(&plan, repeat each values) }
            },
            body
        )
    }

    private init<each Argument: StepArgument>(
        _ pattern: String,
        _ documentation: String,
        _ place: SourcePlace,
        foresee: (@Sendable ([StepInput]) throws -> @Sendable (inout Foresight) throws -> Void)?,
        _ body: @escaping @Sendable (World, repeat each Argument) async throws -> Void
    ) {
        self.pattern = pattern
        self.documentation = documentation
        self.place = place
        self.foresee = foresee
        var shapes: [ArgumentShape] = []
        repeat shapes.append(ArgumentShape((each Argument).self))
        arguments = shapes
        bind = { inputs in
            let values = try StepDefinitions.arguments(from: inputs, repeat (each Argument).self)
            return { world in try await body(world, repeat each values) }
        }
    }
}

/// Makes the arguments of a closure from what a step hands over for them.
private func arguments<each Argument: StepArgument>(
    from inputs: [StepInput],
    _ types: repeat (each Argument).Type
) throws -> (repeat each Argument) {
    var remaining = inputs[...]
    func next<Value: StepArgument>(_ type: Value.Type) throws -> Value {
        try Value.make(from: remaining.popFirst() ?? StepInput())
    }
    return (repeat try next(each types))
}

extension StepDefinition {
    /// The table and the doc string that the closure takes: they come last, at most one of each.
    var blocks: [ArgumentShape] {
        var blocks: [ArgumentShape] = []
        for argument in arguments.reversed() {
            let source = argument.origin.source
            guard source != .text, !blocks.contains(where: { $0.origin.source == source }) else { break }
            blocks.insert(argument, at: 0)
        }
        return blocks
    }
}

/// A step that makes ready what the scenario needs.
public typealias Given = StepDefinition
/// A step that does what the scenario is about.
public typealias When = StepDefinition
/// A step that checks what came of it.
public typealias Then = StepDefinition
/// A step that is used with several keywords.
public typealias Step = StepDefinition

/// What is known of one argument of a closure without calling it.
struct ArgumentShape: Sendable {
    let origin: StepArgumentOrigin
    /// The type without optionality; identifies what a parameter type must make.
    let type: any StepArgument.Type

    init<Value: StepArgument>(_ type: Value.Type) {
        origin = Value.origin
        self.type = (type as? any OptionalArgument.Type)?.wrapped ?? type
    }

    var name: String { "\(type)" + (origin.isOptional ? "?" : "") }
}

private protocol OptionalArgument {
    static var wrapped: any StepArgument.Type { get }
}

extension Optional: OptionalArgument where Wrapped: StepArgument {
    fileprivate static var wrapped: any StepArgument.Type { Wrapped.self }
}
