import CucumberExpressions

/// A parameter of the suite's own: what `{name}` in a pattern matches, and the value that is made from it.
public struct ParameterType<Value: StepArgument>: Sendable {
    let erased: ErasedParameterType

    /// Defines a parameter.
    ///
    /// - Parameters:
    ///   - name: The name between the braces.
    ///   - patterns: Regular expressions, any of which may match.
    ///   - useForSnippets: Whether proposals for undefined steps use it.
    ///   - preferForRegularExpressionMatch: Whether it wins where a group of a regular expression fits several parameters.
    ///   - fileID: The file of the definition.
    ///   - line: The line of the definition.
    ///   - convert: Makes the value from the text.
    public init(
        _ name: String,
        _ patterns: String...,
        useForSnippets: Bool = true,
        preferForRegularExpressionMatch: Bool = false,
        fileID: String = #fileID,
        line: Int = #line,
        convert: @escaping @Sendable (String) throws -> Value
    ) {
        let kind = ParameterKind(
            name: name,
            patterns: patterns,
            useForSnippets: useForSnippets,
            preferForRegularExpressionMatch: preferForRegularExpressionMatch
        )
        erased = ErasedParameterType(kind: kind, type: Value.self, place: SourcePlace(fileID: fileID, line: line)) {
            parts in
            // The first part that took part: alternatives of a pattern often capture in different groups.
            try convert(parts.lazy.compactMap(\.self).first ?? "")
        }
    }

    /// Defines a parameter whose value is made from the groups of its patterns.
    ///
    /// - Parameters:
    ///   - name: The name between the braces.
    ///   - patterns: Regular expressions, any of which may match.
    ///   - useForSnippets: Whether proposals for undefined steps use it.
    ///   - preferForRegularExpressionMatch: Whether it wins where a group of a regular expression fits several parameters.
    ///   - fileID: The file of the definition.
    ///   - line: The line of the definition.
    ///   - convert: Makes the value from the text of every group, `nil` for those that took no part.
    public init(
        _ name: String,
        groupsOf patterns: String...,
        useForSnippets: Bool = true,
        preferForRegularExpressionMatch: Bool = false,
        fileID: String = #fileID,
        line: Int = #line,
        convert: @escaping @Sendable ([String?]) throws -> Value
    ) {
        let kind = ParameterKind(
            name: name,
            patterns: patterns,
            useForSnippets: useForSnippets,
            preferForRegularExpressionMatch: preferForRegularExpressionMatch
        )
        let place = SourcePlace(fileID: fileID, line: line)
        erased = ErasedParameterType(kind: kind, type: Value.self, place: place, convert: convert)
    }
}

extension ParameterType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// Defines a parameter that matches the raw values of an enumeration.
    public init(_ name: String, fileID: String = #fileID, line: Int = #line) {
        let kind = ParameterKind(name: name, patterns: Value.allCases.map { $0.rawValue.escapedForRegularExpressions })
        erased = ErasedParameterType(kind: kind, type: Value.self, place: SourcePlace(fileID: fileID, line: line)) {
            parts in
            let text = parts.lazy.compactMap(\.self).first ?? ""
            guard let value = Value(rawValue: text) else {
                throw StepArgumentError(expected: "a \(Value.self)", seen: "\"\(text)\"")
            }
            return value
        }
    }
}

extension String {
    fileprivate var escapedForRegularExpressions: String {
        map { #"\^[({$.|?*+})]/"#.contains($0) ? "\\\($0)" : "\($0)" }.joined()
    }
}

/// A parameter type whose value's type is only known at run time.
package struct ErasedParameterType: Sendable {
    let kind: ParameterKind
    let type: any StepArgument.Type
    let place: SourcePlace
    let convert: @Sendable ([String?]) throws -> any Sendable
}
