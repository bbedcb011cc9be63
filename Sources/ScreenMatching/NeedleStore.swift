import Diagnostics
import Foundation
import PictureFiles
import Pictures

/// All reference pictures of a suite: `<area>/<thing>/needle.json` with one PNG for each language or theme.
///
/// A picture `german.png` takes its areas from `german.json` when that exists, else from `needle.json`.
package struct NeedleStore: Sendable {
    private let needles: [String: Needle]

    /// Creates a store of needles that are at hand already.
    package init(_ needles: [Needle] = []) {
        self.needles = Dictionary(needles.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Loads every needle below a folder, or throws the first error in the order of the names.
    ///
    /// A folder that doesn't exist is an empty store.
    package init(loading folder: String) throws(NeedleError) {
        var loaded: [String: Needle] = [:]
        for name in try Self.names(in: folder) { loaded[name] = try Self.load(name: name, folder: "\(folder)/\(name)") }
        needles = loaded
    }

    /// The names of the needles below a folder, which are not loaded; sorted.
    package static func names(in folder: String) throws(NeedleError) -> [String] {
        var names: [String] = []
        for area in try folders(in: folder) {
            for thing in try folders(in: "\(folder)/\(area)") { names.append("\(area)/\(thing)") }
        }
        return names
    }

    /// The error of looking for a needle that is not among those of these names.
    package static func unknown(_ name: String, among names: [String]) -> NeedleError {
        .unknown(name: name, nearest: nearestName(to: name, among: names), count: names.count)
    }

    /// The names, sorted.
    package var names: [String] { needles.keys.sorted() }

    /// Returns the needle of a name, or throws and suggests the nearest name.
    package func needle(named name: String) throws(NeedleError) -> Needle {
        guard let needle = needles[name] else {
            throw Self.unknown(name, among: names)
        }
        return needle
    }

    /// All needles, in the order of their names.
    package var all: [Needle] { needles.values.sorted { $0.name < $1.name } }

    private static func folders(in folder: String) throws(NeedleError) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            return []
        }
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return entries.sorted().filter { entry in
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: "\(folder)/\(entry)", isDirectory: &isFolder)
            return exists && isFolder.boolValue && !entry.hasPrefix(".")
        }
    }

    private static func load(name: String, folder: String) throws(NeedleError) -> Needle {
        let entries = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        let pictures = entries.filter { $0.hasSuffix(".png") }
        guard !pictures.isEmpty else { throw .incomplete(folder: folder, missing: "a PNG picture") }
        var variants: [Needle.Variant] = []
        for picture in pictures {
            let base = String(picture.dropLast(4))
            guard let json = ["\(base).json", "needle.json"].first(where: entries.contains) else {
                throw .incomplete(folder: folder, missing: "needle.json")
            }
            variants.append(
                try Needle.Variant(name: base, json: "\(folder)/\(json)", picture: "\(folder)/\(picture)")
            )
        }
        return Needle(name: name, variants: variants)
    }
}

extension Needle.Variant {
    /// Loads one picture and its areas from files.
    package init(name: String, json: String, picture: String) throws(NeedleError) {
        let file = try NeedleFile(json: Self.contents(of: json), file: json)
        let image: Picture
        do {
            image = try Picture(png: Self.contents(of: picture))
        } catch let error as PictureFileError {
            throw .badPicture(file: picture, reason: error.summary)
        } catch let error as NeedleError {
            throw error
        } catch {
            throw .badPicture(file: picture, reason: "\(error)")
        }
        try self.init(name: name, picture: image, file: file, fileName: json)
    }

    private static func contents(of path: String) throws(NeedleError) -> Data {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 64 << 20 else {
            throw .badPicture(file: path, reason: "Expected a file of at most 64 MiB, but it can't be read.")
        }
        return data
    }
}
