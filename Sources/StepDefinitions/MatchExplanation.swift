/// Which step a text matches, and with what arguments: what `assay steps match` tells.
package struct MatchExplanation: Hashable, Sendable, Codable {
    /// A definition that matches.
    package struct Match: Hashable, Sendable, Codable {
        /// The definition.
        package let step: StepSummary
        /// What it takes from the text, from the left.
        package let arguments: [Argument]
    }

    /// A part of the text that a definition takes.
    package struct Argument: Hashable, Sendable, Codable {
        /// The name of the parameter; absent for a group of a regular expression that fits none.
        package let parameter: String?
        /// The text; absent where an optional group took no part.
        package let text: String?
        /// The type that the closure takes.
        package let type: String
    }

    /// The text.
    package let text: String
    /// The definitions that match it: one, unless something is wrong.
    package let matches: [Match]
    /// Why the one definition can't run with these arguments.
    package let problem: String?
    /// The patterns that come closest, when none matches.
    package let nearest: [String]
    /// Code that would define the step, when none matches.
    package let snippet: String?

    /// Whether the text would run.
    package var isDefined: Bool { matches.count == 1 && problem == nil }

    /// The explanation for people.
    package var lines: [String] {
        var lines: [String] = []
        if matches.count > 1 { lines.append("\(text.debugDescription) is ambiguous: \(matches.count) steps match it.") }
        for match in matches {
            lines.append(match.step.pattern)
            if !match.step.documentation.isEmpty { lines.append("    \(match.step.documentation)") }
            lines.append("    defined at \(match.step.place)")
            for (number, argument) in match.arguments.enumerated() {
                let name = argument.parameter.map { "{\($0)}" } ?? "group"
                let value = argument.text.map(\.debugDescription) ?? "nothing"
                lines.append("    \(number + 1). \(name) = \(value), as \(argument.type)")
            }
            for type in match.step.argumentTypes.dropFirst(match.arguments.count) {
                lines.append("    and below the step: \(type)")
            }
        }
        if let problem { lines.append("It can't run like this: \(problem)") }
        guard matches.isEmpty else { return lines }
        lines.append("\(text.debugDescription) is undefined.")
        lines += nearest.prefix(3).map { "    close to it: \($0)" }
        if let snippet { lines += ["It could be defined by", snippet] }
        return lines
    }
}

extension StepLibrary {
    /// Explains which step a text matches.
    package func explain(_ text: String) -> MatchExplanation {
        let library = compiled
        func explained(_ step: PreparedStep<World>) -> MatchExplanation.Match? {
            guard let definition = library.steps.first(where: { $0.id == step.definitionId }) else { return nil }
            let summary = definition.summary
            let arguments = zip(step.arguments, summary.argumentTypes).map { argument, type in
                MatchExplanation.Argument(
                    parameter: argument.parameterTypeName,
                    text: argument.group.value,
                    type: type
                )
            }
            return MatchExplanation.Match(step: summary, arguments: arguments)
        }
        switch match(text) {
        case .one(let step):
            let takesBlock = library.steps.contains {
                $0.id == step.definitionId && $0.definition.arguments.contains { $0.origin.source != .text }
            }
            return MatchExplanation(
                text: text,
                matches: [explained(step)].compactMap(\.self),
                // What stands below a step is not known here.
                problem: takesBlock ? nil : step.problem(with: nil)?.summary,
                nearest: [],
                snippet: nil
            )
        case .ambiguous(let steps):
            let matches = steps.compactMap(explained)
            return MatchExplanation(text: text, matches: matches, problem: nil, nearest: [], snippet: nil)
        case .undefined(let nearest, let snippet):
            return MatchExplanation(text: text, matches: [], problem: nil, nearest: nearest, snippet: snippet)
        }
    }
}
