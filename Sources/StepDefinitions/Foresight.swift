/// What can be told of a scenario before it runs: notes that one of its steps leaves for later ones when a plan is made.
///
/// ```swift
/// When("I type {string}", whenPlanned: { (plan: inout Foresight, text: String) in
///     try plan[ForeseenKeyboard.self].check(typing: text)
/// }) { (system: LiveSystem, text: String) async throws in … }
/// ```
/// A plan begins with what is known of the system, and goes through the steps in the order in which they run, with those of
/// the checkpoint before them. What a step throws then is an error of the plan, and no machine starts.
public struct Foresight: Sendable {
    private var states: [ObjectIdentifier: any ForeseenState] = [:]

    /// Creates the foresight of a scenario of which nothing is known.
    public init() {}

    /// What is known of one thing.
    public subscript<State: ForeseenState>(_ type: State.Type) -> State {
        get { states[ObjectIdentifier(type)] as? State ?? State() }
        set { states[ObjectIdentifier(type)] = newValue }
    }
}

/// What a plan can know of one thing ahead of the steps.
public protocol ForeseenState: Sendable {
    /// What is known when nobody has said anything.
    init()
}
