package import Diagnostics

/// A reason why checkpoints can't be kept or used.
package enum CheckpointStoreError: ExplainedError, Equatable {
    /// The store's folder can't be written to.
    case notWritable(String, reason: String)
    /// The disk has no room for as many bytes as are needed, as far as that's known.
    case diskFull(String, needed: Int64?, free: Int64?)
    /// A file can't be read.
    case unreadable(String, reason: String)
    /// What was left to be kept can't be kept.
    case refused(String, reason: String)
    /// The ingredients of a checkpoint give another key than the one it's made for.
    case otherIngredients(CheckpointKey)
    /// Somebody uses or makes the checkpoint that was to be removed.
    case inUse(CheckpointKey)

    package var blame: Blame {
        switch self {
        case .notWritable, .diskFull, .unreadable, .inUse: .host
        case .refused, .otherIngredients: .harness
        }
    }

    package var summary: String {
        switch self {
        case .notWritable(let path, let reason):
            "Checkpoints can't be kept in \(path): \(reason)."
        case .diskFull(let path, let needed?, let free?):
            "A checkpoint needs about \(megabytes(needed)) in \(path), but \(megabytes(free)) are free."
        case .diskFull(let path, _, _):
            "A checkpoint was to be kept in \(path), but the disk is full."
        case .unreadable(let path, let reason):
            "\(path) can't be read: \(reason)."
        case .refused(let path, let reason):
            "\(path) was to be kept in a checkpoint, but \(reason)."
        case .otherIngredients(let key):
            "The checkpoint \(key) was made of other ingredients than its key."
        case .inUse(let key):
            "The checkpoint \(key) was to be removed, but somebody uses or makes it."
        }
    }

    package var hint: String? {
        switch self {
        case .diskFull: "Run `assay checkpoints prune`, lower --checkpoint-limit, or free some space."
        case .notWritable: "Make the folder writable for you, or use one of your own."
        case .inUse: "Wait until the runs that use it have ended."
        case .unreadable, .refused, .otherIngredients: nil
        }
    }
}

/// Rounded up, so that nothing is said to be nothing only when it is.
private func megabytes(_ bytes: Int64) -> String { "\(bytes / 1_000_000 + (bytes % 1_000_000 > 0 ? 1 : 0)) MB" }
