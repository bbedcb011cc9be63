/// Reads tag expressions with two stacks (the shunting yard), so that no nesting exhausts the call stack.
struct TagExpressionParser {
    private enum Operator: Equatable {
        case open, not, and, or

        var precedence: Int {
            switch self {
            case .open: -1
            case .or: 0
            case .and: 1
            case .not: 2
            }
        }
    }

    /// Deeper nesting than this is refused, since evaluating it needs as much of the call stack.
    private static let greatestDepth = 500

    private static let comma = """
        An invalid tag combination operator was detected. The use of a comma (",") to combine tags is not \
        supported. Please replace it with either the "or" or "and" operators for tag combinations. For example, \
        use "@tag1 or @tag2" or "@tag1 and @tag2"
        """

    private let source: String
    private var operands: [(node: TagExpression.Node, depth: Int)] = []
    private var operators: [Operator] = []
    private var expectsOperand = true

    init(_ source: String) {
        self.source = source
    }

    mutating func parse() throws(TagExpressionError) -> TagExpression.Node {
        let tokens = try tokens()
        guard !tokens.isEmpty else { return .everything }
        for token in tokens {
            switch token {
            case "(":
                try expect(operand: true)
                operators.append(.open)
            case ")":
                try expect(operand: false)
                while let top = operators.last, top != .open { try reduce() }
                guard operators.popLast() != nil else { throw error("Unmatched ).") }
            case "not":
                try expect(operand: true)
                operators.append(.not)
            case "and", "or":
                try expect(operand: false)
                let this: Operator = token == "and" ? .and : .or
                while let top = operators.last, top.precedence >= this.precedence { try reduce() }
                operators.append(this)
                expectsOperand = true
            default:
                // In a feature an `@` begins the next tag, so that none has a `,@` inside.
                if token.contains(",@") { throw error(Self.comma) }
                try expect(operand: true)
                operands.append((.tag(Self.unescaped(token)), 1))
                expectsOperand = false
            }
        }
        try expect(operand: false)
        while let top = operators.last {
            if top == .open { throw error("Unmatched (.") }
            try reduce()
        }
        return operands.last?.node ?? .everything
    }

    private func expect(operand: Bool) throws(TagExpressionError) {
        if operand != expectsOperand { throw error(expectsOperand ? "Expected operand." : "Expected operator.") }
    }

    private mutating func reduce() throws(TagExpressionError) {
        guard let top = operators.popLast(), let right = operands.popLast() else { throw error("Expected operand.") }
        var depth = right.depth + 1
        let node: TagExpression.Node
        if top == .not {
            node = .not(right.node)
        } else {
            guard let left = operands.popLast() else { throw error("Expected operand.") }
            depth = max(depth, left.depth + 1)
            node = top == .and ? .and(left.node, right.node) : .or(left.node, right.node)
        }
        if depth > Self.greatestDepth { throw error("More than \(Self.greatestDepth) operators are nested.") }
        operands.append((node, depth))
    }

    /// Splits at blanks and parentheses that have no backslash before them; the backslashes stay.
    private func tokens() throws(TagExpressionError) -> [String] {
        var tokens: [String] = []
        var token = ""
        var isEscaped = false
        for character in source.unicodeScalars {
            if isEscaped {
                guard "()\\".unicodeScalars.contains(character) || character.properties.isWhitespace else {
                    throw error("Illegal escape before \"\(character)\".")
                }
                token.unicodeScalars += ["\\", character]
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "(" || character == ")" || character.properties.isWhitespace {
                if !token.isEmpty { tokens.append(token) }
                token = ""
                if !character.properties.isWhitespace { tokens.append(String(character)) }
            } else {
                token.unicodeScalars.append(character)
            }
        }
        if isEscaped { throw error("Illegal escape at the end.") }
        if !token.isEmpty { tokens.append(token) }
        return tokens
    }

    private static func unescaped(_ token: String) -> String {
        var name = String.UnicodeScalarView()
        var isEscaped = false
        for character in token.unicodeScalars {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                name.append(character)
                isEscaped = false
            }
        }
        return String(name)
    }

    private func error(_ problem: String) -> TagExpressionError {
        TagExpressionError(expression: source, problem: problem)
    }
}
