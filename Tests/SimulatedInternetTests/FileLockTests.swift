import FoundationEssentials
import SimulatedInternet
import SystemPackage
import Testing

@Suite("File lock", .timeLimit(.minutes(1)))
struct FileLockTests {
    private func withPath(_ body: (FilePath) async throws -> Void) async throws {
        let path = FilePath(FileManager.default.temporaryDirectory.appending(path: "assay-\(UUID().uuidString)").path())
        defer { try? FileManager.default.removeItem(atPath: path.string) }
        try await body(path)
    }

    @Test("while one holds it another comes too late, and afterwards in time")
    func excludes() async throws {
        try await withPath { path in
            try await FileLock.withLock(path, within: .seconds(1)) {
                _ = await #expect(throws: SimulatedInternetError.self) {
                    try await FileLock.withLock(path, within: .milliseconds(50)) {}
                }
            }
            #expect(try await FileLock.withLock(path, within: .milliseconds(50)) { 7 } == 7)
        }
    }

    @Test("it is free after an error")
    func freedByError() async throws {
        struct Failed: Error {}
        try await withPath { path in
            await #expect(throws: Failed.self) {
                try await FileLock.withLock(path, within: .seconds(1)) { throw Failed() }
            }
            try await FileLock.withLock(path, within: .milliseconds(50)) {}
        }
    }
}
