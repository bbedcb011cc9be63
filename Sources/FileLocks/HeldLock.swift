import Glibc
import SystemPackage

/// An open file or folder with a lock on it.
struct HeldLock: Sendable {
    private let descriptor: FileDescriptor
    private let path: FilePath

    /// What came of trying to lock something that need not be there.
    enum Taking: Sendable {
        case held(HeldLock)
        case busy
        case missing
    }

    // MARK: - Taking

    /// Locks a file, which is made when it's missing; `nil` when others hold it.
    static func takeFile(_ path: FilePath, _ mode: FileLock.Mode) throws(FileLockError) -> HeldLock? {
        while true {
            let held = HeldLock(descriptor: try openFile(path), path: path)
            guard try held.lock(mode) else {
                held.release()
                return nil
            }
            // Between opening and locking, the last holder may have removed the file: then others lock a new one.
            if held.hasItsPath { return held }
            held.release()
        }
    }

    /// Locks a folder that is there.
    static func takeFolder(_ path: FilePath, _ mode: FileLock.Mode) throws(FileLockError) -> Taking {
        while true {
            let descriptor: FileDescriptor
            do {
                descriptor = try .open(path, .readOnly, options: [.directory, .noFollow, .closeOnExec])
            } catch Errno.noSuchFileOrDirectory {
                return .missing
            } catch {
                throw .unusable(path.string, reason: "\(error)")
            }
            let held = HeldLock(descriptor: descriptor, path: path)
            guard try held.lock(mode) else {
                held.release()
                return .busy
            }
            if held.hasItsPath { return .held(held) }
            held.release()
        }
    }

    /// Opens for writing where that is allowed, since some network file systems lock nothing else exclusively.
    private static func openFile(_ path: FilePath) throws(FileLockError) -> FileDescriptor {
        // Neither a link nor a pipe that somebody put there may lead elsewhere, or block.
        let options: FileDescriptor.OpenOptions = [.noFollow, .nonBlocking, .closeOnExec]
        do {
            while true {
                do {
                    return try .open(path, .readWrite, options: options)
                } catch Errno.permissionDenied, Errno.readOnlyFileSystem {
                    return try .open(path, .readOnly, options: options)
                } catch Errno.noSuchFileOrDirectory {}
                do {
                    // Who else may open it is the umask's business.
                    return try .open(
                        path,
                        .readWrite,
                        options: options.union([.create, .exclusiveCreate]),
                        permissions: FilePermissions(rawValue: 0o666)
                    )
                } catch Errno.fileExists {}
            }
        } catch {
            throw .unusable(path.string, reason: "\(error)")
        }
    }

    private func lock(_ mode: FileLock.Mode) throws(FileLockError) -> Bool {
        while flock(descriptor.rawValue, (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
            switch Errno(rawValue: errno) {
            case .interrupted: continue
            case .wouldBlock: return false
            case let error:
                release()
                throw .unusable(path.string, reason: "\(error)")
            }
        }
        return true
    }

    private var hasItsPath: Bool {
        var (own, named) = (stat(), stat())
        return fstat(descriptor.rawValue, &own) == 0 && lstat(path.string, &named) == 0
            && own.st_dev == named.st_dev && own.st_ino == named.st_ino
    }

    // MARK: - Releasing

    /// Releases the lock, at once: closing alone leaves it to a child that was forked and has not come to its program yet.
    func release() {
        flock(descriptor.rawValue, LOCK_UN)
        try? descriptor.close()
    }

    /// Releases the lock, and removes its file unless others hold the lock too.
    func releaseAndRemove() {
        // A shared lock becomes exclusive by being given up and taken again, so the path is looked at once more.
        // Only the exclusive holder of the file with that path removes it, so it's this file that is removed.
        if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0, hasItsPath { unlink(path.string) }
        release()
    }
}
