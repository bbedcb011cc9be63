import Diagnostics
import Foundation
import LiveSystem
import Subprocess
import SystemPackage
import VirtualMachines

/// Finds the image that a scenario runs on: a file that was given, or what the system's recipe makes.
struct ImageFinder {
    private let described: DescribedSystem

    init(_ described: DescribedSystem) { self.described = described }

    /// Finds an image, and looks at whether a machine can start from it.
    ///
    /// - Parameter image: A file, or a name that the system's description lists.
    /// - Returns: Its absolute path.
    /// - Throws: ``ImageError``, or a `MachineError` for a file that is cut off or can't be started from.
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
        do throws(MachineError) {
            let medium = try BootMedium(reading: FilePath(absolute))
            // From a disc or from a stick: which of them, a scenario says.
            try medium.check(bus: medium.bootsFromDisc ? .cd : .usb(removable: true))
        } catch {
            throw ImageError.unusable(error)
        }
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

/// A reason why there is no image to run.
enum ImageError: ExplainedError, Equatable {
    case missing(String, nearest: String?)
    case unusable(MachineError)
    case notMade(String, recipe: String, status: String)

    var blame: Blame {
        switch self {
        // Whoever chose the file has to act; there is no system to blame before it has run.
        case .missing, .unusable: .testAuthor
        case .notMade: .host
        }
    }

    var summary: String {
        switch self {
        case .missing(let image, _):
            "The image \(image) is neither a file nor a name that the system's description lists."
        case .unusable(let error): error.summary
        case .notMade(let name, let recipe, let status):
            "\(recipe) had to make the image \(name), and ended with \(status)."
        }
    }

    var hint: String? {
        switch self {
        case .missing(_, let nearest): nearest.map { "Did you mean \($0)?" } ?? "Run `assay image list`."
        case .unusable(let error): error.hint
        case .notMade(let name, let recipe, _): "Run \(recipe) \(name), and look at what it prints."
        }
    }
}
