import FoundationEssentials
import Glibc
import SystemPackage

/// The files that the maker of a checkpoint has left, from when on nobody writes to them any more.
struct SealedFiles {
    private let folder: CheckpointFolder
    private let boot: HostBoot

    init(_ folder: CheckpointFolder, boot: HostBoot) {
        self.folder = folder
        self.boot = boot
    }

    /// Reads the files, leaves stamps that vouch for them, and returns the manifest.
    func manifest(_ facts: CheckpointFacts) async throws -> CheckpointManifest {
        var files: [(name: String, file: FileDescriptor, status: stat)] = []
        defer { for (_, file, _) in files { try? file.close() } }
        do {
            for name in try names(in: folder.path) {
                guard CheckpointManifest.isPlainName(name) else { throw refused(name, "it can't have this name") }
                guard isPlainFile(try status(of: folder.path.appending(name))) else {
                    throw refused(name, "it is no plain file")
                }
                let file = try openPlainFile(folder.path.appending(name))
                files.append((name, file, try status(of: file)))
                guard !isOpenForWriting(file) else { throw refused(name, "somebody still has it open for writing") }
            }
            let digests = try await Inspection.digests(of: files)
            var stamps: [String: StampFile.Entry] = [:]
            var entries: [CheckpointManifest.File] = []
            for ((name, _, status), digest) in zip(files, digests) {
                stamps[name] = FileStamp(status, boot).map { StampFile.Entry(stamp: $0, sha256: digest) }
                entries.append(
                    .init(
                        name: name,
                        size: Int64(status.st_size),
                        allocated: allocatedBytes(status),
                        chunksDigest: digest
                    )
                )
            }
            folder.stamps.save(stamps)
            return CheckpointManifest(facts, files: entries, made: Date())
        } catch let breakage as Breakage {
            throw CheckpointStoreError.refused(folder.path.string, reason: "\(breakage)")
        }
    }

    private func refused(_ name: String, _ reason: String) -> CheckpointStoreError {
        .refused(folder.path.appending(name).string, reason: reason)
    }
}

/// Whether anybody can still write to a file, also through a mapping, which leaves no trace in its times.
///
/// Asked by a lease (fcntl(2), F_SETLEASE), which is refused then; where there are no leases the answer is no.
private func isOpenForWriting(_ file: FileDescriptor) -> Bool {
    let (setSignal, setLease): (Int32, Int32) = (10, 1024)
    // Should somebody open the file in this moment: a signal that is ignored, not the usual one that kills.
    _ = fcntl(file.rawValue, setSignal, SIGURG)
    guard fcntl(file.rawValue, setLease, F_RDLCK) == 0 else { return errno == EAGAIN }
    _ = fcntl(file.rawValue, setLease, F_UNLCK)
    return false
}
