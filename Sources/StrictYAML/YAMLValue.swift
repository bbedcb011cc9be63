/// A value in a YAML file, with its place for errors.
package struct YAMLValue {
    enum Content {
        /// A plain scalar stands without quotes, so that its text decides its type.
        case scalar(String, isPlain: Bool)
        case list([YAMLValue])
        case mapping(YAMLMapping)
    }

    /// Where the value begins.
    package let position: YAMLPosition
    let content: Content

    /// The value as text; a plain number, `true`, `false` or `null` is none.
    package func string() throws(YAMLError) -> String {
        guard case .scalar(let text, let isPlain) = content, !isPlain || plainKind(text) == nil else {
            throw unexpected("text")
        }
        return text
    }

    /// The value as a decimal whole number.
    package func int() throws(YAMLError) -> Int {
        guard case .scalar(let text, true) = content, isDecimal(text), let number = Int(text) else {
            throw unexpected("a whole number")
        }
        return number
    }

    /// The value as `true` or `false`.
    package func bool() throws(YAMLError) -> Bool {
        switch content {
        case .scalar("true", true): return true
        case .scalar("false", true): return false
        default: throw unexpected("true or false")
        }
    }

    /// The value as a list.
    package func list() throws(YAMLError) -> [YAMLValue] {
        guard case .list(let elements) = content else { throw unexpected("a list") }
        return elements
    }

    /// The value as a mapping.
    package func mapping() throws(YAMLError) -> YAMLMapping {
        guard case .mapping(let mapping) = content else { throw unexpected("a mapping") }
        return mapping
    }

    /// The text of the value as another type; `expected` names that type in the error.
    package func parsed<Value>(as expected: String, _ parse: (String) -> Value?) throws(YAMLError) -> Value {
        guard case .scalar(let text, _) = content, let value = parse(text) else { throw unexpected(expected) }
        return value
    }

    /// The error that this value should have been something else.
    package func unexpected(_ expected: String) -> YAMLError {
        .unexpected(position, expected: expected, seen: kind)
    }

    // MARK: - Types of scalars

    /// The value as an error shows it.
    var kind: String {
        switch content {
        case .scalar(let text, let isPlain):
            isPlain ? plainKind(text) ?? "“\(text.prefix(80))”" : "the text “\(text.prefix(80))”"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }

    /// What a plain scalar is in the core schema of YAML 1.2, unless it is text.
    private func plainKind(_ text: String) -> String? {
        switch text {
        case "", "~", "null", "Null", "NULL": "nothing"
        case "true", "false", "True", "False", "TRUE", "FALSE": text
        default: isDecimal(text) || isOtherNumber(text) ? "the number \(text.prefix(80))" : nil
        }
    }

    private func isDecimal(_ text: String) -> Bool {
        text.wholeMatch(of: /-?(0|[1-9][0-9]*)/) != nil
    }

    private func isOtherNumber(_ text: String) -> Bool {
        text.wholeMatch(of: /[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+/) != nil
    }
}
