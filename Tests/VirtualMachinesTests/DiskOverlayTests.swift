import Foundation
import Subprocess
import SystemPackage
import Testing
import VirtualMachines

@Suite(
    "Disk overlays",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-img"), "qemu-img is not installed")
)
struct DiskOverlayTests {
    /// Runs `body` with a folder that has a base disk in it.
    private func withBase(_ name: String, _ body: (FilePath, FilePath) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(count: 3 << 20).write(to: folder.appendingPathComponent(name))
        try await body(FilePath(folder.path), FilePath(folder.path).appending(name))
    }

    @Test(
        "an overlay records the path and format of its base, whatever characters they have",
        arguments: ["base.raw", "base, with: 'odd' \"ü\" & =x", "json:{}", "-o", "%s #"]
    )
    func names(_ name: String) async throws {
        try await withBase(name) { folder, base in
            let overlay = folder.appending("overlay, of: \(name)")
            try await DiskOverlay.create(overlay, on: base, format: .raw)
            let info = try await run(
                .name("qemu-img"),
                arguments: ["info", "--output=json", overlay.string],
                output: .data(limit: 1 << 20),
                error: .discarded
            )
            struct Info: Decodable {
                let size: Int
                let base: String
                let format: String
                enum CodingKeys: String, CodingKey {
                    case size = "virtual-size"
                    case base = "full-backing-filename"
                    case format = "backing-filename-format"
                }
            }
            let found = try JSONDecoder().decode(Info.self, from: info.standardOutput)
            #expect(found.base == base.string)
            #expect(found.format == "raw")
            #expect(found.size == 3 << 20)
        }
    }

    @Test("a base that is missing, or is not what it is said to be, makes no overlay")
    func wrongBase() async throws {
        try await withBase("base.raw") { folder, base in
            let missing = folder.appending("missing")
            await #expect(throws: MachineError.imageUnusable(missing, .missing)) {
                try await DiskOverlay.create(folder.appending("a"), on: missing, format: .raw)
            }
            let overlay = folder.appending("b")
            await #expect {
                try await DiskOverlay.create(overlay, on: base, format: .qcow2)
            } throws: { error in
                guard case MachineError.overlayFailed(overlay, let reason) = error else { return false }
                return reason.contains("qcow2")
            }
        }
    }

    @Test("a relative path is refused, since it would mean another file later")
    func relative() async throws {
        await #expect(throws: MachineError.self) {
            try await DiskOverlay.create("/tmp/overlay", on: "base.raw", format: .raw)
        }
    }
}
