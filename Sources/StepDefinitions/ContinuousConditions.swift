public import Diagnostics

/// Demands that something holds from now on until the scenario's last step has ended.
///
/// ```swift
/// Given("the clock is shown throughout") { (system: LiveSystem) async throws in
///     try await throughout("the clock is shown", every: .seconds(2)) { try await system.panel.expectClock() }
/// }
/// ```
/// What does not hold at once fails the step. Later it ends the scenario, whatever its steps then do; the verdict tells
/// of each condition, also of those that held. It is asked a last time when all steps have passed.
///
/// - Parameters:
///   - name: What has to hold, in words fit for a report.
///   - period: How long to wait between two checks.
///   - fileID: The file of the demand.
///   - line: The line of the demand.
///   - check: Throws when it does not hold.
/// - Throws: The error of the first check.
public func throughout(
    _ name: String,
    every period: Duration = .seconds(1),
    fileID: String = #fileID,
    line: Int = #line,
    _ check: @escaping @Sendable () async throws -> Void
) async throws {
    try await check()
    let place = SourcePlace(fileID: fileID, line: line)
    try StepContext.current.open(OpenedCondition(name: name, place: place, proof: .checks(period, check)))
}

/// Demands that something holds until the scenario's last step has ended, by watching for the moment when it breaks.
///
/// - Parameters:
///   - name: What has to hold, in words fit for a report.
///   - fileID: The file of the demand.
///   - line: The line of the demand.
///   - watch: Throws as soon as it does not hold, and else runs until it is cancelled; one that returns proves nothing.
/// - Throws: When no scenario runs, or one whose end state is kept.
public func throughout(
    _ name: String,
    fileID: String = #fileID,
    line: Int = #line,
    watching watch: @escaping @Sendable () async throws -> Void
) throws {
    let place = SourcePlace(fileID: fileID, line: line)
    try StepContext.current.open(OpenedCondition(name: name, place: place, proof: .watch(watch)))
}

/// Demands that something holds while a part of a step runs, which is cancelled when it does not.
///
/// ```swift
/// try await holding("the window stays open", { try await window.expectOpen() }) {
///     try await system.screen.keyboard.type(text)
/// }
/// ```
///
/// - Parameters:
///   - name: What has to hold, in words fit for a report.
///   - period: How long to wait between two checks.
///   - clock: What the period goes by.
///   - check: Throws when it does not hold; called before `body`, meanwhile, and after it.
///   - body: What runs.
/// - Returns: What `body` returned.
/// - Throws: A ``ConditionError``, or the error of `body`.
public func holding<Value: Sendable>(
    _ name: String,
    every period: Duration = .seconds(1),
    clock: any Clock<Duration> = ContinuousClock(),
    _ check: @escaping @Sendable () async throws -> Void,
    while body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let demand: @Sendable () async throws -> Void = {
        do { try await check() } catch is CancellationError { throw CancellationError() } catch {
            throw ConditionError.broken(name, cause: error)
        }
    }
    try await demand()
    let value = try await withThrowingTaskGroup(of: Value?.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await body() }
        group.addTask {
            while true {
                try await clock.sleep(for: period)
                try await demand()
            }
        }
        while let ended = try await group.next() {
            if let ended { return ended }
        }
        throw CancellationError()
    }
    try await demand()
    return value
}

/// A condition that a step opened.
package struct OpenedCondition: Sendable {
    /// How it is known to hold.
    package enum Proof: Sendable {
        /// By asking again and again, with a pause in between.
        case checks(Duration, @Sendable () async throws -> Void)
        /// By watching for the moment when it breaks.
        case watch(@Sendable () async throws -> Void)
    }

    /// What has to hold.
    package let name: String
    /// Where it was demanded.
    package let place: SourcePlace
    /// How it is known to hold.
    package let proof: Proof
}

/// A condition that did not hold, or that can't be watched.
public enum ConditionError: ExplainedError {
    /// It held at first, and then no more.
    case broken(String, cause: any Error)
    /// A watch ended by itself, so that nothing is known of what came after it.
    case watchEnded(String)
    /// There is no scenario in which it could hold.
    case noScenario(String)
    /// It was demanded by something that runs when the last step has ended.
    case tooLate(String)
    /// The scenario's end state is kept; the condition would not hold on in those that start from it.
    case inCheckpoint(String)

    public var blame: Blame {
        switch self {
        case .broken(_, let cause): (cause as? any ExplainedError)?.blame ?? .testAuthor
        case .watchEnded, .noScenario, .tooLate, .inCheckpoint: .testAuthor
        }
    }

    public var summary: String {
        switch self {
        case .broken(let name, let cause):
            "It had to hold throughout that \(name), and it held no more: \(summaryText(of: cause))"
        case .watchEnded(let name):
            "It had to be watched throughout that \(name), and the watch ended before the scenario."
        case .noScenario(let name):
            "That \(name) can only be demanded throughout a scenario, and none is running."
        case .tooLate(let name):
            "That \(name) can only be demanded until the scenario's last step has ended."
        case .inCheckpoint(let name):
            "That \(name) is demanded by a step of a checkpoint, and would not hold on in scenarios that start from it."
        }
    }

    public var context: [String] {
        if case .broken(_, let cause as any ExplainedError) = self { cause.context } else { [] }
    }

    public var hint: String? {
        switch self {
        case .broken(_, let cause): (cause as? any ExplainedError)?.hint
        case .watchEnded: "Let the closure run until it is cancelled."
        case .noScenario, .tooLate: "Use holding(_:every:_:while:), which needs no scenario."
        case .inCheckpoint: "Demand it in a hook before scenarios, or in the scenario's own steps."
        }
    }
}
