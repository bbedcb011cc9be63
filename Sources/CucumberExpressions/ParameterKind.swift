/// What a `{name}` of a Cucumber Expression matches.
package struct ParameterKind: Hashable, Sendable {
    /// The name between the braces; empty for the anonymous parameter.
    package let name: String
    /// The regular expressions that it matches, any of them.
    package let patterns: [String]
    /// Whether snippets propose it.
    package let useForSnippets: Bool
    /// Whether it wins where a regular expression fits several kinds.
    package let preferForRegularExpressionMatch: Bool
    /// Whether the language itself brings it along.
    package let isBuiltIn: Bool

    /// Creates a kind of parameter of the suite's own.
    package init(
        name: String,
        patterns: [String],
        useForSnippets: Bool = true,
        preferForRegularExpressionMatch: Bool = false
    ) {
        self.init(name, patterns, snippets: useForSnippets, prefer: preferForRegularExpressionMatch, builtIn: false)
    }

    private init(_ name: String, _ patterns: [String], snippets: Bool, prefer: Bool, builtIn: Bool) {
        self.name = name
        self.patterns = patterns
        useForSnippets = snippets
        preferForRegularExpressionMatch = prefer
        isBuiltIn = builtIn
    }

    /// The part of a regular expression that captures a parameter of this kind, as the official implementations write it.
    var officialCapture: String { Self.capture(patterns) }

    /// The same for our engine, whose `\d` matches the digits of every script; Swift's numbers do not.
    var capture: String {
        guard isBuiltIn else { return officialCapture }
        return Self.capture(
            patterns.map { $0.split(separator: #"\d"#, omittingEmptySubsequences: false).joined(separator: "[0-9]") }
        )
    }

    private static func capture(_ patterns: [String]) -> String {
        patterns.count == 1 ? "(\(patterns[0]))" : "((?:\(patterns.joined(separator: ")|(?:"))))"
    }

    /// The kind without a name, which matches anything.
    static let anonymous = Self("", [".*"], snippets: false, prefer: true, builtIn: true)

    /// The kinds that the language itself brings along.
    package static let builtIn: [ParameterKind] = {
        let integer = [#"-?\d+"#, #"\d+"#]
        let decimal = [#"[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[E][+-]?\d+)?"#]
        let string = [#""([^\"\\]*(\\.[^\"\\]*)*)""#, #"'([^'\\]*(\\.[^'\\]*)*)'"#]
        return [
            Self("int", integer, snippets: true, prefer: true, builtIn: true),
            Self("float", decimal, snippets: true, prefer: false, builtIn: true),
            Self("word", [#"[^\s]+"#], snippets: false, prefer: false, builtIn: true),
            Self("string", string, snippets: true, prefer: false, builtIn: true),
            anonymous,
            Self("double", decimal, snippets: false, prefer: false, builtIn: true),
            Self("bigdecimal", decimal, snippets: false, prefer: false, builtIn: true),
            Self("byte", integer, snippets: false, prefer: false, builtIn: true),
            Self("short", integer, snippets: false, prefer: false, builtIn: true),
            Self("long", integer, snippets: false, prefer: false, builtIn: true),
            Self("biginteger", integer, snippets: false, prefer: false, builtIn: true),
        ]
    }()
}
