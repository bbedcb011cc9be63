import FileLocks
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite("File lock", .timeLimit(.minutes(5)))
struct FileLockTests {
    private func withPath(_ body: (FilePath) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in try await body(FilePath(folder).appending("lock")) }
    }

    private func expectLock(_ path: FilePath, _ mode: FileLock.Mode, isFree: Bool) throws {
        #expect(try FileLock.withLockIfFree(path, mode) { 7 } == (isFree ? 7 : nil))
    }

    private func expectFolder(_ path: FilePath, _ mode: FileLock.Mode, isFree: Bool) throws {
        #expect(try FolderLock.withLockIfFree(path, mode) { 7 } == (isFree ? 7 : nil))
    }

    private func exists(_ path: FilePath) -> Bool { access(path.string, F_OK) == 0 }

    @Test("while one holds it another comes too late, and afterwards in time")
    func excludes() async throws {
        try await withPath { path in
            try await FileLock.withLock(path, within: .seconds(1)) {
                await #expect(throws: FileLockError.late(path.string, within: .milliseconds(50))) {
                    try await FileLock.withLock(path, within: .milliseconds(50)) {}
                }
                try expectLock(path, .exclusive, isFree: false)
            }
            #expect(try await FileLock.withLock(path, within: .milliseconds(50)) { 7 } == 7)
            try expectLock(path, .exclusive, isFree: true)
        }
    }

    @Test("sharers come together, and keep out who wants it alone")
    func shares() async throws {
        try await withPath { path in
            try await FileLock.withLock(path, .shared) {
                try expectLock(path, .shared, isFree: true)
                try expectLock(path, .exclusive, isFree: false)
                #expect(exists(path), "The one who left must not remove the file of the one who stays.")
            }
            #expect(!exists(path))
        }
    }

    @Test("it is free after an error, and its file is gone")
    func freedByError() async throws {
        struct Failed: Error {}
        try await withPath { path in
            await #expect(throws: Failed.self) {
                try await FileLock.withLock(path, within: .seconds(1)) { throw Failed() }
            }
            #expect(!exists(path))
            try await FileLock.withLock(path, within: .milliseconds(50)) {}
        }
    }

    @Test("who waits is told once, and can be cancelled")
    func cancelled() async throws {
        try await withPath { path in
            try await FileLock.withLock(path) {
                let gate = Gate()
                let told = Counter()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await #expect(throws: CancellationError.self) {
                            try await FileLock.withLock(path) {
                                told.add()
                                gate.open()
                            } body: {
                            }
                        }
                    }
                    await gate.wait()
                    group.cancelAll()
                    for try await _ in group {}
                }
                #expect(told.value == 1)
            }
        }
    }

    @Test("a file that can only be read locks as well")
    func readOnly() async throws {
        try await withPath { path in
            try FileDescriptor.open(path, .writeOnly, options: .create, permissions: .ownerRead).close()
            try await FileLock.withLock(path) { try expectLock(path, .exclusive, isFree: false) }
        }
    }

    @Test("a link to elsewhere is refused")
    func link() async throws {
        try await withPath { path in
            symlink("/dev/null", path.string)
            #expect(throws: FileLockError.self) { try FileLock.withLockIfFree(path) {} }
        }
    }

    @Test("many tasks that make and remove the file are never in it together")
    func noTwo() async throws {
        try await withPath { path in
            let inside = Counter()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<200 {
                            _ = try FileLock.withLockIfFree(path) {
                                #expect(inside.add() == 1)
                                inside.add(-1)
                            }
                        }
                    }
                }
                for try await _ in group {}
            }
            #expect(!exists(path))
        }
    }

    @Test("what a dead holder left is removed, what a living one has is not")
    func leftover() async throws {
        try await withPath { path in
            try FileDescriptor.open(path, .writeOnly, options: .create, permissions: .ownerReadWrite).close()
            try await FileLock.withLock(path) {
                FileLock.removeIfFree(path)
                #expect(exists(path))
            }
            try FileDescriptor.open(path, .writeOnly, options: .create, permissions: .ownerReadWrite).close()
            FileLock.removeIfFree(path)
            #expect(!exists(path))
        }
    }

    @Test("a folder can be shared, or held alone, or be missing")
    func folders() async throws {
        try await withPath { path in
            #expect(try await FolderLock.withLock(path, .shared) { 7 } == nil)
            mkdir(path.string, 0o777)
            let shared: Void? = try await FolderLock.withLock(path, .shared) {
                try expectFolder(path, .shared, isFree: true)
                try expectFolder(path, .exclusive, isFree: false)
            }
            #expect(shared != nil)
            try expectFolder(path, .exclusive, isFree: true)
            #expect(exists(path))
        }
    }

    @Test("a copy of the descriptor, such as a child has that was just forked, keeps nothing locked")
    func copies() async throws {
        try await withPath { path in
            mkdir(path.string, 0o777)
            let copy = try await FolderLock.withLock(path, .exclusive) {
                // As fork(2) does, but here.
                let own = try #require((3..<4096).first { descriptor in links(descriptor, to: path) })
                return dup(Int32(own))
            }
            defer { copy.map { _ = close($0) } }
            #expect(copy != nil && copy != -1)
            try expectFolder(path, .exclusive, isFree: true)
        }
    }

    private func links(_ descriptor: Int, to path: FilePath) -> Bool {
        var (open, named) = (stat(), stat())
        return fstat(Int32(descriptor), &open) == 0 && stat(path.string, &named) == 0
            && open.st_ino == named.st_ino && open.st_dev == named.st_dev
    }
}
