import FoundationEssentials
import Glibc
import SystemPackage

/// Which start of which host's kernel this is.
///
/// After another one nothing is known of files that weren't forced onto the disk.
package struct HostBoot: Hashable, Sendable {
    let id: String?

    /// The host as it runs now.
    package static let current = HostBoot(
        id: (try? readPlainFile("/proc/sys/kernel/random/boot_id", limit: 128)).map {
            String(decoding: $0.prefix { $0 > 0x20 }, as: UTF8.self)
        }
    )

    /// A host that calls this start so; `nil` when it can't tell, and no stamp counts.
    package init(id: String?) { self.id = id }
}

/// How a file looked when its content was known: while it looks so, its content is the same.
///
/// Every write, also one that puts the old bytes and times back, changes `changed`, which nobody can set.
struct FileStamp: Hashable, Codable, Sendable {
    let boot: String
    let device: UInt64
    let inode: UInt64
    let size: Int64
    /// When its content was written to, in nanoseconds since 1970.
    let modified: Int64
    /// When its content or its status was changed, in nanoseconds since 1970.
    let changed: Int64

    init?(_ status: stat, _ boot: HostBoot) {
        guard let boot = boot.id else { return nil }
        self.boot = boot
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modified = nanoseconds(status.st_mtim)
        changed = nanoseconds(status.st_ctim)
    }
}

private func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec) }

/// Waits until a write to one of the files would give it another time than it has.
///
/// The kernel's clock for files moves in ticks of up to 10 ms: a second write in the tick of the first leaves no trace.
func waitForNewTick(after statuses: [stat]) async throws {
    let tick: Int64 = 10_000_000
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    // A time far in the future comes from a clock that was set back: no write gives it again.
    let isFresh = statuses.contains { abs(nanoseconds($0.st_ctim) &- nanoseconds(now)) <= 2 * tick }
    if isFresh { try await Task.sleep(for: .nanoseconds(3 * tick)) }
}

// MARK: - The file of stamps

/// A small file that says which digests files had when they looked as their stamps say.
///
/// Several processes may use it at once: it's replaced whole, and an entry that gets lost costs no more than
/// reading a file again. Whatever can't be read or understood counts as empty.
struct StampFile: Sendable {
    struct Entry: Codable, Sendable {
        let stamp: FileStamp
        let sha256: String
    }

    private struct Content: Codable {
        let version: Int
        let entries: [String: Entry]
    }

    private static let version = 1
    private static let sizeLimit = 1 << 20
    private static let entryLimit = 512

    let path: FilePath

    /// What the new file is called until it's whole.
    ///
    /// One left by a process that died is used by the next one.
    static func unfinished(_ path: FilePath) -> FilePath { FilePath(path.string + ".new") }

    func load() -> [String: Entry] {
        guard let bytes = try? readPlainFile(path, limit: Self.sizeLimit),
            let content = try? JSONDecoder().decode(Content.self, from: Data(bytes)), content.version == Self.version,
            content.entries.count <= Self.entryLimit
        else { return [:] }
        return content.entries
    }

    /// Replaces the file; when that's not possible, or another process is at it, nothing happens.
    func save(_ entries: [String: Entry]) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(Content(version: Self.version, entries: entries)),
            entries.count <= Self.entryLimit
        else { return }
        replaceFile(path, by: Array(data), through: Self.unfinished(path))
    }
}
