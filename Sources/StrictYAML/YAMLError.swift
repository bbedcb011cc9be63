package import Diagnostics

/// A place in a YAML file, counted from 1.
package struct YAMLPosition: Hashable, Sendable, CustomStringConvertible {
    /// The file's name as errors show it.
    package let file: String
    package let line: Int
    package let column: Int

    package var description: String { "\(file):\(line):\(column)" }
}

/// A YAML file that is not what its reader asked for.
package enum YAMLError: ExplainedError, Hashable {
    /// The text is no YAML, or more than one document.
    case malformed(YAMLPosition, problem: String)
    case tooLarge(file: String, bytes: Int, limit: Int)
    case tooDeep(YAMLPosition, limit: Int)
    /// An anchor, alias or tag: what stands in the file must be what is read.
    case indirection(YAMLPosition, what: String)
    case duplicateKey(YAMLPosition, key: String)
    case unknownKey(YAMLPosition, key: String, known: [String])
    case missingKey(YAMLPosition, key: String)
    /// A value of the wrong kind, or one that its reader does not accept.
    case unexpected(YAMLPosition, expected: String, seen: String)

    package var blame: Blame { .testAuthor }

    package var summary: String {
        switch self {
        case .malformed(let position, let problem): "\(position): This is no valid YAML: \(problem)."
        case .tooLarge(let file, let bytes, let limit):
            "\(file):1:1: The file has \(bytes) bytes, expected at most \(limit)."
        case .tooDeep(let position, let limit): "\(position): Values are nested more than \(limit) deep."
        case .indirection(let position, let what): "\(position): Expected a plain value, saw \(what)."
        case .duplicateKey(let position, let key): "\(position): The key “\(key)” is there twice."
        case .unknownKey(let position, let key, _): "\(position): The key “\(key)” is not known here."
        case .missingKey(let position, let key): "\(position): The key “\(key)” is missing here."
        case .unexpected(let position, let expected, let seen): "\(position): Expected \(expected), saw \(seen)."
        }
    }

    package var context: [String] {
        switch self {
        case .unknownKey(_, _, let known) where !known.isEmpty: ["known here: \(known.joined(separator: ", "))"]
        default: []
        }
    }

    package var hint: String? {
        switch self {
        case .unknownKey(_, let key, let known): nearestName(to: key, among: known).map { "Write “\($0)”." }
        case .indirection: "Write the value out where it is used."
        default: nil
        }
    }
}
