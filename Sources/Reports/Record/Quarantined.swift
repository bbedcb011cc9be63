package import Verdicts

extension ScenarioResult {
    /// Why a failure of it holds nothing up; absent when it does, and before it has ended.
    package var quarantine: Quarantine? { verdict?.quarantine }

    /// Whether it did not pass, and its quarantine excuses that.
    package var isExcused: Bool { verdict?.isExcused ?? false }

    /// Whether it did not pass, and that counts.
    package var isProblem: Bool { (outcome?.isProblem ?? true) && !isExcused }

    /// How it ended in words, such as `failed, quarantined`.
    package var outcomeWords: String {
        let word = outcome?.rawValue ?? "open"
        return isExcused ? "\(word), quarantined" : word
    }
}

extension Quarantine {
    /// Who sees to it, and how long the exemption holds.
    var term: String { "\(owner), last day \(expires)" }

    /// All of it in one line: `The till sticks. (kim, last day 2026-03-31, https://bugs/7)`.
    var sentence: String { "\(reason) (\(term)\(bug.map { ", \($0)" } ?? ""))" }
}
