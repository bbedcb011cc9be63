package import CucumberMessages

/// Runs once before all scenarios, in the order of their numbers.
///
/// It runs where scenarios are handed out, beside no guest: for what a whole run needs, such as a server of the suite's
/// own. When one fails, no scenario is run.
public struct BeforeRun: Sendable {
    let hook: RunHookDefinition

    /// Defines a hook.
    public init(
        _ name: String? = nil,
        order: Int = 0,
        fileID: String = #fileID,
        line: Int = #line,
        _ body: @escaping @Sendable () async throws -> Void
    ) {
        let place = SourcePlace(fileID: fileID, line: line)
        hook = RunHookDefinition(type: .beforeTestRun, name: name, order: order, place: place, body: body)
    }
}

/// Runs once after all scenarios however they ended, in the opposite order.
public struct AfterRun: Sendable {
    let hook: RunHookDefinition

    /// Defines a hook.
    public init(
        _ name: String? = nil,
        order: Int = 0,
        fileID: String = #fileID,
        line: Int = #line,
        _ body: @escaping @Sendable () async throws -> Void
    ) {
        let place = SourcePlace(fileID: fileID, line: line)
        hook = RunHookDefinition(type: .afterTestRun, name: name, order: order, place: place, body: body)
    }
}

/// A hook around all scenarios.
package struct RunHookDefinition: Sendable {
    let type: HookType
    let name: String?
    let order: Int
    let place: SourcePlace
    let body: @Sendable () async throws -> Void
}

/// A hook that runs once.
package struct RunHook: Sendable {
    /// The identifier of the hook's message.
    package let id: String
    /// What it does, for reports.
    package let name: String?
    /// Where it is defined.
    package let place: SourcePlace
    /// What it does.
    package let body: @Sendable () async throws -> Void
}

extension StepLibrary {
    /// The hooks before or after all scenarios, in the order in which they run.
    package func runHooks(_ type: HookType) -> [RunHook] {
        let chosen = compiled.runHooks.filter { $0.definition.type == type }
        let sorted = chosen.enumerated().sorted { first, second in
            (first.element.definition.order, first.offset) < (second.element.definition.order, second.offset)
        }
        let ordered = type == .afterTestRun ? sorted.reversed() : sorted
        return ordered.map { hook in
            let definition = hook.element.definition
            return RunHook(id: hook.element.id, name: definition.name, place: definition.place, body: definition.body)
        }
    }
}
