import CheckpointStore
import FoundationEssentials
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite("Broken checkpoints", .timeLimit(.minutes(5)))
struct BrokenCheckpointTests {
    /// Makes a checkpoint, damages it, and expects that it's found out, removed, and made again.
    private func expectFound(
        boot: HostBoot = HostBoot(id: "first"),
        _ damage: (Sample) throws -> Void,
        _ isExpected: (Breakage) -> Bool
    ) async throws {
        try await Sample.with { sample async throws in
            try await sample.make("desktop")
            try damage(sample)
            let (isUsable, notices) = try await sample.use("desktop", in: sample.store(boot: boot))
            #expect(!isUsable)
            #expect(notices.count == 1)
            let notice = try #require(notices.first)
            #expect(isExpected(notice.breakage), "\(notice)")
            #expect(notice.isRemoved)
            #expect(!sample.exists(sample.path("desktop")))
            #expect(sample.entries("making") == [] && sample.entries("locks") == [])
            try await sample.make("desktop")
            #expect(try await sample.isUsable("desktop"))
        }
    }

    private func flipBit(_ path: FilePath, at offset: Int64) throws {
        let file = try FileDescriptor.open(path, .readWrite)
        try file.closeAfter {
            var byte: UInt8 = 0
            _ = try withUnsafeMutableBytes(of: &byte) { try file.read(fromAbsoluteOffset: offset, into: $0) }
            _ = try file.writeAll(toAbsoluteOffset: offset, [byte ^ 1])
        }
    }

    @Test(
        "a flipped bit is found in data, at the end, and in a hole",
        arguments: [
            ("memory", 0), ("memory", 3 << 20), ("memory", (5 << 20) - 1), ("memory", 1 << 20), ("devices", 3),
        ] as [(String, Int64)]
    )
    func flippedBit(_ file: String, _ offset: Int64) async throws {
        try await expectFound { sample in
            try flipBit(sample.path("desktop", file), at: offset)
        } _: {
            $0 == .content(file)
        }
    }

    @Test("a flipped bit is found though the file's times were put back")
    func timesPutBack() async throws {
        try await expectFound { sample in
            let path = sample.path("desktop", "memory")
            var status = stat()
            stat(path.string, &status)
            try flipBit(path, at: 0)
            let times = [status.st_atim, status.st_mtim]
            utimensat(AT_FDCWD, path.string, times, 0)
        } _: {
            $0 == .content("memory")
        }
    }

    @Test("every flipped bit of the manifest is found")
    func flippedManifest() async throws {
        try await Sample.with { sample async throws in
            try await sample.make("desktop")
            let path = sample.path("desktop", "checkpoint.json")
            let good = try Data(contentsOf: URL(filePath: path.string))
            for offset in good.indices {
                try flipBit(path, at: Int64(offset))
                let state = try #require(sample.store().list().first).state
                guard case .broken(.manifest) = state else {
                    Issue.record("byte \(offset): \(state)")
                    return
                }
                try good.write(to: URL(filePath: path.string))
            }
            #expect(try await sample.isUsable("desktop"))
        }
    }

    @Test("what lies in memory only is lost with the power, and found lost")
    func powerLoss() async throws {
        try await expectFound(boot: HostBoot(id: "second")) { sample in
            // The right size, the right name, and nothing in it; the stamps may well have survived.
            try Sample.write([], to: sample.path("desktop", "memory"), size: 5 << 20)
        } _: {
            $0 == .content("memory")
        }
    }

    @Test("a file that is cut off, too long, or gone is found")
    func sizes() async throws {
        for size in [0, (5 << 20) - 1, (5 << 20) + 1] {
            try await expectFound { sample in
                truncate(sample.path("desktop", "memory").string, size)
            } _: {
                $0 == .size("memory", expected: 5 << 20, seen: Int64(size))
            }
        }
        try await expectFound {
            unlink($0.path("desktop", "devices").string)
        } _: {
            $0 == .missing("devices")
        }
    }

    @Test("links, pipes and what doesn't belong to it are refused, even if they read the same")
    func foreign() async throws {
        try await expectFound { sample in
            let path = sample.path("desktop", "devices")
            let elsewhere = sample.folder.removingLastComponent().appending("elsewhere")
            rename(path.string, elsewhere.string)
            symlink(elsewhere.string, path.string)
        } _: {
            $0 == .foreign("devices")
        }
        try await expectFound { sample in
            unlink(sample.path("desktop", "devices").string)
            mkfifo(sample.path("desktop", "devices").string, 0o600)
        } _: {
            $0 == .foreign("devices")
        }
        try await expectFound { sample in
            try Sample.write([], to: sample.path("desktop", "firmware"))
        } _: {
            $0 == .foreign("firmware")
        }
        try await expectFound { sample in
            mkfifo(sample.path("desktop", "checkpoint.json").string + ".pipe", 0o600)
        } _: {
            $0 == .foreign("checkpoint.json.pipe")
        }
        try await expectFound { sample in
            unlink(sample.path("desktop", "checkpoint.json").string)
            symlink("/dev/zero", sample.path("desktop", "checkpoint.json").string)
        } _: {
            if case .manifest = $0 { true } else { false }
        }
        try await expectFound { sample in
            let elsewhere = sample.folder.removingLastComponent().appending("elsewhere")
            rename(sample.path("desktop").string, elsewhere.string)
            symlink(elsewhere.string, sample.path("desktop").string)
        } _: {
            $0 == .noFolder
        }
    }

    @Test("manifests of another version, with unknown keys, too large or of another checkpoint aren't used")
    func manifests() async throws {
        func edit(_ change: @escaping (String) -> String) async throws {
            try await expectFound { sample in
                let path = sample.path("desktop", "checkpoint.json")
                let text = try sample.text(path)
                #expect(change(text) != text)
                try Sample.write([(0, change(text))], to: path)
            } _: {
                if case .manifest = $0 { true } else { false }
            }
        }
        try await edit { $0.replacing("\"version\" : 1", with: "\"version\" : 2") }
        try await edit { $0.replacing("\"version\" : 1", with: "\"version\" : 1,\n  \"zone\" : 1") }
        try await edit { $0 + String(repeating: " ", count: 2 << 20) }
        try await edit { _ in "" }
        try await edit { _ in "[]" }
        try await edit { _ in String(repeating: "[", count: 100_000) }
        try await expectFound { sample in
            try FileManager.default.removeItem(atPath: sample.path("desktop").string)
            mkdir(sample.path("desktop").string, 0o777)
        } _: {
            $0 == .manifest("No such file or directory")
        }
    }

    @Test("a checkpoint under another one's key isn't used")
    func otherKey() async throws {
        try await Sample.with { sample async throws in
            try await sample.make("desktop")
            rename(sample.path("desktop").string, sample.path("greeter").string)
            let (isUsable, notices) = try await sample.use("greeter")
            #expect(!isUsable)
            #expect(notices.map(\.breakage) == [.manifest("it is about another checkpoint")])
        }
    }

    @Test("a maker replaces a broken one, also while somebody uses it")
    func replacedWhileUsed() async throws {
        try await Sample.with { sample async throws in
            try await sample.make("desktop")
            try await sample.store().withCheckpoint(Sample.key("desktop")) { kept in
                #expect(kept != nil)
                try flipBit(sample.path("desktop", "memory"), at: 0)
                guard case .made = try await sample.make("desktop") else {
                    Issue.record("It was not made.")
                    return
                }
            }
            #expect(try await sample.isUsable("desktop"))
        }
    }
}
