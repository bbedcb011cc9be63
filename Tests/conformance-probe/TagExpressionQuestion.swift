import TagExpressions

/// A tag expression, and sets of tags to try it with.
struct TagExpressionQuestion: Decodable {
    let source: String
    let tags: [[String]]

    /// What became of the expression.
    struct Answer: Encodable {
        var error: String?
        var formatted: String?
        /// Whether the expression holds, for each set of tags.
        var results: [Bool] = []
    }

    /// The expression as it is printed and the results, or the error.
    func answer() -> Answer {
        do {
            let expression = try TagExpression(source)
            return Answer(formatted: expression.formatted, results: tags.map { expression.matches($0) })
        } catch {
            return Answer(error: error.summary)
        }
    }
}
