import CheckpointStore
import FoundationEssentials
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite("Checkpoint store", .timeLimit(.minutes(5)))
struct CheckpointStoreTests {
    @Test("what was made is found, with all that its maker said of it")
    func madeAndFound() async throws {
        try await Sample.with { sample async throws in
            #expect(try await !sample.isUsable("desktop"))
            guard case .made(let kept, let evicted) = try await sample.make("desktop") else {
                Issue.record("It was not made.")
                return
            }
            #expect(evicted.isEmpty)
            #expect(try await sample.isUsable("desktop"))
            let manifest = kept.manifest
            #expect(manifest.cost == .milliseconds(1500))
            #expect(manifest.extra == ["a": "b/ü\n"])
            #expect(manifest.ingredients == Sample.ingredients("desktop"))
            #expect(manifest.files.map(\.name) == ["devices", "memory"])
            #expect(manifest.files.map(\.size) == [18, 5 << 20])
            #expect(manifest.files[1].allocated < 1 << 20)
            #expect(abs(manifest.made.timeIntervalSinceNow) < 60)
            #expect(kept.bytesOnDisk > manifest.files[1].allocated)
            #expect(sample.titles() == ["desktop"])
            #expect(sample.entries("making") == [] && sample.entries("locks") == [])
        }
    }

    @Test("one that is there isn't made again")
    func foundMade() async throws {
        try await Sample.with { sample async throws in
            try await sample.make("desktop")
            let result = try await sample.store().make(Sample.key("desktop")) { _ in
                Issue.record("There is one.")
                return nil
            }
            guard case .foundMade = result else {
                Issue.record("\(result)")
                return
            }
        }
    }

    @Test("of two who want it one makes it and the other waits for it")
    func twoMakers() async throws {
        try await Sample.with { sample async throws in
            let (isWaiting, isMaking) = (Gate(), Gate())
            let fills = Counter()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try await sample.store().make(Sample.key("desktop")) { folder in
                        fills.add()
                        isMaking.open()
                        await isWaiting.wait()
                        try Sample.fill(folder, "desktop")
                        return Sample.facts("desktop")
                    }
                }
                await isMaking.wait()
                group.addTask {
                    _ = try await sample.store().make(Sample.key("desktop")) {
                        isWaiting.open()
                    } fill: { _ in
                        fills.add()
                        return nil
                    }
                }
                for try await _ in group {}
            }
            #expect(fills.value == 1)
            #expect(try await sample.isUsable("desktop"))
        }
    }

    @Test("of what isn't to be kept, failed or was cancelled, nothing is left")
    func notKept() async throws {
        struct Failed: Error {}
        try await Sample.with { sample async throws in
            let result = try await sample.store().make(Sample.key("desktop")) { folder in
                try Sample.fill(folder, "desktop")
                return nil
            }
            guard case .notKept = result else {
                Issue.record("\(result)")
                return
            }
            await #expect(throws: Failed.self) {
                try await sample.store().make(Sample.key("desktop")) { folder in
                    try Sample.fill(folder, "desktop")
                    throw Failed()
                }
            }
            let cancelled = Task {
                try await sample.store().make(Sample.key("desktop")) { folder in
                    try Sample.fill(folder, "desktop")
                    withUnsafeCurrentTask { $0?.cancel() }
                    return Sample.facts("desktop")
                }
            }
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            #expect(sample.entries("") == ["locks", "making"])
            #expect(sample.entries("making") == [] && sample.entries("locks") == [])
        }
    }

    @Test("what would be found broken isn't kept in the first place", arguments: ["link", "pipe", "folder", "name"])
    func refused(_ kind: String) async throws {
        try await Sample.with { sample async throws in
            let error = await #expect(throws: CheckpointStoreError.self) {
                try await sample.store().make(Sample.key("desktop")) { folder in
                    let path = folder.appending("extra").string
                    switch kind {
                    case "link": symlink("/etc/hostname", path)
                    case "pipe": mkfifo(path, 0o600)
                    case "folder": mkdir(path, 0o700)
                    default: try Sample.write([], to: folder.appending("checkpoint.used"))
                    }
                    return Sample.facts("desktop")
                }
            }
            #expect(error?.blame == .harness)
            #expect(sample.entries("making") == [])
        }
    }

    @Test("a file that somebody still has open for writing isn't kept, one that is read is")
    func openForWriting() async throws {
        try await Sample.with { sample async throws in
            func make(_ mode: FileDescriptor.AccessMode) async throws {
                var open: FileDescriptor?
                defer { try? open?.close() }
                _ = try await sample.store().make(Sample.key("desktop")) { folder in
                    try Sample.fill(folder, "desktop")
                    open = try .open(folder.appending("memory"), mode)
                    return Sample.facts("desktop")
                }
            }
            await #expect(throws: CheckpointStoreError.self) { try await make(.readWrite) }
            try await make(.readOnly)
        }
    }

    @Test("the ingredients decide over the key")
    func otherIngredients() async throws {
        try await Sample.with { sample async throws in
            await #expect(throws: CheckpointStoreError.otherIngredients(Sample.key("desktop"))) {
                try await sample.store().make(Sample.key("desktop")) { _ in Sample.facts("greeter") }
            }
        }
    }

    @Test("what killed makers left goes when another one begins, what living ones make stays")
    func leftovers() async throws {
        try await Sample.with { sample async throws in
            try await sample.make("first")
            for title in ["desktop", "greeter"] {
                let folder = sample.folder.appending("making").appending("\(Sample.key(title))-dead")
                mkdir(folder.string, 0o777)
                try Sample.fill(folder, title)
            }
            _ = try await sample.store().make(Sample.key("desktop")) { folder in
                try await sample.make("login")
                #expect(sample.entries("making") == [folder.lastComponent?.string])
                try Sample.fill(folder, "desktop")
                return Sample.facts("desktop")
            }
            #expect(sample.entries("making") == [])
            #expect(try await sample.isUsable("desktop"))
        }
    }

    @Test("a folder that can't be written to is a reason")
    func notWritable() async throws {
        let store = CheckpointStore(folder: "/proc/no/store", limit: 0)
        let error = await #expect(throws: CheckpointStoreError.self) {
            try await store.make(Sample.key("desktop")) { _ in nil }
        }
        #expect(error?.blame == .host)
        #expect(try await store.withCheckpoint(Sample.key("desktop")) { $0 == nil })
    }

    @Test("room that the disk doesn't have is missed before anything is made")
    func room() async throws {
        try await Sample.with { sample async throws in
            try await sample.store().requireRoom(for: 1)
            let error = await #expect(throws: CheckpointStoreError.self) {
                try await sample.store().requireRoom(for: 1 << 60)
            }
            #expect(error?.hint?.contains("--checkpoint-limit") == true)
            #expect(error?.hint?.contains("assay checkpoints prune") == true)
        }
    }
}
