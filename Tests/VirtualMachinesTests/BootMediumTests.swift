import Diagnostics
import Foundation
import SystemPackage
import Testing
import VirtualMachines

@Suite("Boot media")
struct BootMediumTests {
    typealias Bus = MachineDescription.Disk.Bus

    /// The first sectors of a hybrid image of so many sectors of 2048 bytes.
    private func hybrid(sectors: UInt8) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 18 * 2048)
        bytes[510] = 0x55
        bytes[511] = 0xAA
        bytes.replaceSubrange(16 * 2048..<16 * 2048 + 7, with: [1] + Array("CD001".utf8) + [1])
        bytes[16 * 2048 + 80] = sectors
        bytes[16 * 2048 + 129] = 8
        bytes.replaceSubrange(17 * 2048 + 7..<17 * 2048 + 30, with: Array("EL TORITO SPECIFICATION".utf8))
        return bytes
    }

    @Test("a hybrid image boots from every drive", arguments: [Bus.cd, .usb(removable: true), .virtio])
    func fine(_ bus: Bus) throws {
        try BootMedium(path: "/a", size: 100 * 2048, firstSectors: hybrid(sectors: 100)).check(bus: bus)
    }

    @Test("an image that is one byte shorter than its header says is truncated")
    func truncated() {
        let medium = BootMedium(path: "/a", size: 100 * 2048 - 1, firstSectors: hybrid(sectors: 100))
        let error = MachineError.imageUnusable("/a", .truncated(declared: 204_800, 204_799))
        #expect(throws: error) { try medium.check(bus: .cd) }
        #expect(
            error.description == """
                Expected a usable image at /a, but it has 204799 bytes where its own header says 204800.
                Hint: Copy or build the image again.
                """
        )
        #expect(error.blame == .systemUnderTest)
    }

    @Test("an image without a boot record does not boot from a disc, and one without a boot sector not from a disk")
    func notBootable() {
        var bytes = hybrid(sectors: 100)
        bytes[17 * 2048 + 7] = 0
        #expect(throws: MachineError.imageUnusable("/a", .notBootable(.cd))) {
            try BootMedium(path: "/a", size: 1 << 20, firstSectors: bytes).check(bus: .cd)
        }
        bytes[511] = 0
        #expect(throws: MachineError.imageUnusable("/a", .notBootable(.virtio))) {
            try BootMedium(path: "/a", size: 1 << 20, firstSectors: bytes).check(bus: .virtio)
        }
    }

    @Test("however short an image is, reading it never goes past its end", arguments: [1, 511, 512, 34_816, 34_845])
    func short(_ count: Int) {
        let medium = BootMedium(path: "/a", size: Int64(count), firstSectors: Array(hybrid(sectors: 9).prefix(count)))
        #expect(!medium.bootsFromDisc)
        #expect(medium.bootsFromDisk == (count >= 512))
    }

    @Test("files that can't be images are told apart")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = FilePath(folder.path)
        #expect(throws: MachineError.imageUnusable(path, .notAFile)) { try BootMedium(reading: path) }
        let missing = path.appending("missing")
        #expect(throws: MachineError.imageUnusable(missing, .missing)) { try BootMedium(reading: missing) }
        let empty = path.appending("empty")
        try Data().write(to: URL(fileURLWithPath: empty.string))
        #expect(throws: MachineError.imageUnusable(empty, .empty)) { try BootMedium(reading: empty) }
        #expect(MachineError.imageUnusable(missing, .missing).blame == .testAuthor)
    }
}
