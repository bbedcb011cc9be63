package import Diagnostics

/// A reason why there is nothing sensible to run, known before any machine starts.
package enum PlanError: ExplainedError, Equatable {
    case badPlace(String)
    case unreadable(String, reason: String)
    case parseErrors([String])
    case badSteps([String])
    case badSuite([String])
    case badName(String, reason: String)
    /// Entries of the quarantine that have ended, or that name no scenario.
    case badQuarantine([String])
    /// Lines that were asked for, and at which no scenario stands.
    case nothingAtLines([String])
    case nothingSelected

    package var blame: Blame { .testAuthor }

    package var summary: String {
        switch self {
        case .badPlace(let text):
            "A path with optional lines (features/x.feature:12) was expected, \(text.debugDescription) was given."
        case .unreadable(let path, let reason): "\(path) can't be read: \(reason)."
        case .parseErrors(let errors): "\(count(errors, "error")) in feature files."
        case .badSteps(let steps): "\(count(steps, "step")) can't be run as written."
        case .badSuite(let problems): "\(count(problems, "problem")) in step definitions."
        case .badQuarantine(let problems): "\(count(problems, "problem")) in the quarantine."
        case .badName(let pattern, let reason):
            "--name needs a regular expression, \(pattern.debugDescription) is none: \(reason)"
        case .nothingAtLines(let places):
            "Every line that is asked for needs a scenario, and \(count(places, "line")) has none."
        case .nothingSelected: "No scenario matches what was asked for."
        }
    }

    package var context: [String] {
        switch self {
        case .parseErrors(let lines), .badSteps(let lines), .badSuite(let lines), .nothingAtLines(let lines),
            .badQuarantine(let lines):
            lines
        case .badPlace, .unreadable, .badName, .nothingSelected: []
        }
    }

    package var hint: String? {
        switch self {
        case .badSteps: "Run `assay steps` to see every step there is."
        case .nothingSelected: "Check paths, lines, --tags and --name; --allow-empty lets an empty run pass."
        case .nothingAtLines: "Run `assay plan` on the file to see the lines of its scenarios."
        case .badPlace, .unreadable, .parseErrors, .badSuite, .badName, .badQuarantine: nil
        }
    }

    private func count(_ items: [String], _ noun: String) -> String {
        "\(items.count) \(noun)\(items.count == 1 ? "" : "s")"
    }
}
