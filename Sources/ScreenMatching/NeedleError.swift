package import Diagnostics

/// A reason why a reference picture can't be used.
package enum NeedleError: ExplainedError, Equatable {
    /// The JSON is none, or larger than any needle is.
    case notJSON(file: String, reason: String)
    /// A value is of another type, or out of bounds.
    case unexpected(file: String, path: String, expected: String, seen: String)
    /// A folder lacks a part of the needle.
    case incomplete(folder: String, missing: String)
    /// A picture could not be read.
    case badPicture(file: String, reason: String)
    /// No needle has this name.
    case unknown(name: String, nearest: String?, count: Int)

    package var blame: Blame { .testAuthor }

    package var summary: String {
        switch self {
        case .notJSON(let file, let reason): "\(file): expected a needle in JSON, but it can't be read: \(reason)."
        case .unexpected(let file, let path, let expected, let seen):
            "\(file): \(path): expected \(expected), saw \(seen)."
        case .incomplete(let folder, let missing): "\(folder): expected a needle, but \(missing) is missing."
        case .badPicture(let file, let reason): "\(file): \(reason)"
        case .unknown(let name, _, let count): "Expected a needle named \"\(name)\", but none of the \(count) is."
        }
    }

    package var hint: String? {
        switch self {
        case .unknown(_, .some(let nearest), _): "Did you mean \"\(nearest)\"?"
        case .incomplete: "Put needle.json and at least one PNG picture into the folder."
        default: nil
        }
    }
}
