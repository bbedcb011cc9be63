import FileLocks
import Glibc
import SystemPackage

/// Replaces a file by a whole new one, unless another process is at it or it isn't allowed.
///
/// The new file is its own lock: once it has its name, there's nothing left to release.
func replaceFile(_ path: FilePath, by bytes: [UInt8], through new: FilePath) {
    _ = try? FileLock.withLockIfFree(new) {
        let file = try FileDescriptor.open(new, .writeOnly, options: [.truncate, .noFollow, .closeOnExec])
        _ = try file.closeAfter { try file.writeAll(bytes) }
        try move(new, to: path)
    }
}
