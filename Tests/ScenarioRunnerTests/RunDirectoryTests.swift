import Foundation
import ScenarioRunner
import SystemPackage
import TestSupport
import Testing

@Suite("Run directory")
struct RunDirectoryTests {
    private static let digestOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test("a new run gets a folder of its own, and latest leads to the newest")
    func create() async throws {
        try await withTemporaryFolder { folder in
            let first = try RunDirectory.create(in: FilePath(folder))
            let second = try RunDirectory.create(in: FilePath(folder))
            #expect(first.path != second.path)
            let link = try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/latest")
            #expect(link == second.path.lastComponent?.string)
            #expect(link.wholeMatch(of: /\d{8}T\d{6}Z-[0-9a-f]{1,8}/) != nil)
            #expect(FileManager.default.fileExists(atPath: second.messages.string))
        }
    }

    @Test("an exact folder has to be empty or absent")
    func exact() async throws {
        try await withTemporaryFolder { folder in
            let wanted = FilePath(folder).appending("run")
            let run = try RunDirectory.create(in: "unused", at: wanted)
            #expect(run.path == wanted)
            #expect(throws: RunDirectoryError.notEmpty(wanted.string)) {
                try RunDirectory.create(in: "unused", at: wanted)
            }
        }
    }

    @Test("a folder that can't be made is named with the reason")
    func unwritable() async throws {
        try await withTemporaryFolder { folder in
            try Data().write(to: URL(filePath: "\(folder)/file"))
            let error = #expect(throws: RunDirectoryError.self) {
                try RunDirectory.create(in: FilePath(folder), at: FilePath("\(folder)/file/run"))
            }
            guard case .unwritable("\(folder)/file/run", _) = error else {
                return #expect(Bool(false), "\(error as Any)")
            }
            #expect(error?.blame == .host)
        }
    }

    @Test("evidence is named by its content")
    func keep() async throws {
        try await withRun { run, folder in
            for name in ["a.txt", "b.txt", "c.we ird"] {
                try Data("abc".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
            }
            #expect(run.unnamedEvidence(in: folder) == ["a.txt", "b.txt", "c.we ird"])
            #expect(try run.keep("a.txt", from: folder) == "attachments/\(Self.digestOfAbc).txt")
            #expect(try run.keep("b.txt", from: folder) == "attachments/\(Self.digestOfAbc).txt")
            #expect(try run.keep("c.we ird", from: folder) == "attachments/\(Self.digestOfAbc)")
            #expect(run.unnamedEvidence(in: folder).isEmpty)
            #expect(try sha256(ofFileAt: run.path.appending("attachments/\(Self.digestOfAbc)")) == Self.digestOfAbc)
        }
    }

    @Test(
        "a name that is a path is refused",
        arguments: ["", ".", "..", "../x", "/etc/passwd", "a/b", "a/", "./a", "a\0b"]
    )
    func badName(_ name: String) async throws {
        try await withRun { run, folder in
            #expect(throws: RunDirectoryError.badEvidenceName(name)) { try run.keep(name, from: folder) }
        }
    }

    @Test("what is no plain file is neither kept nor swept up")
    func noPlainFile() async throws {
        try await withRun { run, folder in
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "/etc/passwd")
            try FileManager.default.createDirectory(atPath: "\(folder)/folder", withIntermediateDirectories: false)
            #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
            #expect(run.unnamedEvidence(in: folder).isEmpty)
            for name in ["link", "folder", "pipe", "missing"] {
                #expect(throws: RunDirectoryError.missingEvidence(name)) { try run.keep(name, from: folder) }
            }
        }
    }

    @Test("nothing of the attempts is left when the run ends in order")
    func finish() async throws {
        try await withRun { run, folder in
            run.finish()
            #expect(!FileManager.default.fileExists(atPath: folder.string))
            #expect(FileManager.default.fileExists(atPath: run.path.appending("attachments").string))
        }
    }

    private func withRun(_ action: (RunDirectory, FilePath) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let run = try RunDirectory.create(in: FilePath(folder))
            try await action(run, run.makeEvidenceFolder(for: "attempt-0-0"))
        }
    }
}
