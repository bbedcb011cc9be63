package import Diagnostics
import Foundation
import PictureFiles
package import Pictures
package import ScreenMatching

/// Writes needles into a suite's folder, and never over anything unasked.
package struct NeedleEditor: Sendable {
    /// The folder of needles, such as `snapshots/needles`.
    package let folder: String

    /// Creates an editor; the folder need not exist yet.
    package init(folder: String) { self.folder = folder }

    /// A picture that is about to become a needle's.
    package struct Proposal: Sendable {
        /// The needle, such as `desktop/terminal`.
        package var needle: String
        /// The picture's name: its language, theme or the like.
        package var variant: String
        /// The screen that it is cut from.
        package var screen: Picture
        /// What is asked of it.
        package var file: NeedleFile

        /// Creates a proposal.
        package init(needle: String, variant: String, screen: Picture, file: NeedleFile) {
            self.needle = needle
            self.variant = variant
            self.screen = screen
            self.file = file
        }

        /// What would be wrong with the needle.
        package func lint() throws -> [NeedleFinding] {
            let variant = try Needle.Variant(name: variant, picture: screen, file: file, fileName: "needle.json")
            return try Needle(name: needle, variants: [variant]).lint()
        }
    }

    /// Writes a proposal and returns the files.
    ///
    /// - Throws: ``NeedleEditError``, or a `NeedleError` for areas that don't fit the picture.
    @discardableResult
    package func write(_ proposal: Proposal, replacing: Bool = false, despiteFindings: Bool = false) throws -> [String]
    {
        let (place, files) = try place(of: proposal)
        let fatal = try proposal.lint().filter(\.isFatal)
        guard fatal.isEmpty || despiteFindings else {
            throw NeedleEditError.unfit(proposal.needle, fatal.map(\.description))
        }
        if !replacing, let old = files.first(where: FileManager.default.fileExists) {
            throw NeedleEditError.exists(old)
        }
        do {
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            try Data(proposal.file.json.utf8).write(to: URL(filePath: files[0]), options: .atomic)
            try Data(proposal.screen.png()).write(to: URL(filePath: files[1]), options: .atomic)
        } catch let error as PictureFileError {
            throw error
        } catch {
            throw NeedleEditError.unwritable(place, reason: error.localizedDescription)
        }
        return files
    }

    /// Whether a picture of that name is there already.
    ///
    /// - Throws: ``NeedleEditError/badName(_:)``.
    package func exists(_ proposal: Proposal) throws -> Bool {
        try place(of: proposal).files.contains(where: FileManager.default.fileExists)
    }

    private func place(of proposal: Proposal) throws -> (folder: String, files: [String]) {
        let parts = proposal.needle.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, (parts + [Substring(proposal.variant)]).allSatisfy(Self.isName) else {
            throw NeedleEditError.badName("\(proposal.needle)/\(proposal.variant)")
        }
        let place = "\(folder)/\(proposal.needle)"
        return (place, ["\(place)/\(proposal.variant).json", "\(place)/\(proposal.variant).png"])
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.count <= 100 && text.first != "."
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }
}

/// A reason why a needle was not written.
package enum NeedleEditError: ExplainedError, Equatable {
    /// The name is none of a needle.
    case badName(String)
    /// There is a file already.
    case exists(String)
    /// The needle would lie or fail.
    case unfit(String, [String])
    /// The files could not be written.
    case unwritable(String, reason: String)

    package var blame: Blame {
        if case .unwritable = self { .host } else { .testAuthor }
    }

    package var summary: String {
        switch self {
        case .badName(let name):
            "Expected a name like desktop/terminal and a picture's name of letters, digits, - and _, saw \"\(name)\"."
        case .exists(let path): "Expected a new needle, but \(path) exists."
        case .unfit(let name, _): "Expected a needle that can be told from anything else, but \(name) can't."
        case .unwritable(let folder, let reason): "The needle can't be written to \(folder): \(reason)"
        }
    }

    package var context: [String] {
        if case .unfit(_, let findings) = self { findings } else { [] }
    }

    package var hint: String? {
        switch self {
        case .exists: "Choose another picture's name with --variant, or replace the picture with --replace."
        case .unfit: "Choose a region with more in it, or one that is there only once."
        case .badName, .unwritable: nil
        }
    }
}
