import Dispatch
import FoundationEssentials
import Glibc
import SystemPackage

// MARK: - Reading and writing

/// Opens a plain file; links and pipes are refused with an error rather than followed or waited for.
func openPlainFile(_ path: FilePath) throws -> FileDescriptor {
    let file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .nonBlocking, .closeOnExec])
    do {
        guard isPlainFile(try status(of: file)) else { throw Errno.invalidArgument }
        return file
    } catch {
        try? file.close()
        throw error
    }
}

/// Reads a small plain file; throws `Errno.fileTooLarge` when it's larger than that.
func readPlainFile(_ path: FilePath, limit: Int) throws -> [UInt8] {
    let file = try openPlainFile(path)
    defer { try? file.close() }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var count = 0
    while count < bytes.count {
        let read = try bytes.withUnsafeMutableBytes { buffer in
            try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
        }
        if read == 0 { return Array(bytes[..<count]) }
        count += read
    }
    throw Errno.fileTooLarge
}

/// Writes a file that is on the disk when this returns.
func writeDurably(_ bytes: [UInt8], to path: FilePath) throws {
    let file = try FileDescriptor.open(
        path,
        .writeOnly,
        options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
        permissions: filePermissions
    )
    try file.closeAfter {
        try file.writeAll(bytes)
        guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
}

/// Brings the names in a folder to the disk.
func synchronizeFolder(_ path: FilePath) throws {
    let folder = try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
    try folder.closeAfter { guard fsync(folder.rawValue) == 0 else { throw Errno(rawValue: errno) } }
}

/// Who else may read and write is the umask's business.
let filePermissions = FilePermissions(rawValue: 0o666)

// MARK: - Looking

func status(of file: FileDescriptor) throws -> stat {
    var status = stat()
    guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
    return status
}

/// The status of what has this path, also when it's a link.
func status(of path: FilePath) throws -> stat {
    var status = stat()
    guard lstat(path.string, &status) == 0 else { throw Errno(rawValue: errno) }
    return status
}

func isPlainFile(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFREG }
func isFolder(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFDIR }

/// What a file takes on the disk, in bytes.
func allocatedBytes(_ status: stat) -> Int64 { Int64(status.st_blocks) * 512 }

func names(in folder: FilePath) throws -> [String] {
    guard let directory = opendir(folder.string) else { throw Errno(rawValue: errno) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// What users may still fill of the file system, in bytes.
func freeBytes(at path: FilePath) throws -> Int64 {
    var status = statvfs()
    guard statvfs(path.string, &status) == 0 else { throw Errno(rawValue: errno) }
    return Int64(
        clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
    )
}

// MARK: - Making and removing

func makeFolder(_ path: FilePath) throws {
    guard mkdir(path.string, 0o777) == 0 || Errno(rawValue: errno) == .fileExists else {
        throw Errno(rawValue: errno)
    }
}

func move(_ source: FilePath, to target: FilePath) throws {
    guard rename(source.string, target.string) == 0 else { throw Errno(rawValue: errno) }
}

/// Removes a file, or a folder with all that is in it, though others may be removing it at the same time.
func removeTree(_ path: FilePath) throws {
    if unlink(path.string) == 0 || errno == ENOENT { return }
    let error = Errno(rawValue: errno)
    // POSIX has EPERM for a folder, Linux EISDIR.
    guard error == .isDirectory || error == .notPermitted else { throw error }
    for name in try names(in: path) { try removeTree(path.appending(name)) }
    guard rmdir(path.string) == 0 || errno == ENOENT else { throw Errno(rawValue: errno) }
}

// MARK: - Threads

/// Runs calls that may block for long on a thread that nobody else waits for.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
    }
}
