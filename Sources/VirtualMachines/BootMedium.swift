import Glibc
package import SystemPackage

/// What can be known about a boot medium before a machine starts from it.
package struct BootMedium: Hashable, Sendable {
    /// The file.
    package let path: FilePath
    /// Its size in bytes.
    package let size: Int64
    /// The size that the file system in it says it has, when it is an ISO 9660 image.
    package let declaredSize: Int64?
    /// Whether it can be started from as an optical disc (an El Torito record).
    package let bootsFromDisc: Bool
    /// Whether it can be started from as a disk (the signature of a boot sector).
    package let bootsFromDisk: Bool

    /// Reads the first sectors of a file.
    ///
    /// - Throws: ``MachineError/imageUnusable(_:_:)`` when there is no file that can be read.
    package init(reading path: FilePath) throws(MachineError) {
        var status = stat()
        guard stat(path.string, &status) == 0 else {
            throw .imageUnusable(path, errno == ENOENT ? .missing : .unreadable("\(Errno(rawValue: errno))"))
        }
        guard status.st_mode & S_IFMT == S_IFREG || status.st_mode & S_IFMT == S_IFBLK else {
            throw .imageUnusable(path, .notAFile)
        }
        guard status.st_mode & S_IFMT == S_IFBLK || status.st_size > 0 else { throw .imageUnusable(path, .empty) }
        do {
            let file = try FileDescriptor.open(path, .readOnly)
            defer { try? file.close() }
            var sectors = [UInt8](repeating: 0, count: 18 * 2048)
            let count = try sectors.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: 0, into: $0) }
            self.init(path: path, size: Int64(status.st_size), firstSectors: Array(sectors.prefix(count)))
        } catch {
            throw .imageUnusable(path, .unreadable("\(error)"))
        }
    }

    /// Interprets the first 18 sectors of 2048 bytes: ECMA-119 8.4 (volume descriptor), El Torito 1.0 (boot record).
    package init(path: FilePath, size: Int64, firstSectors bytes: [UInt8]) {
        func text(_ offset: Int, _ count: Int) -> String {
            offset + count <= bytes.count ? String(decoding: bytes[offset..<offset + count], as: UTF8.self) : ""
        }
        func little(_ offset: Int, _ count: Int) -> Int64 {
            (0..<count).reduce(0) { $0 | Int64(bytes[offset + $1]) << (8 * Int64($1)) }
        }
        let descriptor = 16 * 2048
        let isDisc = text(descriptor + 1, 5) == "CD001" && bytes.count >= 17 * 2048
        self.path = path
        self.size = size
        declaredSize = isDisc ? little(descriptor + 80, 4) * little(descriptor + 128, 2) : nil
        bootsFromDisc = text(17 * 2048 + 7, 23) == "EL TORITO SPECIFICATION"
        bootsFromDisk = bytes.count >= 512 && bytes[510] == 0x55 && bytes[511] == 0xAA
    }

    /// Refuses a medium that can't work on a drive, rather than wait for a screen that never comes.
    package func check(bus: MachineDescription.Disk.Bus) throws(MachineError) {
        if let declaredSize, declaredSize > size {
            throw .imageUnusable(path, .truncated(declared: declaredSize, size))
        }
        guard bus == .cd ? bootsFromDisc : bootsFromDisk else { throw .imageUnusable(path, .notBootable(bus)) }
    }
}
