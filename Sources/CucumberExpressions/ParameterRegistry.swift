package import Diagnostics

/// The kinds of parameters that expressions may use: those of the language, and those of the suite.
package struct ParameterRegistry: Sendable {
    /// Every kind, those of the language first.
    package private(set) var kinds: [ParameterKind] = ParameterKind.builtIn
    private var byName: [String: ParameterKind]
    private var byPattern: [String: [ParameterKind]] = [:]

    /// Creates a registry of the language's own kinds.
    package init() {
        byName = Dictionary(uniqueKeysWithValues: kinds.map { ($0.name, $0) })
        for kind in kinds { index(kind) }
    }

    /// Adds a kind.
    ///
    /// - Throws: A ``ParameterKindError`` when the name is taken or malformed, or a pattern is no regular expression.
    package mutating func add(_ kind: ParameterKind) throws(ParameterKindError) {
        if kind.name.unicodeScalars.contains(where: { "{}()\\/[^$.|?*+".unicodeScalars.contains($0) }) {
            throw .illegalName(kind.name)
        }
        if byName[kind.name] != nil { throw .nameTaken(kind.name) }
        for pattern in kind.patterns {
            if CaptureGroups(in: pattern) == nil || (try? CompiledPattern(pattern)) == nil {
                throw .malformedPattern(pattern, name: kind.name)
            }
            let rival = byPattern[pattern]?.first { $0.preferForRegularExpressionMatch }
            if let rival, kind.preferForRegularExpressionMatch {
                throw .twoPreferred(pattern: pattern, names: [rival.name, kind.name])
            }
        }
        kinds.append(kind)
        byName[kind.name] = kind
        index(kind)
    }

    /// Finds the kind with a name.
    package func kind(named name: String) -> ParameterKind? {
        byName[name]
    }

    /// Finds the kinds that a group of a regular expression stands for, the one to prefer first.
    func kinds(matching pattern: String) -> [ParameterKind] {
        byPattern[pattern, default: []]
    }

    private mutating func index(_ kind: ParameterKind) {
        for pattern in kind.patterns {
            byPattern[pattern, default: []].append(kind)
            byPattern[pattern]?.sort { first, second in
                first.preferForRegularExpressionMatch != second.preferForRegularExpressionMatch
                    ? first.preferForRegularExpressionMatch : first.name < second.name
            }
        }
    }
}

/// A kind of parameter that can't be used.
package enum ParameterKindError: ExplainedError, Hashable {
    /// The name has characters in it that mean something in expressions.
    case illegalName(String)
    /// There is already a kind with the name.
    case nameTaken(String)
    /// A pattern is no regular expression.
    case malformedPattern(String, name: String)
    /// Two kinds want to be preferred for the same pattern.
    case twoPreferred(pattern: String, names: [String])

    package var blame: Blame { .testAuthor }
    package var summary: String {
        switch self {
        case .illegalName(let name):
            "Illegal character in parameter name {\(name)}. Parameter names may not contain '{', '}', '(', ')', '\\' or '/'."
        case .nameTaken(""): "The anonymous parameter type has already been defined."
        case .nameTaken(let name): "There is already a parameter type with name \(name)."
        case .malformedPattern(let pattern, let name): "The pattern \(pattern) of {\(name)} is no regular expression."
        case .twoPreferred(let pattern, let names):
            """
            There can only be one preferential parameter type per regexp. The regexp /\(pattern)/ is used for two \
            preferential parameter types, {\(names[0])} and {\(names[1])}.
            """
        }
    }
}
