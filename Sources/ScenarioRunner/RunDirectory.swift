import Crypto
package import Diagnostics
import Foundation
package import SystemPackage

/// The folder of one run, `runs/<UTC time>-<short id>/`.
///
/// The coordinator is its only writer.
/// Workers leave files in a folder of their own below `partial/`; they are moved into `attachments/`, named by
/// their content, when a message names them, and the folder is gone when the run ends in order.
package struct RunDirectory: Sendable {
    /// The folder.
    package let path: FilePath

    /// Makes the folder of a new run, and points `latest` at it.
    ///
    /// - Parameters:
    ///   - parent: Where runs are kept, or `nil` when `exact` is given.
    ///   - exact: The folder to use instead; it must be empty or not exist.
    /// - Returns: The folder, with an empty record in it.
    /// - Throws: ``RunDirectoryError`` when the folder can't be made or written.
    package static func create(in parent: FilePath, at exact: FilePath? = nil) throws -> RunDirectory {
        let id = String(UInt32.random(in: .min ... .max), radix: 16)
        let path = exact ?? parent.appending("\(stamp(Date()))-\(id)")
        let files = FileManager.default
        do {
            if let contents = try? files.contentsOfDirectory(atPath: path.string), !contents.isEmpty {
                throw RunDirectoryError.notEmpty(path.string)
            }
            for folder in [path, path.appending("attachments"), path.appending("partial")] {
                try files.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            }
            try Data().write(to: URL(filePath: path.appending("messages.ndjson").string), options: .withoutOverwriting)
        } catch let error as RunDirectoryError {
            throw error
        } catch {
            throw RunDirectoryError.unwritable(path.string, reason: error.localizedDescription)
        }
        if exact == nil {
            // Replaced by a rename, so that two runs that end up here at once leave one good link.
            let link = parent.appending(".latest-\(id)").string
            try? files.createSymbolicLink(atPath: link, withDestinationPath: path.lastComponent?.string ?? "")
            if rename(link, parent.appending("latest").string) != 0 { unlink(link) }
        }
        return RunDirectory(path: path)
    }

    /// Opens the folder of a run that goes on.
    ///
    /// - Throws: ``RunDirectoryError`` when the folder can't be written.
    package static func open(_ path: FilePath) throws -> RunDirectory {
        do {
            for folder in ["attachments", "partial"] {
                let folder = path.appending(folder).string
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
        } catch {
            throw RunDirectoryError.unwritable(path.string, reason: error.localizedDescription)
        }
        return RunDirectory(path: path)
    }

    /// Held by whoever writes to the run.
    package var lock: FilePath { path.appending(".lock") }

    /// The record of the run.
    package var messages: FilePath { path.appending("messages.ndjson") }

    /// Makes the folder in which one attempt leaves its files.
    package func makeEvidenceFolder(for attempt: String) throws -> FilePath {
        let folder = evidenceFolder(for: attempt)
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw RunDirectoryError.unwritable(folder.string, reason: error.localizedDescription)
        }
        return folder
    }

    func evidenceFolder(for attempt: String) -> FilePath { path.appending("partial").appending(attempt) }

    /// Moves a complete file into `attachments/`.
    ///
    /// - Returns: Its URL relative to the run directory.
    /// - Throws: ``RunDirectoryError``; only ``RunDirectoryError/unwritable(_:reason:)`` is the folder's fault.
    package func keep(_ name: String, from folder: FilePath) throws(RunDirectoryError) -> String {
        // Asked of the text itself: a path would quietly drop what stands behind a slash or a zero at its end.
        guard !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(0),
            let component = FilePath.Component(name), component.kind == .regular
        else { throw .badEvidenceName(name) }
        let file = folder.appending(component)
        guard Self.isPlainFile(file) else { throw .missingEvidence(name) }
        let digest: String
        do { digest = try sha256(ofFileAt: file) } catch {
            throw .unwritable(file.string, reason: "\(error)")
        }
        let url = "attachments/\(digest)" + Self.suffix(of: component)
        guard rename(file.string, path.appending(url).string) == 0 else {
            throw .unwritable(path.appending(url).string, reason: String(cString: strerror(errno)))
        }
        return url
    }

    /// The plain files that an attempt left without naming them, in the order of their names.
    package func unnamedEvidence(in folder: FilePath) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [])
            .filter { Self.isPlainFile(folder.appending($0)) }
            .sorted()
    }

    /// Removes the folder of an attempt.
    package func removeEvidenceFolder(_ folder: FilePath) {
        try? FileManager.default.removeItem(atPath: folder.string)
    }

    /// Removes what only a running run needs.
    package func finish() {
        try? FileManager.default.removeItem(atPath: path.appending("partial").string)
    }

    /// Not a link, which could lead anywhere, and not a pipe, which could be read for ever.
    private static func isPlainFile(_ file: FilePath) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.string)
        return attributes?[.type] as? FileAttributeType == .typeRegular
    }

    /// The extension with its full stop, unless it would not do in a URL as it is.
    private static func suffix(of name: FilePath.Component) -> String {
        guard let text = name.extension, text.utf8.count <= 16,
            text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
        else { return "" }
        return ".\(text)"
    }

    private static func stamp(_ date: Date) -> String {
        date.formatted(
            .verbatim(
                "\(year: .padded(4))\(month: .twoDigits)\(day: .twoDigits)T\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\(minute: .twoDigits)\(second: .twoDigits)Z",
                timeZone: .gmt,
                calendar: Calendar(identifier: .gregorian)
            )
        )
    }
}

/// Returns the SHA-256 of a file in hexadecimal, read in pieces.
package func sha256(ofFileAt path: FilePath) throws -> String {
    let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
    return try file.closeAfter {
        var hash = SHA256()
        try withUnsafeTemporaryAllocation(byteCount: 1 << 20, alignment: 16) { buffer in
            while true {
                let count = try file.read(into: buffer)
                if count == 0 { break }
                hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
        return hash.finalize().map { String(format: "%02x", $0) }.joined()
    }
}

/// A reason why a run's folder can't be used.
package enum RunDirectoryError: ExplainedError, Equatable {
    case unwritable(String, reason: String)
    case notEmpty(String)
    case badEvidenceName(String)
    case missingEvidence(String)

    package var blame: Blame {
        switch self {
        case .unwritable: .host
        case .notEmpty: .testAuthor
        case .badEvidenceName, .missingEvidence: .harness
        }
    }

    package var summary: String {
        switch self {
        case .unwritable(let path, let reason): "The run directory needs to be written, but \(path) can't be: \(reason)"
        case .notEmpty(let path): "The output folder has to be empty or absent, but \(path) holds files."
        case .badEvidenceName(let name):
            "A worker named \(name.debugDescription) as evidence, which is no plain file name."
        case .missingEvidence(let name):
            "A worker named \(name.debugDescription) as evidence, and left no plain file of that name."
        }
    }

    package var hint: String? {
        switch self {
        case .unwritable: "Free some space, or choose another folder with --output."
        case .notEmpty: "Choose another folder with --output."
        case .badEvidenceName, .missingEvidence: nil
        }
    }
}
