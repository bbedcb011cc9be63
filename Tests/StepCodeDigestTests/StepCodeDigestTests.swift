import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What the script that the build runs makes of a folder of sources.
@Suite("Digest of the steps' code")
struct StepCodeDigestTests {
    private let sources = ["Sources/Steps/a.swift": "let a = 1\n", "Sources/C/module.modulemap": "module C {}\n"]

    @Test("the digest is a Swift constant of 64 hexadecimal digits")
    func form() async throws {
        let text = try await digestFile(of: sources)
        #expect(text.contains(try Regex(#"\npackage let stepCodeDigest = "[0-9a-f]{64}"\n$"#)))
    }

    @Test("the digest is the same wherever the sources lie, whenever they were written")
    func placesAndTimes() async throws {
        let first = try await digestFile(of: sources)
        #expect(try await digestFile(of: sources, writtenAt: Date(timeIntervalSince1970: 1_000_000_000)) == first)
    }

    @Test("the digest is the same in whatever order the files are named, and however often")
    func order() async throws {
        let first = try await digestFile(of: sources)
        #expect(try await digestFile(of: sources, naming: sources.keys.sorted().reversed()) == first)
        #expect(try await digestFile(of: sources, naming: sources.keys.sorted() + sources.keys.sorted()) == first)
    }

    @Test(
        "the digest changes with what is in a file, with its name, and with a file more or less",
        arguments: [
            ["Sources/Steps/a.swift": "let a = 2\n", "Sources/C/module.modulemap": "module C {}\n"],
            ["Sources/Steps/a.swift": "let a = 1", "Sources/C/module.modulemap": "module C {}\n"],
            ["Sources/Steps/b.swift": "let a = 1\n", "Sources/C/module.modulemap": "module C {}\n"],
            ["Sources/Steps/a.swift": "module C {}\n", "Sources/C/module.modulemap": "let a = 1\n"],
            ["Sources/Steps/a.swift": "let a = 1\n"],
            [
                "Sources/Steps/a.swift": "let a = 1\n", "Sources/C/module.modulemap": "module C {}\n",
                "Sources/C/empty.h": "",
            ],
        ]
    )
    func changes(_ other: [String: String]) async throws {
        #expect(try await digestFile(of: other) != digestFile(of: sources))
    }

    @Test("a digest that is already there is not written again, so that nothing is compiled again")
    func unchanged() async throws {
        try await withTemporaryFolder { folder in
            try write(sources, into: folder)
            let output = "\(folder)/digest.swift"
            try await #require(digest(sources.keys.sorted(), in: folder, to: output))
            let long = Date(timeIntervalSince1970: 1_000_000_000)
            try FileManager.default.setAttributes([.modificationDate: long], ofItemAtPath: output)
            try await #require(digest(sources.keys.sorted(), in: folder, to: output))
            #expect(try FileManager.default.attributesOfItem(atPath: output)[.modificationDate] as? Date == long)
        }
    }

    @Test("a file that is missing ends the build", arguments: [["Sources/Steps/gone.swift"], []])
    func missing(_ files: [String]) async throws {
        try await withTemporaryFolder { folder in
            try write(sources, into: folder)
            #expect(try await !digest(files, in: folder, to: "\(folder)/digest.swift"))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/digest.swift"))
        }
    }

    // MARK: - The script

    private func digestFile(
        of files: [String: String],
        writtenAt time: Date? = nil,
        naming names: [String]? = nil
    ) async throws -> String {
        try await withTemporaryFolder { folder in
            try write(files, into: folder, at: time)
            let output = "\(folder)/digest.swift"
            try await #require(digest(names ?? files.keys.sorted(), in: folder, to: output))
            return try String(contentsOfFile: output, encoding: .utf8)
        }
    }

    /// Runs the script, and says whether it succeeded.
    private func digest(_ files: [String], in folder: String, to output: String) async throws -> Bool {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let script = package.appending(path: "Plugins/step-code-digest").path(percentEncoded: false)
        let result = try await Subprocess.run(
            .path(FilePath(script)),
            arguments: Arguments([output, folder] + files),
            output: .discarded,
            error: .discarded
        )
        return result.terminationStatus.isSuccess
    }

    private func write(_ files: [String: String], into folder: String, at time: Date? = nil) throws {
        for (name, content) in files {
            let file = URL(filePath: folder).appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(content.utf8).write(to: file)
            if let time { try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: file.path) }
        }
    }
}
