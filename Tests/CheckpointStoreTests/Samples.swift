import CheckpointStore
import FoundationEssentials
import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// A store in a fresh folder, and what tests do to it.
struct Sample: Sendable {
    let folder: FilePath
    /// The files that had to be read.
    let readings = Readings()

    /// Counts what a store reads, since a stamp's worth is that nothing is.
    final class Readings: Sendable {
        private let names = Mutex<[String]>([])
        func add(_ path: FilePath) { names.withLock { $0.append(path.lastComponent?.string ?? "") } }
        /// The names since this was last asked.
        func take() -> [String] {
            names.withLock { names in
                defer { names = [] }
                return names.sorted()
            }
        }
    }

    func store(limit: Int64 = 1 << 40, boot: HostBoot = HostBoot(id: "first")) -> CheckpointStore {
        CheckpointStore(folder: folder, limit: limit, boot: boot) { [readings] in readings.add($0) }
    }

    static func with(_ body: (Sample) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in try await body(Sample(folder: FilePath(folder).appending("store"))) }
    }

    // MARK: - Checkpoints

    static func ingredients(_ title: String) -> [CheckpointKey.Ingredient] {
        [.init("image", "1234"), .init("steps", digestOf: title)]
    }

    static func key(_ title: String) -> CheckpointKey { CheckpointKey(ingredients(title)) }

    static func facts(_ title: String) -> CheckpointFacts {
        CheckpointFacts(title: title, ingredients: ingredients(title), cost: .milliseconds(1500), extra: ["a": "b/ü\n"])
    }

    /// Leaves a memory file with holes and a small file of devices.
    static func fill(_ folder: FilePath, _ title: String) throws {
        try write([(0, title), (3 << 20, "end of \(title)")], to: folder.appending("memory"), size: 5 << 20)
        try write([(0, "devices of \(title)")], to: folder.appending("devices"))
    }

    static func write(_ pieces: [(Int64, String)], to path: FilePath, size: Int64? = nil) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate],
            permissions: [.ownerReadWrite]
        )
        try file.closeAfter {
            for (offset, text) in pieces { _ = try file.writeAll(toAbsoluteOffset: offset, text.utf8) }
            if let size { ftruncate(file.rawValue, Int(size)) }
        }
    }

    @discardableResult
    func make(_ title: String, limit: Int64 = 1 << 40) async throws -> MakeResult {
        try await store(limit: limit).make(Self.key(title)) { folder in
            try Self.fill(folder, title)
            return Self.facts(title)
        }
    }

    // MARK: - Looking

    func path(_ title: String, _ file: String? = nil) -> FilePath {
        let path = folder.appending(Self.key(title).description)
        return file.map { path.appending($0) } ?? path
    }

    /// Whether a store gives the checkpoint, which then must be right.
    func isUsable(_ title: String, in store: CheckpointStore? = nil) async throws -> Bool {
        try await use(title, in: store).isUsable
    }

    func use(_ title: String, in store: CheckpointStore? = nil) async throws -> (
        isUsable: Bool, notices: [CheckpointNotice]
    ) {
        var notices: [CheckpointNotice] = []
        let isUsable = try await (store ?? self.store()).withCheckpoint(Self.key(title)) {
            notices.append($0)
        } body: { kept in
            guard let kept else { return false }
            #expect(kept.manifest.title == title)
            let (devices, memory) = (
                try text(kept.folder.appending("devices")), try text(kept.folder.appending("memory"))
            )
            #expect(devices == "devices of \(title)")
            #expect(memory.hasPrefix(title))
            return true
        }
        return (isUsable, notices)
    }

    func text(_ path: FilePath) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path.string)), as: UTF8.self)
    }

    func exists(_ path: FilePath) -> Bool { access(path.string, F_OK) == 0 }

    /// What lies in the store besides whole folders.
    func entries(_ name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.appending(name).string)) ?? []).sorted()
    }

    func titles() -> [String] { store().list().compactMap(\.title) }
}
