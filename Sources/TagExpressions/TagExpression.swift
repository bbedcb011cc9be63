/// A condition on tags, such as `@smoke and not (@slow or @wip)`.
///
/// The language is that of the official tag expressions: `not` binds before `and`, `and` before `or`; a backslash takes
/// the meaning from a parenthesis, a blank or a backslash.
package struct TagExpression: Sendable, Hashable {
    /// The expression as it was written.
    package let source: String
    private let root: Node

    indirect enum Node: Sendable, Hashable {
        case everything
        case tag(String)
        case not(Node)
        case and(Node, Node)
        case or(Node, Node)
    }

    /// Reads an expression; an empty one holds for everything.
    ///
    /// - Throws: A ``TagExpressionError`` in the official wording.
    package init(_ source: String) throws(TagExpressionError) {
        self.source = source
        var parser = TagExpressionParser(source)
        root = try parser.parse()
    }

    /// Tells whether the expression holds for something with these tags; each has its `@`.
    package func matches(_ tags: some Sequence<String>) -> Bool {
        let tags = Set(tags)
        func holds(_ node: Node) -> Bool {
            switch node {
            case .everything: true
            case .tag(let name): tags.contains(name)
            case .not(let operand): !holds(operand)
            case .and(let left, let right): holds(left) && holds(right)
            case .or(let left, let right): holds(left) || holds(right)
            }
        }
        return holds(root)
    }

    /// The expression with all its parentheses, as the official implementations print it.
    package var formatted: String {
        func format(_ node: Node) -> String {
            switch node {
            case .everything: return ""
            case .tag(let name):
                return name.unicodeScalars
                    .map { #"\()"#.unicodeScalars.contains($0) || $0.properties.isWhitespace ? "\\\($0)" : "\($0)" }
                    .joined()
            case .not(let operand):
                switch operand {
                case .and, .or: return "not \(format(operand))"
                default: return "not ( \(format(operand)) )"
                }
            case .and(let left, let right): return "( \(format(left)) and \(format(right)) )"
            case .or(let left, let right): return "( \(format(left)) or \(format(right)) )"
            }
        }
        return format(root)
    }
}
