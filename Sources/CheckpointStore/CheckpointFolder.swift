import FoundationEssentials
import Glibc
import SystemPackage

/// The folder of one checkpoint.
///
/// ```
/// memory, devices, ...       what its maker left: plain files, never changed
/// checkpoint.json            the manifest, written last
/// checkpoint.stamps          when the files' content was last found right
/// checkpoint.used            when it was last used, as a number that grows with each use in the store
/// ```
struct CheckpointFolder: Sendable {
    /// Files with this prefix are the store's.
    static let ownPrefix = "checkpoint."

    let path: FilePath

    var manifest: FilePath { path.appending("checkpoint.json") }
    var stamps: StampFile { StampFile(path: path.appending("checkpoint.stamps")) }
    private var used: FilePath { path.appending("checkpoint.used") }

    private static let ownNames: Set = [
        "checkpoint.json", "checkpoint.stamps", "checkpoint.stamps.new", "checkpoint.used",
    ]

    /// The device and inode, which tell it from another one that got its name later.
    struct Identity: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }

    /// What it takes on the disk, in bytes.
    var bytesOnDisk: Int64 {
        let entries = (try? names(in: path)) ?? []
        return (entries.map { path.appending($0) } + [path]).reduce(0) { sum, entry in
            sum + ((try? status(of: entry)).map(allocatedBytes) ?? 0)
        }
    }

    /// The names of the files that its maker left.
    ///
    /// - Throws: ``Breakage/foreign(_:)`` when there is anything but plain files.
    func contents() throws -> [String] {
        try names(in: path).filter { name in
            guard let status = try? status(of: path.appending(name)), isPlainFile(status) else {
                throw Breakage.foreign(name)
            }
            if Self.ownNames.contains(name) { return false }
            guard CheckpointManifest.isPlainName(name) else { throw Breakage.foreign(name) }
            return true
        }
    }

    /// Reads the manifest, without looking at the files.
    ///
    /// - Throws: ``Breakage``, or `Errno` when nothing can be said.
    func readManifest(of key: CheckpointKey) throws -> CheckpointManifest {
        let bytes: [UInt8]
        do {
            bytes = try readPlainFile(manifest, limit: CheckpointManifest.sizeLimit)
        } catch let error as Errno {
            throw try Self.breakage(error) { .manifest("\($0)") }
        }
        return try CheckpointManifest.decode(bytes, of: key)
    }

    /// Sorts errors that prove nothing, such as a lack of rights or of memory, from those of a broken checkpoint.
    static func breakage(_ error: Errno, _ make: (Errno) -> Breakage) throws -> Breakage {
        switch error {
        case .permissionDenied, .notPermitted, .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory: throw error
        default: make(error)
        }
    }

    // MARK: - Uses

    /// The number of the last use, zero when it isn't known.
    ///
    /// Not a time: clocks are set back, and then what was used last would go first.
    var useNumber: UInt64 {
        guard let bytes = try? readPlainFile(used, limit: 64),
            let number = UInt64(String(decoding: bytes.prefix(20), as: UTF8.self)), number < 1 << 62
        else { return 0 }
        return number
    }

    /// When it was last used, by the host's clock of then.
    var lastUse: Date? {
        guard let status = try? status(of: used) else { return nil }
        return Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec))
    }

    /// Notes a use; in another user's folder nothing happens.
    func markUsed(_ number: UInt64) {
        let digits = String(number)
        let text = String(repeating: "0", count: 20 - digits.utf8.count) + digits + "\n"
        let options: FileDescriptor.OpenOptions = [.create, .noFollow, .nonBlocking, .closeOnExec]
        guard let file = try? FileDescriptor.open(used, .writeOnly, options: options, permissions: filePermissions)
        else { return }
        // Always as long: whoever reads at the same time sees a number, the old one or the new one.
        _ = try? file.closeAfter { try file.writeAll(toAbsoluteOffset: 0, text.utf8) }
    }
}
