package import CheckpointStore
import FoundationEssentials
import Glibc
import SystemPackage

/// A checkpoint whose content follows from its key, so that anybody can tell whether it's right.
package struct ProbeState: Sendable {
    /// As many as there are, so that processes meet.
    package static let all = (0..<4).map { ProbeState(number: $0) }
    private static let farOffset: Int64 = 1 << 20
    private static let size: Int64 = 3 << 19

    let number: Int

    package var key: CheckpointKey { CheckpointKey(facts.ingredients) }
    private var text: String { String(repeating: key.description, count: 2048) }

    var facts: CheckpointFacts {
        CheckpointFacts(
            title: "state \(number)",
            ingredients: [.init("number", String(number))],
            cost: .milliseconds(number)
        )
    }

    /// Leaves the files, pausing in between, so that the maker is killed at any point of it.
    func fill(_ folder: FilePath, pause: Duration = .zero) async throws {
        try write([(0, text)], to: folder.appending("devices"))
        try await Task.sleep(for: pause)
        try write([(0, text), (Self.farOffset, text)], to: folder.appending("memory"))
    }

    /// What is wrong with a checkpoint; `nil` when it's right.
    package func fault(of kept: KeptCheckpoint) -> String? {
        guard kept.manifest.title == facts.title else { return "title" }
        guard let devices = read("devices", of: kept), devices == text else { return "devices" }
        guard let memory = read("memory", of: kept), memory.utf8.count == Self.size, memory.hasPrefix(text),
            memory.utf8.dropFirst(Int(Self.farOffset)).starts(with: text.utf8)
        else { return "memory" }
        return nil
    }

    private func read(_ name: String, of kept: KeptCheckpoint) -> String? {
        let data = try? Data(contentsOf: URL(filePath: kept.folder.appending(name).string))
        return data.map { String(decoding: $0, as: UTF8.self) }
    }

    private func write(_ pieces: [(Int64, String)], to path: FilePath) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .exclusiveCreate],
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        try file.closeAfter {
            for (offset, text) in pieces { _ = try file.writeAll(toAbsoluteOffset: offset, text.utf8) }
            if pieces.count > 1, ftruncate(file.rawValue, Int(Self.size)) != 0 { throw Errno(rawValue: errno) }
        }
    }
}
