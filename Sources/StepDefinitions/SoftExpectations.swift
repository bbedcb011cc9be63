public import Diagnostics

/// Expects something without ending the step: it goes on, and so does the scenario, which fails at its end with all
/// that was not so.
///
/// ```swift
/// expect(softly: panel.hasClock, "The panel has to show a clock, and has none.")
/// ```
public func expect(
    softly condition: Bool,
    _ message: @autoclosure () -> String,
    fileID: String = #fileID,
    line: Int = #line
) {
    guard !condition else { return }
    let error = ExpectationError(message: message(), place: SourcePlace(fileID: fileID, line: line))
    StepContext.current.note(softFailure: error)
}

/// Tries something without ending the step: an error is kept for the scenario's end.
///
/// ```swift
/// try await softly { try await system.screen.wait(forText: "Network", within: .seconds(5)) }
/// ```
///
/// - Returns: What `body` returned, or `nil` when it threw.
/// - Throws: Only what ends a step otherwise than by failing it: a ``StepSignal``, and cancellation.
@discardableResult
public func softly<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value? {
    do { return try await body() } catch let signal as StepSignal { throw signal } catch {
        // What ends because the step is ending proves nothing.
        try Task.checkCancellation()
        if error is CancellationError { throw error }
        StepContext.current.note(softFailure: error)
        return nil
    }
}

/// Something that had to be so, and was not.
public struct ExpectationError: ExplainedError, Equatable {
    /// What had to be so, and what was.
    public let message: String
    /// Where it was expected.
    public let place: SourcePlace

    public var blame: Blame { .systemUnderTest }
    public var summary: String { message }
    public var context: [String] { ["expected at \(place)"] }
}

/// Everything that was not so in one step or one scenario, though it went on.
package struct SoftFailures: ExplainedError {
    package let errors: [any Error]

    /// Collects errors, of which there has to be one.
    package init(_ errors: [any Error]) { self.errors = errors }

    /// A fault of the system is there after a retry too, so that it outranks all others.
    package var blame: Blame { Blame(ofAll: errors, by: [.systemUnderTest, .testAuthor, .harness, .host]) }
    package var summary: String {
        errors.count == 1
            ? summaryText(of: errors[0]) : "\(errors.count) things were not as expected, though the scenario went on."
    }
    package var context: [String] {
        let explained = errors.map { ($0 as? any ExplainedError)?.context ?? [] }
        guard errors.count > 1 else { return explained.first ?? [] }
        return zip(errors, explained).enumerated().flatMap { index, both in
            ["\(index + 1). \(summaryText(of: both.0))"] + both.1.map { "   \($0)" }
        }
    }
    package var hint: String? { errors.lazy.compactMap { ($0 as? any ExplainedError)?.hint }.first }
}

extension Blame {
    /// Who has to act on several errors; one that does not say is its step's.
    init(ofAll errors: [any Error], by rank: [Blame]) {
        let blames = errors.map { ($0 as? any ExplainedError)?.blame ?? .testAuthor }
        self = rank.first { blames.contains($0) } ?? .testAuthor
    }
}
