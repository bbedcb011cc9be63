import Diagnostics

/// The keys and values of a YAML mapping, which remembers what it was asked for.
///
/// Every method throws a ``YAMLError`` that names the place when a key is missing or its value of another type;
/// those that begin with `optional` return `nil` for a missing key.
package final class YAMLMapping {
    /// Where the mapping begins.
    package let position: YAMLPosition
    private var entries: [(key: String, position: YAMLPosition, value: YAMLValue)] = []
    private var indices: [String: Int] = [:]
    private var asked: [String] = []

    init(position: YAMLPosition) {
        self.position = position
    }

    /// Whether the key was new.
    func add(_ key: String, at position: YAMLPosition, _ value: YAMLValue) -> Bool {
        guard indices.updateValue(entries.count, forKey: key) == nil else { return false }
        entries.append((key, position, value))
        return true
    }

    func finish() throws(YAMLError) {
        for entry in entries where !asked.contains(entry.key) {
            throw .unknownKey(entry.position, key: entry.key, known: asked)
        }
    }

    // MARK: - Reading

    /// The keys in the order of the file; looking at them asks for none.
    package var keys: [String] { entries.map(\.key) }

    /// The value of a key, whatever its type.
    package func optionalValue(_ key: String) -> YAMLValue? {
        if !asked.contains(key) { asked.append(key) }
        return indices[key].map { entries[$0].value }
    }

    /// The value of a key, whatever its type.
    package func value(_ key: String) throws(YAMLError) -> YAMLValue {
        if let value = optionalValue(key) { return value }
        // A key that is nearly the missing one is the mistake, and where it stands is its place.
        let others = entries.filter { !asked.contains($0.key) }
        if let near = nearestName(to: key, among: others.map(\.key)),
            let entry = others.first(where: { $0.key == near })
        {
            throw .unknownKey(entry.position, key: near, known: [key])
        }
        throw .missingKey(position, key: key)
    }

    package func string(_ key: String) throws(YAMLError) -> String { try value(key).string() }

    package func optionalString(_ key: String) throws(YAMLError) -> String? { try optionalValue(key)?.string() }

    package func int(_ key: String) throws(YAMLError) -> Int { try value(key).int() }

    package func optionalInt(_ key: String) throws(YAMLError) -> Int? { try optionalValue(key)?.int() }

    package func bool(_ key: String) throws(YAMLError) -> Bool { try value(key).bool() }

    package func optionalBool(_ key: String) throws(YAMLError) -> Bool? { try optionalValue(key)?.bool() }

    package func list(_ key: String) throws(YAMLError) -> [YAMLValue] { try value(key).list() }

    package func optionalList(_ key: String) throws(YAMLError) -> [YAMLValue]? { try optionalValue(key)?.list() }

    /// The texts of a list.
    package func strings(_ key: String) throws(YAMLError) -> [String] {
        var strings: [String] = []
        for element in try list(key) { strings.append(try element.string()) }
        return strings
    }

    package func mapping(_ key: String) throws(YAMLError) -> YAMLMapping { try value(key).mapping() }

    package func optionalMapping(_ key: String) throws(YAMLError) -> YAMLMapping? {
        try optionalValue(key)?.mapping()
    }

    /// The text of a value as another type; `expected` names that type in the error.
    package func parsed<Value>(
        _ key: String,
        as expected: String,
        _ parse: (String) -> Value?
    ) throws(YAMLError) -> Value {
        try value(key).parsed(as: expected, parse)
    }
}
