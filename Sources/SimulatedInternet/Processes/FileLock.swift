import Glibc
package import SystemPackage

/// A lock between processes, by flock(2): the kernel frees it when its holder dies.
package enum FileLock {
    /// Runs `body` while holding the lock.
    ///
    /// - Throws: ``SimulatedInternetError/late(_:within:lastLines:)`` when others hold it for too long.
    package static func withLock<Value>(
        _ path: FilePath,
        within limit: Duration,
        body: () async throws -> Value
    ) async throws -> Value {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite]
            )
        } catch {
            throw SimulatedInternetError.fileUnusable(path.string, reason: "\(error)")
        }
        defer { try? file.close() }
        let start = ContinuousClock.now
        // Asked again and again, since waiting inside flock could not be cancelled.
        while flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
            guard Errno(rawValue: errno) == .wouldBlock || Errno(rawValue: errno) == .interrupted else {
                throw SimulatedInternetError.fileUnusable(path.string, reason: "\(Errno(rawValue: errno))")
            }
            guard ContinuousClock.now - start < limit else {
                throw SimulatedInternetError.late("the lock \(path) to become free", within: limit, lastLines: [])
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try await body()
    }
}
