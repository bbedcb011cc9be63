import LeakPolicy

// The report for people.
extension LeakSelfTestReport {
    /// What failed, and a line that says how much was tried.
    package var text: String {
        var lines: [String] = []
        for result in results where !result.passed {
            lines.append("failed  \(result.check.rawValue)")
            lines.append("  leak       \(result.leak): \(Self.words(result.firedOnLeak))")
            lines.append("  neighbour  \(result.neighbour): \(Self.words(result.firedOnNeighbour))")
        }
        lines += untried.map { "untried  \($0.rawValue)" }
        let checks = Set(results.map(\.check)).count
        let failed = results.count { !$0.passed }
        lines.append("\(checks) checks, \(results.count) trials, \(failed) failed, \(untried.count) checks untried")
        return lines.joined(separator: "\n") + "\n"
    }

    /// A page with a table of checks and the trials that prove them.
    package var markdown: String {
        var lines = [
            "# What the leak judge checks, and how each check is proved",
            "",
            "Made by `assay leaks --self-test --format markdown`, which a unit test compares with this page. `assay leaks",
            "--self-test`, and every run when it begins, provokes each check with the traffic of the second column, and",
            "sends its nearest innocent neighbour of the third, of which nothing may be reported.",
            "",
        ]
        lines += ["| check | must be reported | must stay quiet | proved |", "| --- | --- | --- | --- |"]
        for check in LeakCheck.allCases {
            let trials = results.filter { $0.check == check }
            if trials.isEmpty { lines.append("| `\(check.rawValue)` | | | **untried** |") }
            for trial in trials {
                let proved = trial.passed ? "yes" : "**no**"
                lines.append("| `\(check.rawValue)` | \(trial.leak) | \(trial.neighbour) | \(proved) |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func words(_ checks: [LeakCheck]) -> String {
        checks.isEmpty ? "nothing was reported" : checks.map(\.rawValue).joined(separator: ", ")
    }
}
