import Diagnostics
import Foundation
import LiveSystem
import Subprocess
import SystemPackage

/// Finds the image that a scenario runs on: a file that was given, or what the system's recipe makes.
struct ImageFinder {
    private let described: DescribedSystem

    init(_ described: DescribedSystem) { self.described = described }

    /// Returns the absolute path of an image, after a look at whether it is one.
    ///
    /// - Parameter image: A file, or a name that the system's description lists.
    /// - Throws: ``ImageError``.
    func path(of image: String) async throws -> String {
        let names = described.description.sizes.map(\.name)
        let path: String
        if names.contains(image) {
            path = try await made(image)
        } else if FileManager.default.fileExists(atPath: image) {
            path = image
        } else {
            throw ImageError.missing(image, nearest: nearestName(to: image, among: names))
        }
        let absolute = URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
        try checkImage(at: absolute)
        return absolute
    }

    private func made(_ name: String) async throws -> String {
        let recipe = described.description.recipe
        let result = try await Subprocess.run(
            .path(FilePath(URL(filePath: recipe).standardizedFileURL.path(percentEncoded: false))),
            arguments: [name],
            output: .string(limit: 64 << 10),
            error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
        )
        guard case .exited(0) = result.terminationStatus,
            let path = result.standardOutput.split(whereSeparator: \.isNewline).last
        else { throw ImageError.notMade(name, recipe: recipe, status: "\(result.terminationStatus)") }
        return String(path)
    }
}

/// Looks whether a file can be an image: it is there, readable, and as long as it says of itself.
///
/// An ISO 9660 image says its length in the primary volume descriptor, at byte 32,768 (ECMA-119, 8.4): the number
/// of blocks at offset 80, their size at offset 128, both little-endian first. Other files are taken as disks.
///
/// - Throws: ``ImageError``.
func checkImage(at path: String) throws(ImageError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
        throw .missing(path, nearest: nil)
    }
    guard let file = FileHandle(forReadingAtPath: path), let size = try? file.seekToEnd() else {
        throw .unreadable(path)
    }
    defer { try? file.close() }
    guard size >= 512 else { throw .truncated(path, expected: 512, actual: size) }
    guard (try? file.seek(toOffset: 32_768)) != nil, let descriptor = try? file.read(upToCount: 2048),
        descriptor.count == 2048, Array(descriptor[1..<6]) == Array("CD001".utf8)
    else {
        guard size >= 32_768 + 2048 || !path.hasSuffix(".iso") else {
            throw .truncated(path, expected: 32_768 + 2048, actual: size)
        }
        return
    }
    func number(_ offset: Int, bytes: Int) -> UInt64 {
        (0..<bytes).reduce(0) { $0 | UInt64(descriptor[offset + $1]) << (8 * $1) }
    }
    let expected = number(80, bytes: 4) * number(128, bytes: 2)
    guard size >= expected else { throw .truncated(path, expected: expected, actual: size) }
}

/// A reason why there is no image to run.
enum ImageError: ExplainedError, Equatable {
    case missing(String, nearest: String?)
    case unreadable(String)
    case truncated(String, expected: UInt64, actual: UInt64)
    case notMade(String, recipe: String, status: String)

    var blame: Blame {
        switch self {
        case .missing, .unreadable, .truncated: .testAuthor
        case .notMade: .host
        }
    }

    var summary: String {
        switch self {
        case .missing(let image, _):
            "The image \(image) is neither a file nor a name that the system's description lists."
        case .unreadable(let path): "The image \(path) may not be read by this user."
        case .truncated(let path, let expected, let actual):
            "The image \(path) has to be \(expected) bytes long by its own header, and is only \(actual): it is cut off."
        case .notMade(let name, let recipe, let status):
            "\(recipe) had to make the image \(name), and ended with \(status)."
        }
    }

    var hint: String? {
        switch self {
        case .missing(_, let nearest): nearest.map { "Did you mean \($0)?" } ?? "Run `assay image list`."
        case .unreadable(let path): "Run: chmod a+r \(path)"
        case .truncated: "Copy or build it again, and compare its SHA-256."
        case .notMade(let name, let recipe, _): "Run \(recipe) \(name), and look at what it prints."
        }
    }
}
