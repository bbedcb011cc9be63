/// Why a checkpoint can't be used and has to be made anew.
package enum Breakage: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is something else in its place.
    case noFolder
    /// Its manifest is missing, damaged, or written by another version.
    case manifest(String)
    /// A file is missing.
    case missing(String)
    /// There is something that the manifest doesn't name, or that is no plain file.
    case foreign(String)
    /// A file was cut off, or grew.
    case size(String, expected: Int64, seen: Int64)
    /// A file's content isn't what was written.
    case content(String)
    /// A file was written to while it was read.
    case changing(String)
    /// The disk can't give a file back.
    case unreadable(String, reason: String)

    package var description: String {
        switch self {
        case .noFolder: "it is no folder"
        case .manifest(let reason): "its manifest can't be used: \(reason)"
        case .missing(let name): "its file '\(name)' is missing"
        case .foreign(let name): "it has something named '\(name)' that doesn't belong to it"
        case .size(let name, let expected, let seen): "its file '\(name)' has \(seen) bytes instead of \(expected)"
        case .content(let name): "the content of its file '\(name)' has changed"
        case .changing(let name): "its file '\(name)' changes while it is read"
        case .unreadable(let name, let reason): "its file '\(name)' can't be read: \(reason)"
        }
    }
}

/// Tells of a checkpoint that was found broken.
package struct CheckpointNotice: Hashable, Sendable, CustomStringConvertible {
    package let key: CheckpointKey
    package let breakage: Breakage
    /// Whether it is gone; if not, somebody else has to remove it.
    package let isRemoved: Bool

    package var description: String {
        "The checkpoint \(key.description.prefix(12)) is broken: \(breakage). "
            + (isRemoved ? "It was removed and will be made again." : "It is not used, but could not be removed.")
    }
}
