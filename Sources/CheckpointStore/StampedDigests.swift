import Crypto
import Glibc
package import SystemPackage

/// SHA-256 digests of large files that seldom change, such as images and programs: computed once per boot.
///
/// A digest is taken from a small file of stamps while the file in question is the same one by device and inode, has
/// the same size and times, and the host hasn't been started anew; else the file is read. Several processes may
/// use the same file of stamps.
package struct StampedDigests: Sendable {
    private let stamps: StampFile
    private let boot: HostBoot
    private let reading: @Sendable (FilePath) -> Void

    /// Digests that are remembered in a file, which need not be there yet.
    ///
    /// `reading` is told of each file that has to be read.
    package init(
        rememberedIn file: FilePath,
        boot: HostBoot = .current,
        reading: @escaping @Sendable (FilePath) -> Void = { _ in }
    ) {
        stamps = StampFile(path: file)
        self.boot = boot
        self.reading = reading
    }

    /// The digest that `sha256sum` prints of a file, following links.
    ///
    /// - Throws: ``CheckpointStoreError/unreadable(_:reason:)``, also when the file is written to all the time.
    package func sha256(of path: FilePath) async throws -> String {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
            defer { try? file.close() }
            for _ in 0..<3 { if let digest = try await digest(of: file, path) { return digest } }
            throw CheckpointStoreError.unreadable(path.string, reason: "it changes while it's read")
        } catch let error as Errno {
            throw CheckpointStoreError.unreadable(path.string, reason: "\(error)")
        }
    }

    /// `nil` when the file was written to meanwhile.
    private func digest(of file: FileDescriptor, _ path: FilePath) async throws -> String? {
        let name = path.string
        let before = try status(of: file)
        guard isPlainFile(before) else {
            throw CheckpointStoreError.unreadable(name, reason: "it's no plain file")
        }
        let stamp = FileStamp(before, boot)
        if let stamp, let known = stamps.load()[name], known.stamp == stamp, isSHA256Text(known.sha256) {
            return known.sha256
        }
        try await waitForNewTick(after: [before])
        reading(path)
        let digest = try await onThread { try plainDigest(of: file) }
        guard let stamp else { return digest }
        guard FileStamp(try status(of: file), boot) == stamp else { return nil }
        // What was known before the last start of the host is of no use any more.
        var entries = stamps.load().filter { $0.value.stamp.boot == stamp.boot }
        entries[name] = StampFile.Entry(stamp: stamp, sha256: digest)
        stamps.save(entries)
        return digest
    }
}

private func plainDigest(of file: FileDescriptor) throws -> String {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
    defer { buffer.deallocate() }
    var hash = SHA256()
    var position: Int64 = 0
    while true {
        let count = try file.read(fromAbsoluteOffset: position, into: buffer)
        if count == 0 { return hexText(hash.finalize()) }
        hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        position += Int64(count)
    }
}
