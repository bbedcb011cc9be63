package import CucumberMessages
package import Diagnostics

/// What is wrong with a feature file: every error in it, in the order in which the file was read.
package struct GherkinError: ExplainedError, Hashable {
    /// The errors in the wording of the official implementations.
    ///
    /// Reading stops after the eleventh, as it does there.
    package let errors: [ParseError]

    /// The file's path.
    package var uri: String { errors.first?.source.uri ?? "" }
    package var blame: Blame { .testAuthor }
    package var summary: String {
        "\(uri) can't be read as Gherkin: \(errors.count == 1 ? "one error" : "\(errors.count) errors")."
    }
    package var context: [String] { errors.map { "\(uri) \($0.message)" } }
    package var hint: String? {
        errors.contains { $0.message.contains("Language not supported") }
            ? "Correct the `# language:` line at the top; without one the language is English." : nil
    }
}
