import CheckpointStore
import FoundationEssentials
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite("Eviction", .timeLimit(.minutes(5)))
struct EvictionTests {
    private func withThree(_ body: (Sample) async throws -> Void) async throws {
        try await Sample.with { sample async throws in
            for title in ["first", "second", "third"] { try await sample.make(title) }
            try await body(sample)
        }
    }

    @Test("the least recently used one goes first, and no more than needed")
    func order() async throws {
        try await withThree { sample async throws in
            #expect(try await sample.isUsable("first"))
            #expect(sample.titles() == ["first", "third", "second"])
            let all = sample.store().bytesOnDisk
            #expect(try await sample.store().prune(to: all).isEmpty)
            #expect(try await sample.store().prune(to: all - 1).map(\.title) == ["second"])
            #expect(try await sample.store().prune(to: all / 3).map(\.title) == ["third"])
            #expect(sample.titles() == ["first"])
        }
    }

    @Test("making one makes room for it, and never at its own cost")
    func afterMaking() async throws {
        try await withThree { sample async throws in
            guard case .made(_, let evicted) = try await sample.make("fourth", limit: 1) else {
                Issue.record("It was not made.")
                return
            }
            #expect(evicted.map(\.title) == ["first", "second", "third"])
            #expect(try await sample.isUsable("fourth"))
        }
    }

    @Test("a clock that is set back or forward by a day changes no order", arguments: [-86_400, 86_400])
    func clock(_ jump: Int) async throws {
        try await withThree { sample async throws in
            #expect(try await sample.isUsable("first"))
            let times = Array(repeating: timespec(tv_sec: time(nil) + jump, tv_nsec: 0), count: 2)
            utimensat(AT_FDCWD, sample.path("first", "checkpoint.used").string, times, 0)
            #expect(sample.titles() == ["first", "third", "second"])
            let lastUse = try #require(sample.store().list().first?.lastUse)
            #expect(abs(lastUse.timeIntervalSinceNow - Double(jump)) < 60)
        }
    }

    @Test("one whose uses were lost counts as used longest ago")
    func lostUses() async throws {
        try await withThree { sample async throws in
            try Sample.write([(0, "99999999999999999999\n")], to: sample.path("third", "checkpoint.used"))
            #expect(sample.titles().last == "third")
            #expect(try await sample.isUsable("third"))
            #expect(sample.titles().first == "third")
        }
    }

    @Test("what somebody uses or makes is spared, and what the caller wants to be")
    func spared() async throws {
        try await withThree { sample async throws in
            let store = sample.store()
            try await store.withCheckpoint(Sample.key("first")) { kept in
                #expect(kept != nil)
                await #expect(throws: CheckpointStoreError.inUse(Sample.key("first"))) {
                    try await store.remove(Sample.key("first"))
                }
                let removed = try await store.prune(to: 0, sparing: [Sample.key("third")])
                #expect(removed.map(\.title) == ["second"])
                #expect(try await sample.isUsable("first"))
            }
            #expect(try await store.prune(to: 0).map(\.title) == ["third", "first"])
        }
    }

    @Test("broken ones are listed, and go first")
    func broken() async throws {
        try await withThree { sample async throws in
            unlink(sample.path("third", "checkpoint.json").string)
            let listed = try #require(sample.store().list().first)
            #expect(listed.key == Sample.key("third"))
            guard case .broken = listed.state else {
                Issue.record("\(listed.state)")
                return
            }
            let limit = sample.store().bytesOnDisk - 1
            #expect(try await sample.store().prune(to: limit).map(\.key) == [Sample.key("third")])
        }
    }

    @Test("after everything is pruned only empty folders are left")
    func nothingLeft() async throws {
        try await withThree { sample async throws in
            try Sample.write([], to: sample.folder.appending("locks").appending(Sample.key("dead").description))
            mkdir(sample.folder.appending("making").appending("\(Sample.key("dead"))-1").string, 0o777)
            symlink("/etc", sample.path("link").string)
            _ = try await sample.store().prune(to: -1)
            #expect(sample.entries("") == ["locks", "making"])
            #expect(sample.entries("locks") == [] && sample.entries("making") == [])
        }
    }

    @Test("one is removed by its key, and one that isn't there is removed already")
    func remove() async throws {
        try await withThree { sample async throws in
            for _ in 0..<2 { try await sample.store().remove(Sample.key("second")) }
            #expect(sample.titles() == ["third", "first"])
            #expect(try await sample.isUsable("first"))
        }
    }

    @Test("what isn't the store's is left alone")
    func strangers() async throws {
        try await withThree { sample async throws in
            let strangers = [
                sample.folder.appending("notes"), sample.folder.appending("making").appending("notes"),
                sample.folder.appending("locks").appending("notes"),
            ]
            for path in strangers { try Sample.write([], to: path) }
            _ = try await sample.store().prune(to: 0)
            for path in strangers { #expect(sample.exists(path)) }
        }
    }
}
