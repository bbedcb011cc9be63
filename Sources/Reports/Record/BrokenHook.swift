import CucumberMessages

/// A hook around all scenarios that failed.
package struct BrokenHook: Hashable, Sendable {
    /// What it does, or where it is defined.
    package let title: String
    /// Whether it runs before all scenarios: then none of them was run.
    package let isBefore: Bool
    /// Why it failed.
    package let message: String

    /// Tells of a hook; of one that the record does not define it is told by whether scenarios have run when it was.
    init(_ hook: Hook?, id: String, message: String, scenariosHaveRun: Bool) {
        let place = hook?.sourceReference.uri.map { uri in
            "hook at \(uri)" + (hook?.sourceReference.location.map { ":\($0.line)" } ?? "")
        }
        title = hook?.name ?? place ?? id
        isBefore = hook?.type.map { $0 != .afterTestRun } ?? !scenariosHaveRun
        self.message = message
    }

    /// One sentence for a reader.
    var sentence: String {
        let when = isBefore ? "before all scenarios failed, so that none was run" : "after all scenarios failed"
        return "The hook “\(title)” \(when): \(Explanation(message).summary)"
    }
}
