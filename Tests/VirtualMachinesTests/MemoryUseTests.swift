import Foundation
import SystemPackage
import Testing
import VirtualMachines

@Suite("The memory in use")
struct MemoryUseTests {
    /// Runs `body` with a folder like `/proc`, in which each process has the given file.
    private func withProcesses(_ files: [String: String?], _ body: (FilePath) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            let process = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(at: process, withIntermediateDirectories: true)
            guard let text else { continue }
            try text.write(to: process.appendingPathComponent("smaps_rollup"), atomically: false, encoding: .utf8)
        }
        try body(FilePath(folder.path))
    }

    private func rollup(_ kibibytes: String) -> String {
        """
        55d0c8a00000-7ffd1b3f2000 ---p 00000000 00:00 0                          [rollup]
        Rss:              999999 kB
        Pss:              \(kibibytes) kB
        Pss_Dirty:        888888 kB
        Pss_Anon:         777777 kB

        """
    }

    @Test("the proportional sizes of all processes are added up")
    func sum() throws {
        try withProcesses(["1": rollup("100"), "4321": rollup("    24"), "self": rollup("7"), "meminfo": nil]) {
            folder in
            #expect(MemoryUse.measure(processes: folder) == MemoryUse(bytes: 124 << 10, processes: 2))
        }
    }

    @Test(
        "processes that have ended, or whose size can't be read, count nothing",
        arguments: ["", "Pss: kB\n", "Pss:\n"]
    )
    func gone(_ text: String) throws {
        try withProcesses(["1": rollup("8"), "2": nil, "3": text, "4": rollup("-1")]) { folder in
            #expect(MemoryUse.measure(processes: folder) == MemoryUse(bytes: 8 << 10, processes: 1))
        }
    }

    @Test("a page counts once, however many processes share it")
    func real() {
        let use = MemoryUse.measure()
        #expect(use.processes > 0)
        #expect(use.bytes > 1 << 20)
    }
}
