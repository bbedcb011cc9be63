import Diagnostics
import Foundation
import PastRuns
import Reports
import ScenarioRunner

/// The newest run in `runs/`.
enum LastRun {
    /// The scenarios that did not pass in it.
    ///
    /// - Throws: ``LastRunError`` when there is no run, or nothing of it that did not pass.
    static func unpassed(in directory: String) throws -> [ScenarioKey] {
        guard FileManager.default.fileExists(atPath: "\(directory)/messages.ndjson") else {
            throw LastRunError.none(directory)
        }
        let unpassed = try RunRecord(readFrom: "\(directory)/messages.ndjson").unpassed
        guard !unpassed.isEmpty else { throw LastRunError.allPassed(directory) }
        return unpassed
    }
}

/// A reason why there is nothing to be run again.
enum LastRunError: ExplainedError, Equatable {
    case none(String)
    case allPassed(String)

    var blame: Blame { .testAuthor }

    var summary: String {
        switch self {
        case .none(let directory): "--last-failed needs an earlier run, and there is none at \(directory)."
        case .allPassed(let directory): "--last-failed needs a scenario that did not pass, and in \(directory) all did."
        }
    }

    var hint: String? { "Leave --last-failed out to run everything." }
}
