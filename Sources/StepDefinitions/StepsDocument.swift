/// The definitions of a library as other programs read them: what `assay steps --format json` prints.
///
/// `parameterTypes` has the shape of the setting `cucumber.parameterTypes` of Cucumber's language server.
package struct StepsDocument: Codable, Hashable, Sendable {
    /// One step definition.
    package struct Step: Codable, Hashable, Sendable {
        /// The pattern as it was written.
        package let expression: String
        /// `cucumber` or `regular`.
        package let syntax: String
        /// What the step does.
        package let documentation: String
        /// The module and the file, such as `MySteps/Network.swift`.
        package let file: String
        /// The line, from 1.
        package let line: Int
        /// The types that the closure takes behind the world.
        package let arguments: [String]
    }

    /// One parameter of the suite's own.
    package struct Parameter: Codable, Hashable, Sendable {
        /// The name between the braces.
        package let name: String
        /// What it matches.
        package let regexp: String
    }

    /// The version of this format.
    package var version = 1
    /// The parameters of the suite's own, in the order of definition.
    package let parameterTypes: [Parameter]
    /// The steps, in the order of definition.
    package let steps: [Step]

    /// Lists the definitions of a library.
    package init<World>(_ library: StepLibrary<World>) {
        parameterTypes = library.parameterTypeSummaries.map { type in
            let isOne = type.patterns.count == 1
            let regexp = isOne ? type.patterns[0] : type.patterns.map { "(?:\($0))" }.joined(separator: "|")
            return Parameter(name: type.name, regexp: regexp)
        }
        steps = library.summaries.map { step in
            Step(
                expression: step.pattern,
                syntax: step.isRegularExpression ? "regular" : "cucumber",
                documentation: step.documentation,
                file: step.place.fileID,
                line: step.place.line,
                arguments: step.argumentTypes
            )
        }
    }
}
