/// Proposes a Cucumber Expression for the text of an undefined step.
package struct ExpressionGenerator: Sendable {
    private let patterns: [(kind: ParameterKind, pattern: CompiledPattern)]

    /// A proposal.
    package struct Proposal: Hashable, Sendable {
        /// The expression.
        package let expression: String
        /// The kinds of its parameters, from the left.
        package let kinds: [ParameterKind]
    }

    /// Creates a generator that proposes those kinds of parameters that are meant for it.
    package init(registry: ParameterRegistry) {
        patterns = registry.kinds.filter(\.useForSnippets).flatMap { kind in
            kind.patterns.compactMap { pattern in (try? CompiledPattern(pattern)).map { (kind, $0) } }
        }
    }

    /// Replaces what looks like a parameter, from the left, the longest first.
    package func propose(for text: String) -> Proposal {
        let units = Array(text.utf16)
        var expression = ""
        var kinds: [ParameterKind] = []
        var position = 0
        while position < units.count {
            var best: (kind: ParameterKind, start: Int, length: Int)?
            for (kind, pattern) in patterns {
                guard let range = Self.wholeMatch(of: pattern, in: text, units, from: position) else { continue }
                let isBetter =
                    best.map { best in
                        range.lowerBound != best.start ? range.lowerBound < best.start : range.count > best.length
                    } ?? true
                if isBetter { best = (kind, range.lowerBound, range.count) }
            }
            guard let best else { break }
            expression += Self.escaped(units[position..<best.start]) + "{\(best.kind.name)}"
            kinds.append(best.kind)
            position = best.start + best.length
        }
        expression += Self.escaped(units[min(position, units.count)...])
        return withoutAnchors(expression, kinds)
    }

    /// Puts a parameter in the place of a `^` in front or a `$` at the end, which would make it a regular expression.
    private func withoutAnchors(_ expression: String, _ kinds: [ParameterKind]) -> Proposal {
        var (expression, kinds) = (expression, kinds)
        if expression.unicodeScalars.first == "^" {
            expression = "{}" + String(expression.unicodeScalars.dropFirst())
            kinds.insert(.anonymous, at: 0)
        }
        if expression.unicodeScalars.last == "$" {
            expression = String(expression.unicodeScalars.dropLast()) + "{}"
            kinds.append(.anonymous)
        }
        return Proposal(expression: expression, kinds: kinds)
    }

    /// Finds a match that stands alone: a number inside a word is no parameter.
    private static func wholeMatch(
        of pattern: CompiledPattern,
        in text: String,
        _ units: [UInt16],
        from start: Int
    ) -> Range<Int>? {
        var start = start
        while start < units.count, let range = pattern.firstRange(in: text, from: start) {
            let end = range.location + range.length
            let isSeparate =
                (range.location == 0 || isBoundary(units[range.location - 1]))
                && (end == units.count || isBoundary(units[end]))
            if range.length > 0, isSeparate { return range.location..<end }
            start = max(end, range.location + 1)
        }
        return nil
    }

    /// Whether a parameter may stand beside this unit: blanks and punctuation.
    private static func isBoundary(_ unit: UInt16) -> Bool {
        guard let scalar = Unicode.Scalar(unit) else { return false }
        return !(scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_")
    }

    private static func escaped(_ units: ArraySlice<UInt16>) -> String {
        String(decoding: units, as: UTF16.self).unicodeScalars
            .map { "({/\\".unicodeScalars.contains($0) ? "\\\($0)" : "\($0)" }
            .joined()
    }
}
