import Foundation

/// A regular expression and the tree of its groups.
struct CompiledPattern: Sendable {
    let source: String
    let groups: CaptureGroups
    private let engine: NSRegularExpression

    /// Compiles a pattern for Foundation's engine (ICU).
    init(_ source: String) throws(ExpressionError) {
        self.source = source
        func error(_ problem: String) -> ExpressionError {
            ExpressionError(expression: source, place: nil, problem: problem, solution: nil)
        }
        guard let groups = CaptureGroups(in: source) else { throw error("its parentheses do not match") }
        self.groups = groups
        do {
            engine = try NSRegularExpression(pattern: source)
        } catch {
            throw ExpressionError(
                expression: source,
                place: nil,
                problem: "it is no regular expression",
                solution: "Try it with `grep -P`; the syntax is that of ICU."
            )
        }
    }

    /// Finds the first match, and returns its groups.
    func match(_ text: String) -> [CapturedGroup]? {
        let source = text as NSString
        let whole = NSRange(location: 0, length: source.length)
        guard let result = engine.firstMatch(in: text, range: whole) else { return nil }
        func captured(_ group: CaptureGroups.Group) -> CapturedGroup {
            let range = result.range(at: group.number)
            let tookPart = range.location != NSNotFound
            return CapturedGroup(
                text: tookPart ? source.substring(with: range) : nil,
                start: tookPart ? range.location : nil,
                children: group.children.map(captured)
            )
        }
        return groups.top.map(captured)
    }

    /// Finds the first match behind a position, for snippets.
    func firstRange(in text: String, from start: Int) -> NSRange? {
        let length = (text as NSString).length
        return engine.firstMatch(in: text, range: NSRange(location: start, length: length - start))?.range
    }
}

/// What a group captured.
package struct CapturedGroup: Hashable, Sendable {
    /// The text, or `nil` when the group took no part in the match.
    package let text: String?
    /// The offset in the step's text, in UTF-16 units.
    package let start: Int?
    /// The groups inside.
    package let children: [CapturedGroup]

    /// What a parameter is made from: the texts of the groups inside, or the text itself where there are none.
    package var texts: [String?] {
        children.isEmpty ? [text] : children.map(\.text)
    }
}
