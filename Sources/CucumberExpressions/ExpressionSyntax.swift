/// A node of the syntax tree of a Cucumber Expression.
struct ExpressionNode: Hashable, Sendable {
    indirect enum Content: Hashable, Sendable {
        case text(String)
        case optional([ExpressionNode])
        case alternation([ExpressionNode])
        case alternative([ExpressionNode])
        case parameter(String)
        /// The bar of an alternation; gone when the alternation is complete.
        case separator
    }

    let content: Content
    let place: ExpressionError.Place

    var isText: Bool { if case .text = content { true } else { false } }

    /// The text of a text node.
    var literal: String { if case .text(let text) = content { text } else { "" } }
}

/// Reads Cucumber Expressions.
///
/// ```
/// expression  := ( alternation | optional | parameter | text )*
/// alternation := alternative ( '/' alternative )+        between blanks, parameters and the ends of the line
/// alternative := ( optional | parameter | text )+
/// optional    := '(' text+ ')'
/// parameter   := '{' name '}'
/// ```
struct ExpressionParser {
    /// What may be nested in a node that is being read.
    private enum Scope: Equatable { case line, alternation, optional(depth: Int) }

    /// Optionals in optionals are an error anyway; this bounds the reading of them.
    private static let greatestDepth = 50

    private let expression: String
    private let tokens: [ExpressionToken]
    private var position = 1

    static func parse(_ expression: String) throws(ExpressionError) -> [ExpressionNode] {
        var parser = ExpressionParser(expression, tokens: try ExpressionToken.split(expression))
        var nodes: [ExpressionNode] = []
        while parser.current.kind != .endOfLine {
            if let alternation = try parser.alternation() {
                nodes.append(alternation)
            } else {
                nodes.append(try parser.node(in: .line))
            }
        }
        return nodes
    }

    private init(_ expression: String, tokens: [ExpressionToken]) {
        self.expression = expression
        self.tokens = tokens
    }

    private var current: ExpressionToken { tokens[position] }

    /// Reads one node that is no alternation.
    private mutating func node(in scope: Scope) throws(ExpressionError) -> ExpressionNode {
        let token = current
        switch token.kind {
        case .beginOptional:
            if case .optional(let depth) = scope { return try optional(depth: depth + 1) }
            return try optional(depth: 1)
        case .beginParameter: return try parameter()
        case .alternation where scope == .alternation:
            position += 1
            return ExpressionNode(content: .separator, place: token.place)
        case .alternation:
            throw .alternationInOptional(expression, token.place)
        case .startOfLine, .endOfLine, .blank, .text, .endOptional, .endParameter:
            position += 1
            return ExpressionNode(content: .text(token.text), place: token.place)
        }
    }

    private mutating func optional(depth: Int) throws(ExpressionError) -> ExpressionNode {
        let begin = current
        position += 1
        var nodes: [ExpressionNode] = []
        while current.kind != .endOptional, current.kind != .endOfLine {
            if depth > Self.greatestDepth { throw .optionalInOptional(expression, current.place) }
            nodes.append(try node(in: .optional(depth: depth)))
        }
        guard current.kind == .endOptional else {
            throw .missingEnd(expression, begin.place, begin: "(", end: ")", purpose: "optional text")
        }
        let place = ExpressionError.Place(start: begin.place.start, end: current.place.end)
        position += 1
        return ExpressionNode(content: .optional(nodes), place: place)
    }

    private mutating func parameter() throws(ExpressionError) -> ExpressionNode {
        let begin = current
        position += 1
        var name = ""
        while current.kind != .endParameter, current.kind != .endOfLine {
            guard current.kind == .text || current.kind == .blank else { throw .invalidName(expression, current.place) }
            name += current.text
            position += 1
        }
        guard current.kind == .endParameter else {
            throw .missingEnd(expression, begin.place, begin: "{", end: "}", purpose: "a parameter")
        }
        let place = ExpressionError.Place(start: begin.place.start, end: current.place.end)
        position += 1
        return ExpressionNode(content: .parameter(name), place: place)
    }

    /// Reads an alternation, or nothing when there is none here.
    private mutating func alternation() throws(ExpressionError) -> ExpressionNode? {
        guard [.startOfLine, .blank, .endParameter].contains(tokens[position - 1].kind) else { return nil }
        let start = position
        var alternatives: [[ExpressionNode]] = [[]]
        var bounds = [current.place.start]
        var ends: [Int] = []
        while ![.blank, .endOfLine, .beginParameter].contains(current.kind) {
            let node = try node(in: .alternation)
            if case .separator = node.content {
                ends.append(node.place.start)
                bounds.append(node.place.end)
                alternatives.append([])
            } else {
                alternatives[alternatives.count - 1].append(node)
            }
        }
        guard alternatives.count > 1 else {
            position = start
            return nil
        }
        ends.append(current.place.start)
        let nodes = alternatives.indices.map { index in
            ExpressionNode(
                content: .alternative(alternatives[index]),
                place: .init(start: bounds[index], end: ends[index])
            )
        }
        let place = ExpressionError.Place(start: bounds[0], end: current.place.start)
        return ExpressionNode(content: .alternation(nodes), place: place)
    }
}
