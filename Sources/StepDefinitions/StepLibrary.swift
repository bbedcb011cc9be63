import Synchronization

/// The steps, hooks and parameters that a suite offers to its features.
///
/// ```swift
/// let networkSteps = StepLibrary {
///     Given("the network is plugged") { (world: LiveSystem) async throws in … }
///     Then("{string} can't be reached") { (world: LiveSystem, address: String) async throws in … }
/// }
/// let steps = networkSteps + desktopSteps
/// ```
/// Make one library per topic and join them with `+`: the compiler reads several short lists faster than a long one.
public struct StepLibrary<World: Sendable>: Sendable {
    let parts: [StepLibraryPart<World>]
    private let cache = Cache()

    /// Creates a library from definitions that stand one below the other.
    public init(@StepLibraryBuilder<World> _ definitions: () -> [StepLibraryPart<World>]) {
        self.init(parts: definitions())
    }

    /// Creates a library from definitions that were collected otherwise.
    public init(_ definitions: [StepDefinition<World>]) {
        self.init(parts: definitions.map(StepLibraryPart.init))
    }

    init(parts: [StepLibraryPart<World>]) {
        self.parts = parts
    }

    /// Joins two libraries.
    public static func + (first: Self, second: Self) -> Self {
        Self(parts: first.parts + second.parts)
    }

    /// What is wrong with the definitions; a library with problems must not be run.
    public func problems() -> [LibraryProblem] {
        compiled.problems
    }

    /// The patterns are read once, when they are needed first.
    var compiled: CompiledLibrary<World> {
        cache.compiled.withLock { compiled in
            if let compiled { return compiled }
            let fresh = CompiledLibrary(parts: parts)
            compiled = fresh
            return fresh
        }
    }

    private final class Cache: Sendable {
        let compiled = Mutex<CompiledLibrary<World>?>(nil)
    }
}

/// One definition of a library.
public struct StepLibraryPart<World: Sendable>: Sendable {
    enum Content: Sendable {
        case step(StepDefinition<World>)
        case hook(HookDefinition<World>)
        case runHook(RunHookDefinition)
        case parameterType(ErasedParameterType)
    }

    let content: Content

    init(_ step: StepDefinition<World>) { content = .step(step) }
    init(_ hook: HookDefinition<World>) { content = .hook(hook) }
    init(_ hook: RunHookDefinition) { content = .runHook(hook) }
    init(_ parameterType: ErasedParameterType) { content = .parameterType(parameterType) }
}

/// Collects the definitions that stand one below the other in a ``StepLibrary``.
@resultBuilder
public enum StepLibraryBuilder<World: Sendable> {
    public typealias Parts = [StepLibraryPart<World>]

    public static func buildExpression(_ step: StepDefinition<World>) -> Parts { [StepLibraryPart(step)] }
    public static func buildExpression(_ hook: Before<World>) -> Parts { [StepLibraryPart(hook.hook)] }
    public static func buildExpression(_ hook: After<World>) -> Parts { [StepLibraryPart(hook.hook)] }
    public static func buildExpression(_ hook: BeforeRun) -> Parts { [StepLibraryPart(hook.hook)] }
    public static func buildExpression(_ hook: AfterRun) -> Parts { [StepLibraryPart(hook.hook)] }
    public static func buildExpression(_ hook: BeforeStep<World>) -> Parts { [StepLibraryPart(hook.hook)] }
    public static func buildExpression(_ hook: AfterStep<World>) -> Parts { [StepLibraryPart(hook.hook)] }
    public static func buildExpression<Value>(_ type: ParameterType<Value>) -> Parts { [StepLibraryPart(type.erased)] }
    public static func buildExpression(_ library: StepLibrary<World>) -> Parts { library.parts }
    public static func buildBlock(_ parts: Parts...) -> Parts { parts.flatMap(\.self) }
    public static func buildOptional(_ parts: Parts?) -> Parts { parts ?? [] }
    public static func buildEither(first parts: Parts) -> Parts { parts }
    public static func buildEither(second parts: Parts) -> Parts { parts }
    public static func buildArray(_ parts: [Parts]) -> Parts { parts.flatMap(\.self) }
}
