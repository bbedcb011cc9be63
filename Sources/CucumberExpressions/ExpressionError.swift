package import Diagnostics

/// A pattern of a step definition that can't be read.
package struct ExpressionError: ExplainedError, Hashable {
    /// The pattern.
    package let expression: String
    /// The column of the problem, from 1, and how many characters are wrong; absent for regular expressions.
    package let place: Place?
    /// What is wrong, in the official wording.
    package let problem: String
    /// What may help, in the official wording.
    package let solution: String?

    /// Where in a pattern something is wrong, in characters (Unicode scalars).
    package struct Place: Hashable, Sendable {
        /// From 0.
        package let start: Int
        /// The character behind the last one.
        package let end: Int
    }

    package var blame: Blame { .testAuthor }
    package var summary: String {
        guard let place else { return "The pattern \(expression) has a problem: \(problem)." }
        return "This Cucumber Expression has a problem at column \(place.start + 1): \(problem)."
    }
    package var context: [String] { place.map { _ in [expression, pointer] } ?? [] }
    package var hint: String? { solution }

    /// The whole message in the form of the official implementations.
    package var officialMessage: String {
        guard let place else { return summary }
        return """
            This Cucumber Expression has a problem at column \(place.start + 1):

            \(expression)
            \(pointer)
            \(problem).
            \(solution ?? "")
            """
    }

    /// A caret under the first wrong character, and a line to the last.
    private var pointer: String {
        guard let place else { return "" }
        let caret = String(repeating: " ", count: place.start) + "^"
        let length = place.end - place.start
        return length > 1 ? caret + String(repeating: "-", count: length - 2) + "^" : caret
    }
}

// MARK: - The official texts

extension ExpressionError {
    static func unescapable(_ expression: String, at index: Int) -> Self {
        Self(
            expression: expression,
            place: Place(start: index, end: index + 1),
            problem: #"Only the characters '{', '}', '(', ')', '\', '/' and whitespace can be escaped"#,
            solution: #"If you did mean to use an '\' you can use '\\' to escape it"#
        )
    }

    static func escapedEnd(_ expression: String, at index: Int) -> Self {
        Self(
            expression: expression,
            place: Place(start: index, end: index + 1),
            problem: "The end of line can not be escaped",
            solution: #"You can use '\\' to escape the '\'"#
        )
    }

    static func missingEnd(_ expression: String, _ place: Place, begin: String, end: String, purpose: String) -> Self {
        Self(
            expression: expression,
            place: place,
            problem: "The '\(begin)' does not have a matching '\(end)'",
            solution: "If you did not intend to use \(purpose) you can use '\\\(begin)' to escape the \(purpose)"
        )
    }

    static func alternationInOptional(_ expression: String, _ place: Place) -> Self {
        Self(
            expression: expression,
            place: place,
            problem: "An alternation can not be used inside an optional",
            solution:
                #"If you did not mean to use an alternation you can use '\/' to escape the '/'. "#
                + "Otherwise rephrase your expression or consider using a regular expression instead."
        )
    }

    static func invalidName(_ expression: String, _ place: Place) -> Self {
        Self(
            expression: expression,
            place: place,
            problem: #"Parameter names may not contain '{', '}', '(', ')', '\' or '/'"#,
            solution: "Did you mean to use a regular expression?"
        )
    }

    static func emptyOptional(_ expression: String, _ place: Place) -> Self {
        Self(
            expression: expression,
            place: place,
            problem: "An optional must contain some text",
            solution: #"If you did not mean to use an optional you can use '\(' to escape the '('"#
        )
    }

    static func parameterInOptional(_ expression: String, _ place: Place) -> Self {
        Self(
            expression: expression,
            place: place,
            problem: "An optional may not contain a parameter type",
            solution: #"If you did not mean to use an parameter type you can use '\{' to escape the '{'"#
        )
    }

    static func optionalInOptional(_ expression: String, _ place: Place) -> Self {
        Self(
            expression: expression,
            place: place,
            problem: "An optional may not contain an other optional",
            solution:
                #"If you did not mean to use an optional type you can use '\(' to escape the '('. "#
                + "For more complicated expressions consider using a regular expression instead."
        )
    }

    static func emptyAlternative(_ expression: String, _ place: Place) -> Self {
        Self(
            expression: expression,
            place: place,
            problem: "Alternative may not be empty",
            solution: #"If you did not mean to use an alternative you can use '\/' to escape the '/'"#
        )
    }

    static func alternativeOfOptionals(_ expression: String, _ place: Place) -> Self {
        Self(
            expression: expression,
            place: place,
            problem: "An alternative may not exclusively contain optionals",
            solution: #"If you did not mean to use an optional you can use '\(' to escape the '('"#
        )
    }

    static func undefinedParameterType(_ expression: String, _ place: Place, name: String) -> Self {
        Self(
            expression: expression,
            place: place,
            problem: "Undefined parameter type '\(name)'",
            solution: "Please register a ParameterType for '\(name)'"
        )
    }
}
