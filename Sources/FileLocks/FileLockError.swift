package import Diagnostics

/// A reason why a lock can't be had.
package enum FileLockError: ExplainedError, Equatable {
    /// Others held the lock for too long.
    case late(String, within: Duration)
    /// The lock's file or folder can't be opened or locked.
    case unusable(String, reason: String)

    package var blame: Blame { .host }

    package var summary: String {
        switch self {
        case .late(let path, let limit): "Expected the lock \(path) to become free within \(limit), but others hold it."
        case .unusable(let path, let reason): "\(path) can't be locked: \(reason)."
        }
    }

    package var hint: String? {
        switch self {
        case .late(let path, _): "See who holds it: fuser -v \(path)"
        case .unusable: nil
        }
    }
}
