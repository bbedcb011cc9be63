import CucumberMessages

/// Runs before each scenario, in the order of their numbers.
public struct Before<World: Sendable>: Sendable {
    let hook: HookDefinition<World>

    /// Defines a hook for the scenarios that a tag expression such as `@network and not @slow` holds for.
    public init(
        _ name: String? = nil,
        tags: String? = nil,
        order: Int = 0,
        fileID: String = #fileID,
        line: Int = #line,
        _ body: @escaping @Sendable (World) async throws -> Void
    ) {
        let place = SourcePlace(fileID: fileID, line: line)
        hook = HookDefinition(type: .beforeTestCase, name: name, tags: tags, order: order, place: place, body: body)
    }
}

/// Runs after each scenario however it ended, in the opposite order.
public struct After<World: Sendable>: Sendable {
    let hook: HookDefinition<World>

    /// Defines a hook for the scenarios that a tag expression holds for.
    public init(
        _ name: String? = nil,
        tags: String? = nil,
        order: Int = 0,
        fileID: String = #fileID,
        line: Int = #line,
        _ body: @escaping @Sendable (World) async throws -> Void
    ) {
        let place = SourcePlace(fileID: fileID, line: line)
        hook = HookDefinition(type: .afterTestCase, name: name, tags: tags, order: order, place: place, body: body)
    }
}

/// Runs before each step.
public struct BeforeStep<World: Sendable>: Sendable {
    let hook: HookDefinition<World>

    /// Defines a hook for the steps of scenarios that a tag expression holds for.
    public init(
        _ name: String? = nil,
        tags: String? = nil,
        order: Int = 0,
        fileID: String = #fileID,
        line: Int = #line,
        _ body: @escaping @Sendable (World) async throws -> Void
    ) {
        let place = SourcePlace(fileID: fileID, line: line)
        hook = HookDefinition(type: .beforeTestStep, name: name, tags: tags, order: order, place: place, body: body)
    }
}

/// Runs after each step, whether it passed or not.
public struct AfterStep<World: Sendable>: Sendable {
    let hook: HookDefinition<World>

    /// Defines a hook for the steps of scenarios that a tag expression holds for.
    public init(
        _ name: String? = nil,
        tags: String? = nil,
        order: Int = 0,
        fileID: String = #fileID,
        line: Int = #line,
        _ body: @escaping @Sendable (World) async throws -> Void
    ) {
        let place = SourcePlace(fileID: fileID, line: line)
        hook = HookDefinition(type: .afterTestStep, name: name, tags: tags, order: order, place: place, body: body)
    }
}

/// A hook of any type.
package struct HookDefinition<World: Sendable>: Sendable {
    let type: HookType
    let name: String?
    let tags: String?
    let order: Int
    let place: SourcePlace
    let body: @Sendable (World) async throws -> Void
}

/// A hook that runs for the scenario at hand.
package struct PreparedHook<World: Sendable>: Sendable {
    /// The identifier of the hook's message.
    package let id: String
    /// What it does, for reports.
    package let name: String?
    /// Where it is defined.
    package let place: SourcePlace
    private let body: @Sendable (World) async throws -> Void

    init(id: String, _ hook: HookDefinition<World>) {
        self.id = id
        name = hook.name
        place = hook.place
        body = hook.body
    }

    /// Runs the hook.
    package func run(in world: World) async throws {
        try await body(world)
    }
}
