package import SystemPackage

/// A lock between processes and tasks of a host on a folder that is there, by flock(2).
///
/// It needs no right to write, and it goes with the folder: once held, the folder is the one with that name, and
/// stays it for as long as everybody renames or removes it only while holding the exclusive lock.
package enum FolderLock {
    /// Runs `body` while holding the lock; `nil` when there is no such folder.
    ///
    /// - Throws: ``FileLockError``, `CancellationError` when cancelled while waiting, or what `body` throws.
    package static func withLock<Value>(
        _ path: FilePath,
        _ mode: FileLock.Mode,
        isolation: isolated (any Actor)? = #isolation,
        body: () async throws -> Value
    ) async throws -> Value? {
        let taken = try await waitForLock(path, within: nil, waiting: {}) {
            () throws(FileLockError) -> HeldLock.Taking? in
            let taken = try HeldLock.takeFolder(path, mode)
            return if case .busy = taken { nil } else { taken }
        }
        guard case .held(let held) = taken else { return nil }
        defer { held.release() }
        return try await body()
    }

    /// Runs `body` while holding the lock; `nil` when others hold it or there is no such folder.
    package static func withLockIfFree<Value>(
        _ path: FilePath,
        _ mode: FileLock.Mode,
        body: () throws -> Value
    ) throws -> Value? {
        guard case .held(let held) = try HeldLock.takeFolder(path, mode) else { return nil }
        defer { held.release() }
        return try body()
    }
}
