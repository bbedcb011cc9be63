import Foundation

/// A finished run of `assay`: its record, and what was seen from outside.
struct AssayRun<Seen: Sendable>: Sendable {
    /// When the command was started, and when it had ended.
    let started: Double
    let ended: Double
    let record: RunRecord
    let watched: Seen

    /// What became known of the only scenario.
    ///
    /// - Throws: ``BenchError``.
    var scenario: RunRecord.Attempt {
        get throws {
            guard let attempt = record.attempts.first, record.attempts.count == 1 else {
                throw BenchError("the record holds \(record.attempts.count) scenarios instead of one")
            }
            return attempt
        }
    }
}
