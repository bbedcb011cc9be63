import FoundationEssentials
import Glibc
import SystemPackage

/// Finds out whether a checkpoint is what was made, reading its files only if stamps don't vouch for them.
struct Inspection: Sendable {
    let key: CheckpointKey
    let folder: CheckpointFolder
    let boot: HostBoot
    let reading: @Sendable (FilePath) -> Void

    /// The manifest of a whole checkpoint.
    ///
    /// - Throws: ``Breakage``, or another error when nothing can be said.
    func inspect() async throws -> CheckpointManifest {
        let manifest = try folder.readManifest(of: key)
        let found = Set(try folder.contents())
        let named = Set(manifest.files.map(\.name))
        if let name = found.subtracting(named).min() { throw Breakage.foreign(name) }
        if let name = named.subtracting(found).min() { throw Breakage.missing(name) }

        var files: [OpenFile] = []
        defer { for file in files { try? file.descriptor.close() } }
        for file in manifest.files { files.append(try open(file)) }

        let stamps = folder.stamps.load()
        let unknown = files.filter { file in
            guard let stamp = FileStamp(file.status, boot), let known = stamps[file.entry.name] else { return true }
            return known.stamp != stamp || known.sha256 != file.entry.chunksDigest
        }
        if !unknown.isEmpty {
            try await verify(unknown)
            saveStamps(of: files)
        }
        return manifest
    }

    private struct OpenFile: Sendable {
        let entry: CheckpointManifest.File
        let descriptor: FileDescriptor
        let status: stat
    }

    private func open(_ entry: CheckpointManifest.File) throws -> OpenFile {
        do {
            let descriptor = try openPlainFile(folder.path.appending(entry.name))
            do {
                let status = try status(of: descriptor)
                guard status.st_size == entry.size else {
                    throw Breakage.size(entry.name, expected: entry.size, seen: Int64(status.st_size))
                }
                return OpenFile(entry: entry, descriptor: descriptor, status: status)
            } catch {
                try? descriptor.close()
                throw error
            }
        } catch let error as Errno {
            throw try CheckpointFolder.breakage(error) { .unreadable(entry.name, reason: "\($0)") }
        }
    }

    private func verify(_ files: [OpenFile]) async throws {
        for file in files { reading(folder.path.appending(file.entry.name)) }
        let digests = try await Self.digests(
            of: files.map { (name: $0.entry.name, file: $0.descriptor, status: $0.status) }
        )
        for (file, digest) in zip(files, digests) where digest != file.entry.chunksDigest {
            throw Breakage.content(file.entry.name)
        }
    }

    private func saveStamps(of files: [OpenFile]) {
        let entries = files.compactMap { file in
            FileStamp(file.status, boot).map {
                (file.entry.name, StampFile.Entry(stamp: $0, sha256: file.entry.chunksDigest))
            }
        }
        folder.stamps.save(Dictionary(entries) { first, _ in first })
    }

    // MARK: - Digests with stamps

    /// The digests of files whose status vouches for them from now on.
    ///
    /// - Throws: ``Breakage``, or another error when nothing can be said.
    static func digests(of files: [(name: String, file: FileDescriptor, status: stat)]) async throws -> [String] {
        try await waitForNewTick(after: files.map(\.status))
        let digests: [String]
        do {
            digests = try await ChunksDigest.digests(
                of: files.map { ChunksDigest.Source(file: $0.file, size: Int64($0.status.st_size)) }
            )
        } catch let error as ChunksDigest.ReadingError {
            throw try CheckpointFolder.breakage(error.reason) {
                .unreadable(files[error.source].name, reason: "\($0)")
            }
        }
        // Any boot will do: what's compared was seen moments apart.
        let boot = HostBoot(id: "")
        for (name, file, before) in files where FileStamp(try status(of: file), boot) != FileStamp(before, boot) {
            throw Breakage.changing(name)
        }
        return digests
    }
}
