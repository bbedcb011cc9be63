import Foundation
import PacketCapture
import Sandbox
import Subprocess
import SystemPackage
import Testing

/// What `capture-probe` prints.
struct ProbeReport: Decodable {
    struct Frame: Decodable {
        let direction: String
        let hex: String
        let originalLength: Int
    }

    let frames: [Frame]
    let evidence: CaptureEvidence?
    let error: String?

    var sent: [String] { frames.filter { $0.direction == "from-guest" }.map(\.hex) }
}

/// Whether this host can make sandboxes and tap interfaces; the tests are skipped where it can't.
func capturesWork() async -> Bool {
    guard (try? FileDescriptor.open("/dev/net/tun", .readWrite).close()) != nil else { return false }
    return (try? await withSandboxedProcess("/bin/true") { _ in }) != nil
}

/// Lets the probe play a scenario in a sandbox.
func probe(_ scenario: String, writingTo file: FilePath) async throws -> ProbeReport {
    try await withSandboxedProcess(
        try SandboxExecutable.beside("capture-probe"),
        arguments: [scenario, file.string]
    ) { process in
        try JSONDecoder().decode(ProbeReport.self, from: Data(try await process.expectLine().utf8))
    }
}

/// Gives an action a file in a folder of its own.
func withCaptureFile<Value>(_ action: (FilePath) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "capture-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await action(FilePath(folder.path).appending("guest.pcapng"))
}

/// The output of a program that must succeed.
func output(of program: String, _ arguments: String...) async throws -> String {
    let result = try await run(
        .name(program),
        arguments: Arguments(arguments),
        output: .string(limit: 1 << 20),
        error: .string(limit: 1 << 16)
    )
    #expect(result.terminationStatus.isSuccess, "\(program): \(result.standardError)")
    return result.standardOutput
}
