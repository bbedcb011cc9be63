import FileLocks
import FoundationEssentials
import Glibc
package import SystemPackage

/// What came of making a checkpoint.
package enum MakeResult: Sendable {
    /// It was made; others that were used less recently had to go for it.
    case made(KeptCheckpoint, evicted: [ListedCheckpoint])
    /// There was one already, perhaps made by somebody else while this one waited.
    case foundMade(KeptCheckpoint)
    /// What was made was not to be kept.
    case notKept
}

extension CheckpointStore {
    /// Makes a checkpoint, unless there is one; of each there's one maker at a time on the whole host.
    ///
    /// Who wants to use it calls ``withCheckpoint(_:isolation:notice:body:)`` then; it may be gone again when the limit
    /// is so small that another run has evicted it.
    ///
    /// `fill` leaves plain files in the empty folder that it's given, and returns what they are, or `nil` when they
    /// aren't to be kept. Nobody may have the files open for writing any more, nor mapped, when it returns.
    /// `waiting` is told once, when somebody else is making it, and `notice` of a broken one that was in its place.
    ///
    /// - Throws: ``CheckpointStoreError``, `CancellationError`, or what `fill` throws; then nothing is left of it.
    package func make(
        _ key: CheckpointKey,
        isolation: isolated (any Actor)? = #isolation,
        waiting: () -> Void = {},
        notice: (CheckpointNotice) -> Void = { _ in },
        fill: (FilePath) async throws -> CheckpointFacts?
    ) async throws -> MakeResult {
        try prepare()
        do {
            let result = try await FileLock.withLock(lock(of: key), waiting: waiting) {
                if let kept = try await whole(key, holdsLock: true, notice: notice, body: { $0 }) {
                    return MakeResult.foundMade(kept)
                }
                try? await onThread { removeLeftovers(holding: key) }
                return try await fillAndKeep(key, fill)
            }
            guard case .made(let kept, _) = result else { return result }
            return .made(kept, evicted: (try? await prune(to: limit, sparing: [key])) ?? [])
        } catch {
            // What `fill` throws is its own, unless it's about the disk.
            throw diskFull(error) ?? error
        }
    }

    private func fillAndKeep(
        _ key: CheckpointKey,
        isolation: isolated (any Actor)? = #isolation,
        _ fill: (FilePath) async throws -> CheckpointFacts?
    ) async throws -> MakeResult {
        let place = newPlace(for: key)
        do {
            do { try makeFolder(place) } catch { throw explained(error) }
            guard let facts = try await fill(place) else {
                try await onThread { try removeTree(place) }
                return .notKept
            }
            do {
                return .made(try await keep(key, facts, in: CheckpointFolder(path: place)), evicted: [])
            } catch {
                throw explained(error)
            }
        } catch {
            try? await onThread { try removeTree(place) }
            throw error
        }
    }

    /// Gives a filled folder its manifest, and then the name that makes it a checkpoint.
    private func keep(
        _ key: CheckpointKey,
        _ facts: CheckpointFacts,
        in place: CheckpointFolder
    ) async throws -> KeptCheckpoint {
        guard CheckpointKey(facts.ingredients) == key else { throw CheckpointStoreError.otherIngredients(key) }
        let manifest = try await SealedFiles(place, boot: boot).manifest(facts)
        let bytes = try manifest.encoded()
        // What this version writes it must be able to read.
        do { _ = try CheckpointManifest.decode(bytes, of: key) } catch {
            throw CheckpointStoreError.refused(place.manifest.string, reason: "\(error)")
        }
        guard bytes.count <= CheckpointManifest.sizeLimit else {
            throw CheckpointStoreError.refused(place.manifest.string, reason: "it has \(bytes.count) bytes")
        }
        place.markUsed(nextUseNumber())
        try writeDurably(bytes, to: place.manifest)
        try synchronizeFolder(place.path)
        let kept = CheckpointFolder(path: path(of: key))
        try move(place.path, to: kept.path)
        try synchronizeFolder(folder)
        return KeptCheckpoint(key: key, folder: kept, manifest: manifest)
    }

    // MARK: - The store's folder

    /// Makes the store's folders.
    func prepare() throws {
        do {
            var made = FilePath(root: folder.root, [])
            for component in folder.components {
                made.append(component)
                try makeFolder(made)
            }
            try makeFolder(locks)
            try makeFolder(making)
            for path in [folder, locks, making] where faccessat(AT_FDCWD, path.string, W_OK | X_OK, AT_EACCESS) != 0 {
                throw Errno(rawValue: errno)
            }
        } catch let error as Errno {
            if error == .noSpace || error == .diskQuotaExceeded { throw explained(error) }
            throw CheckpointStoreError.notWritable(folder.string, reason: "\(error)")
        }
    }

    /// Removes what makers that died have left, as far as nobody makes the checkpoint in question now.
    func removeLeftovers(holding own: CheckpointKey?) {
        for name in (try? names(in: making)) ?? [] {
            guard let key = CheckpointKey(name.prefix(64)), name.dropFirst(64).first == "-" else { continue }
            let leftover = making.appending(name)
            if key == own {
                try? removeTree(leftover)
            } else {
                _ = try? FileLock.withLockIfFree(lock(of: key)) { try removeTree(leftover) }
            }
        }
    }

    // MARK: - Errors

    /// Says what an error of the file system means for the store.
    func explained(_ error: any Error) -> any Error {
        if let full = diskFull(error) { return full }
        guard let error = error as? Errno else { return error }
        return CheckpointStoreError.notWritable(folder.string, reason: "\(error)")
    }

    private func diskFull(_ error: any Error) -> CheckpointStoreError? {
        let isFull =
            switch error {
            case Errno.noSpace, Errno.diskQuotaExceeded: true
            case let error as CocoaError: error.code == .fileWriteOutOfSpace
            default: false
            }
        return isFull ? .diskFull(folder.string, needed: nil, free: try? freeBytes(at: folder)) : nil
    }
}
