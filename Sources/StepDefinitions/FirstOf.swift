public import Diagnostics

/// One of several things that may come first.
public struct Alternative<Value: Sendable>: Sendable {
    /// What it is, in words fit for a report: `the desktop`.
    public let name: String
    let wait: @Sendable () async throws -> Value

    /// Names something, and waits for it.
    public init(_ name: String, _ wait: @escaping @Sendable () async throws -> Value) {
        self.name = name
        self.wait = wait
    }
}

/// What came first.
public struct FirstOf<Value: Sendable>: Sendable {
    /// The name of the alternative.
    public let name: String
    /// What its waiting gave.
    public let value: Value
}

extension FirstOf: Equatable where Value: Equatable {}

/// Waits for several things at once until one of them comes; the waiting for the others is cancelled.
///
/// ```swift
/// let first = try await first(of: [
///     Alternative("the desktop") { try await screen.wait(for: "desktop", within: .seconds(60)) },
///     Alternative("an error") { try await screen.wait(forText: "Error", within: .seconds(60)) },
/// ])
/// ```
/// An alternative whose waiting ends with an error is out; the others are waited for. The report says what came first.
///
/// - Throws: A ``NothingCame`` when every alternative is out, or `CancellationError` when the step is cancelled.
public func first<Value: Sendable>(of alternatives: [Alternative<Value>]) async throws -> FirstOf<Value> {
    let first: FirstOf<Value> = try await withThrowingTaskGroup(
        of: (index: Int, result: Result<Value, any Error>).self
    ) { group in
        defer { group.cancelAll() }
        for (index, alternative) in alternatives.enumerated() {
            group.addTask {
                do { return (index, .success(try await alternative.wait())) } catch { return (index, .failure(error)) }
            }
        }
        var errors: [Int: any Error] = [:]
        while let (index, result) = try await group.next() {
            switch result {
            case .success(let value): return FirstOf(name: alternatives[index].name, value: value)
            case .failure(let error): errors[index] = error
            }
        }
        // A cancelled waiting says nothing of what would have come.
        try Task.checkCancellation()
        throw NothingCame(
            reasons: alternatives.enumerated().compactMap { index, alternative in
                errors[index].map { (alternative.name, $0) }
            }
        )
    }
    let others = alternatives.map(\.name).filter { $0 != first.name }
    StepContext.current.log(
        "First came \(first.name)" + (others.isEmpty ? "." : ", before \(others.joined(separator: ", ")).")
    )
    return first
}

/// None of the things came that were waited for.
public struct NothingCame: ExplainedError {
    /// What was waited for, and why each did not come.
    public let reasons: [(name: String, error: any Error)]

    /// What could not be waited for may have come: then nothing is known of the system.
    public var blame: Blame {
        Blame(ofAll: reasons.map(\.error), by: [.harness, .host, .testAuthor, .systemUnderTest])
    }
    public var summary: String {
        let names = reasons.map(\.name)
        return names.isEmpty
            ? "One of several things had to come, and none was named."
            : "One of \(names.joined(separator: ", ")) had to come, and none did."
    }
    public var context: [String] { reasons.map { "\($0.name): \(summaryText(of: $0.error))" } }
    public var hint: String? { reasons.lazy.compactMap { ($0.error as? any ExplainedError)?.hint }.first }
}

/// One sentence for an error of any kind.
func summaryText(of error: any Error) -> String { (error as? any ExplainedError)?.summary ?? "\(error)" }
