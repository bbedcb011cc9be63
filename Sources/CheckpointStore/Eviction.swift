import FileLocks
package import FoundationEssentials
import Glibc
import SystemPackage

/// A checkpoint as a list shows it: its files weren't read.
package struct ListedCheckpoint: Sendable {
    /// What a look at the folder tells.
    package enum State: Sendable {
        case kept(CheckpointManifest)
        case broken(Breakage)
        /// It is another user's, and closed to this one.
        case unreadable(reason: String)
    }

    package let key: CheckpointKey
    package let state: State
    /// When it was last used, by the host's clock of then.
    package let lastUse: Date?
    /// What it takes on the disk, in bytes.
    package let bytesOnDisk: Int64
    /// Counts the uses in the store: the least one was used least recently.
    let useNumber: UInt64

    /// What features call it, if it can be told.
    package var title: String? { if case .kept(let manifest) = state { manifest.title } else { nil } }

    fileprivate var isBroken: Bool { if case .broken = state { true } else { false } }
}

extension CheckpointStore {
    /// What is in the store, the most recently used first, without reading files.
    package func list() -> [ListedCheckpoint] {
        keys.map { key in
            let kept = CheckpointFolder(path: path(of: key))
            let state: ListedCheckpoint.State
            do { state = .kept(try kept.readManifest(of: key)) } catch let breakage as Breakage {
                state = .broken(breakage)
            } catch {
                state = .unreadable(reason: "\(error)")
            }
            return ListedCheckpoint(
                key: key,
                state: state,
                lastUse: kept.lastUse,
                bytesOnDisk: kept.bytesOnDisk,
                useNumber: kept.useNumber
            )
        }
        .sorted { ($0.useNumber, $0.lastUse ?? .distantPast) > ($1.useNumber, $1.lastUse ?? .distantPast) }
    }

    /// What all checkpoints take on the disk, in bytes.
    package var bytesOnDisk: Int64 {
        keys.reduce(0) { sum, key in sum + CheckpointFolder(path: path(of: key)).bytesOnDisk }
    }

    // MARK: - Removing

    /// Removes a checkpoint, if there is one.
    ///
    /// - Throws: ``CheckpointStoreError``, also when somebody uses it.
    package func remove(_ key: CheckpointKey) async throws {
        guard (try? status(of: path(of: key))) != nil else { return }
        try prepare()
        do {
            guard try await onThread({ try evict(key) }) else { throw CheckpointStoreError.inUse(key) }
        } catch {
            throw explained(error)
        }
    }

    /// Removes checkpoints until the others take no more than so many bytes on the disk, and what dead processes left.
    ///
    /// Broken ones go first, then the least recently used; never those that somebody uses or makes.
    ///
    /// - Returns: What was removed, in that order.
    /// - Throws: ``CheckpointStoreError/notWritable(_:reason:)``.
    @discardableResult
    package func prune(to limit: Int64, sparing: Set<CheckpointKey> = []) async throws -> [ListedCheckpoint] {
        guard (try? status(of: folder)) != nil else { return [] }
        try prepare()
        return try await onThread {
            removeLeftovers(holding: nil)
            for name in (try? names(in: locks)) ?? [] where CheckpointKey(name) != nil {
                FileLock.removeIfFree(locks.appending(name))
            }
            var total = bytesOnDisk
            return removeLeastUsed(sparing: sparing, while: { total > limit }, removed: { total -= $0.bytesOnDisk })
        }
    }

    /// Makes sure that the disk has room for a checkpoint of so many bytes, evicting others if need be.
    ///
    /// - Throws: ``CheckpointStoreError/diskFull(_:needed:free:)``, or `notWritable`.
    package func requireRoom(for bytes: Int64, sparing: Set<CheckpointKey> = []) async throws {
        try prepare()
        let free: Int64
        do {
            if try freeBytes(at: folder) >= bytes { return }
            free = try await onThread {
                removeLeftovers(holding: nil)
                _ = removeLeastUsed(
                    sparing: sparing,
                    while: { ((try? freeBytes(at: folder)) ?? 0) < bytes },
                    removed: { _ in }
                )
                return try freeBytes(at: folder)
            }
        } catch {
            throw explained(error)
        }
        guard free >= bytes else { throw CheckpointStoreError.diskFull(folder.string, needed: bytes, free: free) }
    }

    private func removeLeastUsed(
        sparing: Set<CheckpointKey>,
        while isNeeded: () -> Bool,
        removed: (ListedCheckpoint) -> Void
    ) -> [ListedCheckpoint] {
        guard isNeeded() else { return [] }
        let leastUsedFirst = list().reversed().filter { !sparing.contains($0.key) }
        var gone: [ListedCheckpoint] = []
        for checkpoint in leastUsedFirst.filter(\.isBroken) + leastUsedFirst.filter({ !$0.isBroken }) {
            guard isNeeded() else { break }
            // Another user's can't be removed, and is no reason to keep the rest.
            guard (try? evict(checkpoint.key)) == true else { continue }
            removed(checkpoint)
            gone.append(checkpoint)
        }
        return gone
    }

    /// Removes a checkpoint unless somebody uses or makes it; returns whether it's gone.
    private func evict(_ key: CheckpointKey) throws -> Bool {
        let isGone = try FileLock.withLockIfFree(lock(of: key)) {
            let place = newPlace(for: key)
            if let status = try? status(of: path(of: key)), !isFolder(status) {
                try move(path(of: key), to: place)
            } else {
                let moved: Void? = try FolderLock.withLockIfFree(path(of: key), .exclusive) {
                    // First out of sight: a folder that lacks some files must never have the name of a key.
                    try move(path(of: key), to: place)
                }
                guard moved != nil else { return false }
            }
            try removeTree(place)
            return true
        }
        return isGone ?? false
    }

    /// Removes a broken checkpoint, though others may use it: what they read is wrong already.
    ///
    /// When somebody else than the caller holds the lock of this key, it's left to them: they look at it themselves.
    ///
    /// - Returns: Whether it's gone.
    func discard(_ key: CheckpointKey, _ identity: CheckpointFolder.Identity, holdsLock: Bool) async -> Bool {
        @Sendable func moveAway() throws -> Bool {
            // A good one may have been made in its place.
            guard CheckpointFolder.Identity(try status(of: path(of: key))) == identity else { return true }
            let place = newPlace(for: key)
            try move(path(of: key), to: place)
            try? removeTree(place)
            return true
        }
        let isGone = try? await onThread {
            try prepare()
            return holdsLock ? try moveAway() : try FileLock.withLockIfFree(lock(of: key), body: moveAway) ?? false
        }
        return isGone ?? false
    }
}
