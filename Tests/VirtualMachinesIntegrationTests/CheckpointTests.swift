import Foundation
import Testing

@Suite(
    "Saved machines",
    .serialized,
    .enabled("QEMU or sandboxes are missing here") { await machinesWork() },
    .enabled("/dev/net/tun can't be opened here") { tapsWork() },
    .enabled(if: testImage != nil, "ASSAY_TEST_IMAGE names no image")
)
struct CheckpointTests {
    /// Boots the image, saves it, restores it several times, and returns what the probe said.
    private func checkpoint(_ options: String) async throws -> [String: String] {
        let image = try #require(testImage)
        let said = try await probe("checkpoint", ["image=\(image)"] + options.split(separator: " ").map(String.init))
        let pairs = said.compactMap { line in
            line.firstRange(of: ": ").map { (String(line[..<$0.lowerBound]), String(line[$0.upperBound...])) }
        }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    @Test(
        "clones are the machine that was saved, and neither each other's nor the saved one's business",
        // Every firmware, drive, card and number of cards once; most of the time is booting.
        arguments: [
            "firmware=bios bus=cd video=standard cards=1 disks=virtio,ahci",
            "firmware=uefi bus=usb video=virtio cards=2 disks=usb",
        ]
    )
    func clones(_ options: String) async throws {
        let said = try await checkpoint(options)
        #expect(said["failed"] == nil)
        #expect(said["clone a"] == "is the saved machine")
        #expect(said["clone b"] == "is the saved machine")
        #expect(said["first random values"] == "different")
        #expect(said["disks"] == "diverge")
        #expect(said["saved files"] == "unchanged")
        #expect(said["no space"]?.contains("No space left on device") == true)
        #expect(said["saved"] == "stands still")
        #expect(said["child"] == "restored")
        let refused = "Expected to restore a saved machine, but its state can't be used: "
        #expect(said["flipped"] == refused + "load of migration failed: Invalid argument")
        #expect(said["truncated"]?.hasPrefix(refused + "load of migration failed: ") == true)
        #expect(said["empty"]?.hasPrefix(refused + "load of migration failed: ") == true)
        #expect(said["memory cut off"] == "its memory file has 0 bytes where the machine has 1024 MiB")
        #expect(said["memory in use"] == "refused")
        #expect(said["announcement"] == "would be seen")
        #expect(said["other machine"]?.hasPrefix("load of migration failed: ") == true)
        #expect(said["done"] == "true")
    }

    @Test(
        "clones that are not told who they are begin with the same random values",
        // The kernel stirs in the times of its interrupts, so that a busy host can tell them apart all the same.
        .enabled(if: ProcessInfo.processInfo.environment["ASSAY_TEST_CONTROLS"] != nil, "wants a host without load")
    )
    func withoutGeneration() async throws {
        let said = try await checkpoint("direct=yes generation=no")
        #expect(said["first random values"] == "the same")
        #expect(said["done"] == "true")
    }
}
