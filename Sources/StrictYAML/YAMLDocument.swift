import Yams

/// A YAML file whose every key must be asked for by its reader.
///
/// Read values from ``root`` by name and type, then call ``finish()``, which throws at the first key that nobody
/// asked for, however deep it is:
///
///     let document = try YAMLDocument(text, file: "tor-only.policy.yaml")
///     let version = try document.root.int("version")
///     try document.finish()
package struct YAMLDocument {
    /// The outermost mapping.
    package let root: YAMLMapping
    /// Every mapping in the order of the file.
    private let mappings: [YAMLMapping]

    private static let largestSize = 1 << 20
    private static let greatestDepth = 32

    /// Parses a text.
    ///
    /// - Throws: A ``YAMLError`` for a text that is malformed, too large, too deep, holds a key twice, or uses
    ///   anchors, aliases or tags; or whose outermost value is no mapping.
    package init(_ text: String, file: String) throws(YAMLError) {
        guard text.utf8.count <= Self.largestSize else {
            throw .tooLarge(file: file, bytes: text.utf8.count, limit: Self.largestSize)
        }
        var builder = TreeBuilder(file: file, depthLimit: Self.greatestDepth)
        let value = try builder.build(text)
        root = try value.mapping()
        mappings = builder.mappings
    }

    /// Ends the reading.
    ///
    /// - Throws: ``YAMLError/unknownKey(_:key:known:)`` for the first key in the file that was never asked for.
    package func finish() throws(YAMLError) {
        for mapping in mappings { try mapping.finish() }
    }
}

// MARK: - From Yams

private struct TreeBuilder {
    let file: String
    let depthLimit: Int
    var mappings: [YAMLMapping] = []

    /// More aliases than this could multiply a small file into a large tree before they are found and refused.
    private static let mostAliasCandidates = 32

    mutating func build(_ text: String) throws(YAMLError) -> YAMLValue {
        try refuseManyAliases(in: text)
        let start = YAMLPosition(file: file, line: 1, column: 1)
        do {
            let parser = try Parser(yaml: text)
            // Nodes refer to their anchors weakly: only while the parser lives can an anchor be seen.
            return try withExtendedLifetime(parser) {
                guard let node = try parser.singleRoot() else {
                    throw YAMLError.unexpected(start, expected: "a mapping", seen: "an empty file")
                }
                return try value(of: node, depth: 0)
            }
        } catch let error as YAMLError {
            throw error
        } catch {
            throw explain(error, at: start)
        }
    }

    private mutating func value(of node: Node, depth: Int) throws(YAMLError) -> YAMLValue {
        let position = self.position(of: node.mark)
        guard depth < depthLimit else { throw .tooDeep(position, limit: depthLimit) }
        if let anchor = node.anchor { throw .indirection(position, what: "the anchor &\(anchor.rawValue)") }
        switch node {
        case .scalar(let scalar):
            // The parser itself gives quoted text its tag.
            let isQuoted = scalar.style != .plain
            if !isQuoted || scalar.tag.description != "tag:yaml.org,2002:str" {
                try refuseTag(scalar.tag, at: position)
            }
            return YAMLValue(position: position, content: .scalar(scalar.string, isPlain: scalar.style == .plain))
        case .sequence(let sequence):
            try refuseTag(sequence.tag, at: position)
            var elements: [YAMLValue] = []
            for element in sequence { elements.append(try value(of: element, depth: depth + 1)) }
            return YAMLValue(position: position, content: .list(elements))
        case .mapping(let pairs):
            try refuseTag(pairs.tag, at: position)
            let mapping = YAMLMapping(position: position)
            mappings.append(mapping)
            for (keyNode, valueNode) in pairs {
                let key = try key(of: keyNode)
                guard mapping.add(key.name, at: key.position, try value(of: valueNode, depth: depth + 1)) else {
                    throw .duplicateKey(key.position, key: key.name)
                }
            }
            return YAMLValue(position: position, content: .mapping(mapping))
        case .alias(let alias):
            throw .indirection(position, what: "the alias *\(alias.anchor.rawValue)")
        }
    }

    /// The name of a key; its tag can't be told, for the parser resolves those of keys when it compares them.
    private func key(of node: Node) throws(YAMLError) -> (name: String, position: YAMLPosition) {
        let position = position(of: node.mark)
        guard case .scalar(let scalar) = node else {
            throw .unexpected(position, expected: "a key", seen: "a list or mapping")
        }
        if let anchor = scalar.anchor { throw .indirection(position, what: "the anchor &\(anchor.rawValue)") }
        return (scalar.string, position)
    }

    private func position(of mark: Mark?) -> YAMLPosition {
        YAMLPosition(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private func refuseTag(_ tag: Tag, at position: YAMLPosition) throws(YAMLError) {
        // An implicit tag has no name of its own.
        if !tag.description.isEmpty { throw .indirection(position, what: "the tag \(tag.description)") }
    }

    private func refuseManyAliases(in text: String) throws(YAMLError) {
        var candidates = 0
        var position = (line: 1, column: 0)
        var previous: Unicode.Scalar = "\n"
        for scalar in text.unicodeScalars {
            position =
                previous == "\n"
                ? (position.line + (position.column == 0 ? 0 : 1), 1) : (position.line, position.column + 1)
            if previous == "*", scalar != " ", scalar != "*", scalar != "\n" { candidates += 1 }
            if candidates > Self.mostAliasCandidates {
                throw .indirection(
                    YAMLPosition(file: file, line: position.line, column: position.column),
                    what: "more than \(Self.mostAliasCandidates) words that could be aliases"
                )
            }
            previous = scalar
        }
    }

    private func explain(_ error: any Error, at start: YAMLPosition) -> YAMLError {
        guard let error = error as? YamlError else { return .malformed(start, problem: "\(error)") }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return .malformed(position(of: mark), problem: problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            return .duplicateKey(position(of: context.mark), key: duplicates.first ?? "")
        case .reader(let problem, _, _, _):
            return .malformed(start, problem: problem)
        default:
            return .malformed(start, problem: "\(error)")
        }
    }
}
