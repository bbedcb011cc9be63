package import SystemPackage

/// A lock between processes and tasks of a host, by flock(2) on a file: the kernel frees it when its holder dies.
///
/// The lock's file is made when it is needed and removed by the last one to leave, so that a free lock is no file.
/// A file that can only be read, since it is another user's, locks as well.
package enum FileLock {
    /// Who else may hold the lock at the same time.
    package enum Mode: Sendable {
        /// Others that share it.
        case shared
        /// Nobody.
        case exclusive
    }

    /// Runs `body` while holding the lock.
    ///
    /// Without a limit it waits until the task is cancelled. `waiting` is told once, when others hold the lock.
    ///
    /// - Throws: ``FileLockError``, `CancellationError` when cancelled while waiting, or what `body` throws.
    package static func withLock<Value>(
        _ path: FilePath,
        _ mode: Mode = .exclusive,
        within limit: Duration? = nil,
        isolation: isolated (any Actor)? = #isolation,
        waiting: () -> Void = {},
        body: () async throws -> Value
    ) async throws -> Value {
        let held = try await waitForLock(path, within: limit, waiting: waiting) { () throws(FileLockError) in
            try HeldLock.takeFile(path, mode)
        }
        defer { held.releaseAndRemove() }
        return try await body()
    }

    /// Runs `body` while holding the lock, or returns `nil` when others hold it.
    package static func withLockIfFree<Value>(
        _ path: FilePath,
        _ mode: Mode = .exclusive,
        body: () throws -> Value
    ) throws -> Value? {
        guard let held = try HeldLock.takeFile(path, mode) else { return nil }
        defer { held.releaseAndRemove() }
        return try body()
    }

    /// Removes what a holder that died has left of a free lock.
    package static func removeIfFree(_ path: FilePath) { try? HeldLock.takeFile(path, .exclusive)?.releaseAndRemove() }
}

// MARK: - Waiting

/// Asks again and again, since waiting inside flock could not be cancelled.
func waitForLock<Taken>(
    _ path: FilePath,
    within limit: Duration?,
    isolation: isolated (any Actor)? = #isolation,
    waiting: () -> Void,
    take: () throws(FileLockError) -> Taken?
) async throws -> Taken {
    let start = ContinuousClock.now
    var tries = 0
    while true {
        try Task.checkCancellation()
        if let taken = try take() { return taken }
        if let limit, ContinuousClock.now - start >= limit {
            throw FileLockError.late(path.string, within: limit)
        }
        tries += 1
        // Not at the first try: whoever looks whether the lock is free holds it for a moment.
        if tries == 2 { waiting() }
        try await Task.sleep(for: .milliseconds(tries == 1 ? 2 : 20))
    }
}
