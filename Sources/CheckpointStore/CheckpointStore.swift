import FileLocks
package import FoundationEssentials
import Glibc
package import SystemPackage

/// Kept states of machines, shared by the runs and users of a host.
///
/// ```
/// FOLDER/<key>/                 a checkpoint, see `CheckpointFolder`
/// FOLDER/making/<key>-<random>  one that is being made or removed
/// FOLDER/locks/<key>            there while somebody makes or removes the checkpoint
///
///            lock <key>               rename                      lock <key> + folder's lock
///  nothing ─────────────> making/… ───────────> <key>/ (used with shared folder's lock) ──────> making/… ──> nothing
/// ```
/// A folder gets or loses the name of its key only under the lock of that key, and only whole: so whatever moment a
/// process dies at, what has the name of a key is a checkpoint. Whoever uses one holds the shared lock of its folder
/// (which takes no right to write), and nobody evicts it meanwhile.
///
/// Only the manifest is forced onto the disk: after a power loss the files are read again, by digest, before they're
/// used, and what was lost is made again. Everybody who may write to the folder is trusted.
package struct CheckpointStore: Sendable {
    /// The store's folder, which need not be there.
    package let folder: FilePath
    /// What checkpoints may take on the disk, in bytes, before the least recently used ones go.
    package let limit: Int64
    let boot: HostBoot
    let reading: @Sendable (FilePath) -> Void

    /// A store in a folder on a disk of this host.
    ///
    /// `reading` is told of each file whose content has to be read, since no stamp vouches for it.
    package init(
        folder: FilePath,
        limit: Int64,
        boot: HostBoot = .current,
        reading: @escaping @Sendable (FilePath) -> Void = { _ in }
    ) {
        self.folder = folder
        self.limit = limit
        self.boot = boot
        self.reading = reading
    }

    // MARK: - Using

    /// Shares a checkpoint while `body` runs, after making sure that it's what was made.
    ///
    /// `body` gets `nil` when there's no such checkpoint. `notice` is told of a broken one, which is removed; for `body`
    /// there is none then.
    ///
    /// - Throws: ``CheckpointStoreError/unreadable(_:reason:)`` when nothing can be said, or what `body` throws.
    package func withCheckpoint<Value>(
        _ key: CheckpointKey,
        isolation: isolated (any Actor)? = #isolation,
        notice: (CheckpointNotice) -> Void = { _ in },
        body: (KeptCheckpoint?) async throws -> Value
    ) async throws -> Value {
        if let value = try await whole(key, holdsLock: false, notice: notice, body: body) { return value }
        return try await body(nil)
    }

    /// Runs `body` with a checkpoint if there is one that's whole, and removes a broken one.
    func whole<Value>(
        _ key: CheckpointKey,
        holdsLock: Bool,
        isolation: isolated (any Actor)? = #isolation,
        notice: (CheckpointNotice) -> Void,
        body: (KeptCheckpoint) async throws -> Value
    ) async throws -> Value? {
        let kept = CheckpointFolder(path: folder.appending(key.description))
        guard let seen = try? status(of: kept.path) else { return nil }
        func giveUp(_ breakage: Breakage, _ identity: CheckpointFolder.Identity) async {
            let isRemoved = await discard(key, identity, holdsLock: holdsLock)
            notice(CheckpointNotice(key: key, breakage: breakage, isRemoved: isRemoved))
        }
        guard isFolder(seen) else {
            await giveUp(.noFolder, CheckpointFolder.Identity(seen))
            return nil
        }
        let value: Value?? = try await FolderLock.withLock(kept.path, .shared) {
            // Only now the folder keeps its name.
            let identity = CheckpointFolder.Identity(try status(of: kept.path))
            let manifest: CheckpointManifest
            do {
                let inspection = Inspection(key: key, folder: kept, boot: boot, reading: reading)
                manifest = try await inspection.inspect()
            } catch let breakage as Breakage {
                await giveUp(breakage, identity)
                return nil
            } catch let error as Errno {
                throw CheckpointStoreError.unreadable(kept.path.string, reason: "\(error)")
            }
            kept.markUsed(nextUseNumber())
            return try await body(KeptCheckpoint(key: key, folder: kept, manifest: manifest))
        }
        return value ?? nil
    }

    // MARK: - Layout

    func path(of key: CheckpointKey) -> FilePath { folder.appending(key.description) }
    func lock(of key: CheckpointKey) -> FilePath { locks.appending(key.description) }
    var locks: FilePath { folder.appending("locks") }
    var making: FilePath { folder.appending("making") }

    /// A new name for a checkpoint that is being made or removed.
    func newPlace(for key: CheckpointKey) -> FilePath {
        making.appending("\(key)-\(String(UInt64.random(in: .min ... .max), radix: 16))")
    }

    var keys: [CheckpointKey] { ((try? names(in: folder)) ?? []).compactMap { CheckpointKey($0) } }

    func nextUseNumber() -> UInt64 {
        (keys.map { CheckpointFolder(path: path(of: $0)).useNumber }.max() ?? 0) + 1
    }
}

/// A checkpoint that is whole, as far as it was looked at.
package struct KeptCheckpoint: Sendable {
    package let key: CheckpointKey
    /// Where its files lie, to which nobody may write.
    package let folder: FilePath
    package let manifest: CheckpointManifest
    /// When it was last used, by the host's clock of then.
    package let lastUse: Date?
    /// What it takes on the disk, in bytes.
    package let bytesOnDisk: Int64

    init(key: CheckpointKey, folder: CheckpointFolder, manifest: CheckpointManifest) {
        self.key = key
        self.folder = folder.path
        self.manifest = manifest
        lastUse = folder.lastUse
        bytesOnDisk = folder.bytesOnDisk
    }
}
