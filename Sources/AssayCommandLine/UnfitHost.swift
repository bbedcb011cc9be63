import Diagnostics
import Sandbox

/// This host can't run a scenario at all, so that none is begun.
struct UnfitHost: ExplainedError {
    /// What it lacks.
    let lack: Finding

    var blame: Blame { .host }
    var summary: String { "No scenario can run on this host, for want of \(lack.subject): \(lack.explanation)" }
    var hint: String? { lack.repair.map { "Run: \($0)" } ?? "Run `assay doctor`." }
}
