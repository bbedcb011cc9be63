/// The definitions of a library in TypeScript, for editors that read no Swift.
///
/// Cucumber's language server finds steps by parsing source code of some languages. This file says the same in one of
/// them; nobody runs it. The server takes a string as it stands, except for escaped quotation marks.
package struct GlueFile {
    /// The file's text.
    package let text: String

    /// Writes the definitions of a library.
    package init<World>(_ library: StepLibrary<World>) {
        var lines = [
            "// Made by `assay steps --format typescript`, for editors: the steps themselves are written in Swift.",
            "import { Given, defineParameterType } from '@cucumber/cucumber'",
        ]
        for type in library.parameterTypeSummaries {
            let patterns = type.patterns.map { "/\(Self.inSlashes($0))/" }.joined(separator: ", ")
            lines += ["", "// \(type.place)"]
            lines.append("defineParameterType({ name: \(Self.quoted(type.name)), regexp: [\(patterns)] })")
        }
        for step in library.summaries {
            lines.append("")
            if !step.documentation.isEmpty {
                lines.append("/** \(step.documentation.replacing("*/", with: "* /").replacing("\n", with: " ")) */")
            }
            lines.append("// \(step.place)")
            var pattern = step.pattern
            if step.isRegularExpression {
                if pattern.count > 1, pattern.hasPrefix("/"), pattern.hasSuffix("/") {
                    pattern = String(pattern.dropFirst().dropLast())
                }
                lines.append("Given(/\(Self.inSlashes(pattern))/, () => {})")
            } else {
                lines.append("Given(\(Self.quoted(pattern)), () => {})")
            }
        }
        text = lines.map { $0 + "\n" }.joined()
    }

    private static func quoted(_ text: String) -> String { "\"\(text.replacing("\"", with: "\\\""))\"" }

    /// A regular expression with every slash escaped that is not yet.
    private static func inSlashes(_ pattern: String) -> String {
        var result = ""
        var isEscaped = false
        for character in pattern {
            if character == "/", !isEscaped { result += "\\" }
            result.append(character)
            isEscaped = character == "\\" && !isEscaped
        }
        return result
    }
}
