package import Diagnostics
package import Verdicts

/// A place where scenarios run, one at a time, apart from everything else.
package protocol ScenarioWorker<Settings>: Sendable {
    /// What the worker's world is made of.
    associatedtype Settings: Codable & Sendable

    /// Runs one scenario.
    ///
    /// - Parameters:
    ///   - job: The scenario, and where its evidence goes.
    ///   - mayBegin: Returns when a job that waits is to begin, and whether it is; a job that isn't ends without a verdict
    ///     that anybody looks at.
    ///   - handle: Takes the worker's events, in order, one after the other.
    /// - Returns: What the scenario proves.
    /// - Throws: Why there is no verdict: the worker could not start, crashed, or broke its protocol.
    func run(
        _ job: WorkerJob<Settings>,
        mayBegin: @escaping @Sendable () async throws -> Bool,
        handle: @escaping @Sendable (WorkerEvent) async throws -> Void
    ) async throws -> Verdict
}

/// A reason why a worker gave no verdict.
package enum WorkerError: ExplainedError, Equatable {
    case foreignMessage
    case badLine(String)
    case silent(Duration)
    /// The scenario was prepared, and then not begun.
    case notBegun

    package var blame: Blame { .harness }

    package var summary: String {
        switch self {
        case .foreignMessage: "A worker sent a message that does not belong to its own scenario."
        case .badLine(let line): "A worker sent a line that is no event: \(line.prefix(200).debugDescription)"
        case .silent(let limit): "A worker said nothing for \(limit), longer than any step may take."
        case .notBegun: "The scenario was prepared, and the run ended before its turn."
        }
    }
}
