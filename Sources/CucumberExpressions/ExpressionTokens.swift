/// A piece of a Cucumber Expression: a run of text or of blanks, or one special character.
struct ExpressionToken: Hashable, Sendable {
    enum Kind: Sendable {
        case startOfLine, endOfLine, blank, text
        case beginOptional, endOptional, beginParameter, endParameter, alternation
    }

    let kind: Kind
    /// The text without backslashes.
    let text: String
    /// The first character and the one behind the last, backslashes counted.
    let place: ExpressionError.Place

    /// Splits an expression into pieces, between a start and an end of no length.
    static func split(_ expression: String) throws(ExpressionError) -> [ExpressionToken] {
        let characters = Array(expression.unicodeScalars)
        var tokens = [ExpressionToken(kind: .startOfLine, text: "", place: .init(start: 0, end: 0))]
        var text = String.UnicodeScalarView()
        var current: (kind: Kind, start: Int)?
        var index = 0
        func close(at end: Int) {
            guard let (kind, start) = current else { return }
            tokens.append(ExpressionToken(kind: kind, text: String(text), place: .init(start: start, end: end)))
            text = String.UnicodeScalarView()
            current = nil
        }
        while index < characters.count {
            let start = index
            var character = characters[index]
            var kind = Self.kind(of: character)
            if character == "\\" {
                index += 1
                guard index < characters.count else { throw .escapedEnd(expression, at: characters.count - 1) }
                character = characters[index]
                guard Self.kind(of: character) != .text || character == "\\" else {
                    throw .unescapable(expression, at: index)
                }
                kind = .text
            }
            index += 1
            if let open = current, open.kind == kind, kind == .text || kind == .blank {
                text.append(character)
            } else {
                close(at: start)
                current = (kind, start)
                text.append(character)
            }
        }
        close(at: characters.count)
        let end = ExpressionError.Place(start: characters.count, end: characters.count)
        return tokens + [ExpressionToken(kind: .endOfLine, text: "", place: end)]
    }

    private static func kind(of character: Unicode.Scalar) -> Kind {
        switch character {
        case "(": .beginOptional
        case ")": .endOptional
        case "{": .beginParameter
        case "}": .endParameter
        case "/": .alternation
        case _ where character.properties.isWhitespace: .blank
        default: .text
        }
    }
}
