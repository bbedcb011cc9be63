import CheckpointStore
import FoundationEssentials
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite("Stamps", .timeLimit(.minutes(5)))
struct StampTests {
    private let both = ["devices", "memory"]

    @Test("a checkpoint's files are read once per boot")
    func reuse() async throws {
        try await Sample.with { sample async throws in
            try await sample.make("desktop")
            #expect(try await sample.isUsable("desktop"))
            #expect(sample.readings.take() == [], "Its maker has just read them.")
            for boot in ["second", "third"] {
                let store = sample.store(boot: HostBoot(id: boot))
                #expect(try await sample.isUsable("desktop", in: store))
                #expect(sample.readings.take() == both)
                #expect(try await sample.isUsable("desktop", in: store))
                #expect(sample.readings.take() == [])
            }
        }
    }

    @Test("on a host that can't tell its boots they are read each time")
    func unknownBoot() async throws {
        try await Sample.with { sample async throws in
            try await sample.make("desktop")
            for _ in 0..<2 {
                #expect(try await sample.isUsable("desktop", in: sample.store(boot: HostBoot(id: nil))))
                #expect(sample.readings.take() == both)
            }
        }
    }

    @Test("a file that was touched or replaced by the same content is read again, and that one alone")
    func touched() async throws {
        try await Sample.with { sample async throws in
            try await sample.make("desktop")
            utimensat(AT_FDCWD, sample.path("desktop", "memory").string, nil, 0)
            #expect(try await sample.isUsable("desktop"))
            #expect(sample.readings.take() == ["memory"])
            let devices = sample.path("desktop", "devices")
            let text = try sample.text(devices)
            unlink(devices.string)
            try Sample.write([(0, text)], to: devices)
            #expect(try await sample.isUsable("desktop"))
            #expect(sample.readings.take() == ["devices"])
            #expect(try await sample.isUsable("desktop"))
            #expect(sample.readings.take() == [])
        }
    }

    @Test("stamps that are damaged, gone, or hostile cost a reading and nothing else")
    func damaged() async throws {
        try await Sample.with { sample async throws in
            try await sample.make("desktop")
            let stamps = sample.path("desktop", "checkpoint.stamps")
            let good = try sample.text(stamps)
            for bad in ["", "{", good.replacing("\"version\":1", with: "\"version\":2")] {
                try Sample.write([(0, bad)], to: stamps)
                #expect(try await sample.isUsable("desktop"))
                #expect(sample.readings.take() == both)
            }
            // One left by a process that died half-way is no obstacle.
            try Sample.write([(0, "{")], to: sample.path("desktop", "checkpoint.stamps.new"))
            unlink(stamps.string)
            for expected in [both, []] {
                #expect(try await sample.isUsable("desktop"))
                #expect(sample.readings.take() == expected)
            }
            #expect(!sample.exists(sample.path("desktop", "checkpoint.stamps.new")))
        }
    }

    @Test("a file's digest is what sha256sum prints, and is computed once per boot")
    func digests() async throws {
        try await withTemporaryFolder { folder in
            let (image, memory) = (FilePath(folder).appending("image"), FilePath(folder).appending("digests.json"))
            let readings = Sample.Readings()
            func digests(_ boot: String = "first") -> StampedDigests {
                StampedDigests(rememberedIn: memory, boot: HostBoot(id: boot)) { readings.add($0) }
            }
            try Sample.write([(0, "abc")], to: image)
            // FIPS 180-2, B.1
            let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            #expect(try await digests().sha256(of: image) == abc)
            #expect(readings.take() == ["image"])
            #expect(try await digests().sha256(of: image) == abc)
            #expect(readings.take() == [])
            #expect(try await digests("second").sha256(of: image) == abc)
            #expect(readings.take() == ["image"])
            try Sample.write([(0, "abd")], to: image)
            #expect(try await digests("second").sha256(of: image) != abc)
            #expect(readings.take() == ["image"])
        }
    }

    @Test("several processes may remember digests in one file, of which none lies")
    func together() async throws {
        try await withTemporaryFolder { folder in
            let memory = FilePath(folder).appending("digests.json")
            let files = (0..<8).map { FilePath(folder).appending("image\($0)") }
            for file in files { try Sample.write([(0, file.string)], to: file) }
            func digests() -> StampedDigests { StampedDigests(rememberedIn: memory, boot: HostBoot(id: "first")) }
            var expected: [String] = []
            for file in files { expected.append(try await digests().sha256(of: file)) }
            unlink(memory.string)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { [expected] in
                        for (file, digest) in zip(files, expected) {
                            let seen = try await digests().sha256(of: file)
                            #expect(seen == digest)
                        }
                    }
                }
                for try await _ in group {}
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.count { !$0.hasPrefix("image") } == 1)
        }
    }

    @Test("a file that can't be read is a reason")
    func unreadable() async throws {
        try await withTemporaryFolder { folder in
            let digests = StampedDigests(rememberedIn: FilePath(folder).appending("digests.json"))
            for path in [FilePath(folder), FilePath(folder).appending("nothing")] {
                await #expect(throws: CheckpointStoreError.self) { try await digests.sha256(of: path) }
            }
        }
    }
}
