import CucumberMessages
import Foundation
import Gherkin
import SystemPackage

/// Which scenarios a command is about: paths with lines, tags, and names.
package struct FeatureSelection: Sendable {
    /// A file or folder, and the line in it that was asked for; without one, all of it.
    package struct Place: Hashable, Sendable, CustomStringConvertible {
        /// The path, without detours such as `./`.
        package let path: String
        /// The line, from 1.
        package let line: Int?

        package var description: String { line.map { "\(path):\($0)" } ?? path }

        /// Reads `PATH[:LINE[:COLUMN]]`; the column is what editors and compilers write, and chooses nothing.
        ///
        /// - Throws: ``PlanError/badPlace(_:)`` for an empty path or a line or column that is no positive number.
        package init(_ text: String) throws(PlanError) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard let path = parts.first, !path.isEmpty, parts.count <= 3 else { throw .badPlace(text) }
            var numbers: [Int] = []
            for part in parts.dropFirst() {
                guard let number = Int(part), number > 0 else { throw .badPlace(text) }
                numbers.append(number)
            }
            // One file has one name, however it was asked for.
            let plain = FilePath(String(path)).lexicallyNormalized()
            self.path = plain.isEmpty ? "." : plain.string
            line = numbers.first
        }

        /// Whether a feature file is this one, or lies in this folder.
        func covers(_ uri: String) -> Bool {
            uri == path || uri.hasPrefix(path.hasSuffix("/") ? path : path + "/")
                || (path == "." && !uri.hasPrefix("/"))
        }
    }

    /// The files and folders.
    package let places: [Place]
    /// What is left out of them.
    package let excluded: [Place]

    /// Reads the arguments of a command: `PATH[:LINE]…`, or `@FILE` with one of them a line.
    ///
    /// - Parameters:
    ///   - arguments: What is chosen.
    ///   - excluded: What is left out of it, written alike.
    ///   - folder: What is chosen without arguments.
    ///
    /// - Throws: ``PlanError`` for a place or a file that can't be read.
    package init(_ arguments: [String], excluding excluded: [String] = [], default folder: String = "features") throws {
        places = try Self.places(arguments.isEmpty ? [folder] : arguments)
        self.excluded = try Self.places(excluded)
    }

    private static func places(_ arguments: [String]) throws -> [Place] {
        var places: [Place] = []
        for argument in arguments {
            guard argument.hasPrefix("@") else {
                places.append(try Place(argument))
                continue
            }
            let file = String(argument.dropFirst())
            guard let data = FileManager.default.contents(atPath: file), let text = String(data: data, encoding: .utf8)
            else {
                throw PlanError.unreadable(file, reason: "there is no such text file")
            }
            for line in text.split(whereSeparator: \.isNewline) where !line.allSatisfy(\.isWhitespace) {
                places.append(try Place(line.trimmingCharacters(in: .whitespaces)))
            }
        }
        return places
    }

    /// The feature files, each once, folders searched to any depth in the order of their names.
    ///
    /// - Throws: ``PlanError/unreadable(_:reason:)`` for a path that is not there.
    package func files() throws(PlanError) -> [String] {
        var found: [String] = []
        var seen: Set<String> = []
        for place in places {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder) else {
                throw .unreadable(place.path, reason: "there is no such file or folder")
            }
            let files =
                isFolder.boolValue
                ? (FileManager.default.enumerator(atPath: place.path)?.compactMap { $0 as? String } ?? [])
                    .filter { file in FeatureSyntax.allCases.contains { file.hasSuffix($0.fileEnding) } }
                    .sorted()
                    .map { FilePath(place.path).appending($0).lexicallyNormalized().string }
                : [place.path]
            for file in files where seen.insert(file).inserted { found.append(file) }
        }
        return found
    }

    /// Chooses scenarios.
    ///
    /// A scenario is meant by its own line, the line of its feature or rule, of its examples, or of any of its steps.
    ///
    /// - Throws: ``PlanError/nothingAtLines(_:)`` for lines that stand for no scenario.
    func choose(from suite: Suite, filter: ScenarioFilter) throws(PlanError) -> [Pickle] {
        let exact = (places + excluded).filter { $0.line != nil }
        var idle = Set(exact)
        let admits = filter.matcher()
        var chosen: [Pickle] = []
        for pickle in suite.pickles {
            // Only looked for where somebody asked: it means to walk through the whole file.
            let asked = exact.filter { $0.covers(pickle.uri) }
            let document = asked.isEmpty ? nil : suite.documents[pickle.uri]
            let lines = document.map { SelectableLines(of: pickle, in: $0).lines }
            func means(_ place: Place) -> Bool {
                guard place.covers(pickle.uri) else { return false }
                return place.line.map { lines?.contains($0) == true } ?? true
            }
            for place in asked where means(place) { idle.remove(place) }
            guard places.contains(where: means), !excluded.contains(where: means), admits(pickle) else { continue }
            chosen.append(pickle)
        }
        guard idle.isEmpty else {
            throw .nothingAtLines(exact.filter(idle.contains).map(\.description))
        }
        return chosen
    }
}
