package import CucumberExpressions
public import Diagnostics
package import TagExpressions

/// A mistake in the definitions of a suite, found before anything runs.
public struct LibraryProblem: ExplainedError {
    /// Where the definition is.
    public let place: SourcePlace
    package let kind: Kind

    package enum Kind: Sendable {
        /// The pattern can't be read.
        case pattern(ExpressionError)
        /// The closure takes more or fewer values than the pattern captures.
        case arity(pattern: String, captured: Int, taken: Int)
        /// The closure takes a type that the parameter doesn't give.
        case type(pattern: String, parameter: String, gives: String, takes: String)
        /// A table or doc string is not at the end of the arguments, or there are two of a kind.
        case misplaced(pattern: String, type: String)
        /// Two definitions have the same pattern.
        case duplicate(pattern: String, first: SourcePlace)
        /// A parameter type can't be used.
        case parameter(ParameterKindError)
        /// A hook's tag expression can't be read.
        case tags(TagExpressionError)
    }

    public var blame: Blame { .testAuthor }

    public var summary: String {
        switch kind {
        case .pattern(let error): "\(place): \(error.summary)"
        case .arity(let pattern, let captured, let taken):
            "\(place): The step \"\(pattern)\" captures \(count(captured)), but its closure takes \(count(taken))."
        case .type(let pattern, let parameter, let gives, let takes):
            "\(place): In the step \"\(pattern)\" \(parameter) gives \(gives), but the closure takes \(takes)."
        case .misplaced(let pattern, let type):
            "\(place): The closure of the step \"\(pattern)\" takes a \(type) that is not its one last argument."
        case .duplicate(let pattern, let first):
            "\(place): The step \"\(pattern)\" is defined already, at \(first)."
        case .parameter(let error): "\(place): \(error.summary)"
        case .tags(let error): "\(place): \(error.summary)"
        }
    }

    public var context: [String] {
        if case .pattern(let error) = kind { error.context } else { [] }
    }

    public var hint: String? {
        switch kind {
        case .pattern(let error): error.hint
        case .arity: "Let the closure take the world first, then one value per parameter of the pattern."
        case .type(_, _, let gives, _): "Let the closure take \(gives), or use another parameter."
        case .misplaced: "Let tables and doc strings come last, at most one of each."
        case .duplicate: "Delete one of the two, or make their texts differ."
        case .parameter: nil
        case .tags(let error): error.hint
        }
    }

    private func count(_ values: Int) -> String {
        values == 1 ? "1 value" : "\(values) values"
    }
}
