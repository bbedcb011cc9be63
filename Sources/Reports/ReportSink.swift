import Foundation
import Synchronization

/// Where a report goes.
package struct ReportSink: Sendable {
    private let body: @Sendable (String) throws -> Void

    /// Creates a destination from what is to be done with each piece of text.
    package init(_ write: @escaping @Sendable (String) throws -> Void) { body = write }

    /// Writes a piece of text, at once.
    package func write(_ text: String) throws { try body(text) }

    /// The program's standard output.
    package static var standardOutput: ReportSink {
        ReportSink { try FileHandle.standardOutput.write(contentsOf: Data($0.utf8)) }
    }

    /// A file that replaces what is there, and grows with every piece.
    ///
    /// - Throws: ``ReportError/unwritable(path:reason:)`` when it can't be opened.
    package static func file(_ path: String) throws(ReportError) -> ReportSink {
        let file = try openFile(path, flags: O_TRUNC)
        return ReportSink { text throws(ReportError) in
            do { try file.write(contentsOf: Data(text.utf8)) } catch {
                throw .unwritable(path: path, reason: "\(error)")
            }
        }
    }

    /// A file that appears complete or not at all: each piece replaces the one before.
    ///
    /// - Throws: ``ReportError/unwritable(path:reason:)`` when its folder can't be written.
    package static func wholeFile(_ path: String) throws(ReportError) -> ReportSink {
        let folder = try makeFolder(of: path)
        guard access(folder, W_OK) == 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
        return ReportSink { text throws(ReportError) in
            do { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) } catch {
                throw .unwritable(path: path, reason: error.localizedDescription)
            }
        }
    }

    /// A file of lines that only ever grows.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - cutsTornLine: Whether to cut off what follows the last line feed, left by a writer that was killed.
    /// - Returns: The destination.
    /// - Throws: ``ReportError/unwritable(path:reason:)`` when it can't be opened.
    package static func appending(to path: String, cutsTornLine: Bool = true) throws(ReportError) -> ReportSink {
        let file = try openFile(path, flags: O_APPEND)
        do {
            if cutsTornLine { try file.cutOffTornLine() }
        } catch {
            throw .unwritable(path: path, reason: "\(error)")
        }
        return ReportSink { text throws(ReportError) in
            do { try file.write(contentsOf: Data(text.utf8)) } catch {
                throw .unwritable(path: path, reason: "\(error)")
            }
        }
    }

    private static func openFile(_ path: String, flags: Int32) throws(ReportError) -> FileHandle {
        _ = try makeFolder(of: path)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | flags, 0o644)
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    private static func makeFolder(of path: String) throws(ReportError) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        guard !folder.isEmpty else { return "." }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .unwritable(path: path, reason: error.localizedDescription)
        }
        return folder
    }
}

extension FileHandle {
    fileprivate func cutOffTornLine() throws {
        var end = try seekToEnd()
        while end > 0 {
            let start = end > 65_536 ? end - 65_536 : 0
            try seek(toOffset: start)
            let piece = try read(upToCount: Int(end - start)) ?? Data()
            if let feed = piece.lastIndex(of: UInt8(ascii: "\n")) {
                end = start + UInt64(feed - piece.startIndex) + 1
                break
            }
            end = start
        }
        try truncate(atOffset: end)
    }
}
