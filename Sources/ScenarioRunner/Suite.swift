package import CucumberMessages
import Foundation
package import Gherkin
import SystemPackage

/// The feature files of a run, parsed.
package struct Suite: Sendable {
    /// The scenarios, in the order of the files and lines.
    package private(set) var pickles: [Pickle] = []
    /// The syntax trees, by the path of their file.
    package private(set) var documents: [String: GherkinDocument] = [:]
    /// Sources, trees and pickles, as the record begins with them.
    package private(set) var envelopes: [Envelope] = []
    /// Everything that does not parse, in all files.
    package private(set) var errors: [ParseError] = []

    /// Reads the feature files of a selection.
    ///
    /// - Throws: ``PlanError`` when a path does not exist or a file can't be read as text.
    package init(_ selection: FeatureSelection, ids: inout IdSequence) throws {
        for path in try selection.files() {
            guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int,
                size <= Self.sizeLimit
            else {
                throw PlanError.unreadable(path, reason: "it is larger than \(Self.sizeLimit >> 20) MiB, or not there")
            }
            guard let data = FileManager.default.contents(atPath: path),
                let text = String(validating: data, as: UTF8.self)
            else { throw PlanError.unreadable(path, reason: "it is not UTF-8 text, or may not be read") }
            add(text, uri: path, ids: &ids)
        }
    }

    /// Parses feature files that are given as text.
    package init(sources: [(uri: String, text: String)], ids: inout IdSequence) {
        for source in sources { add(source.text, uri: source.uri, ids: &ids) }
    }

    private static let sizeLimit = 32 << 20

    private mutating func add(_ text: String, uri: String, ids: inout IdSequence) {
        envelopes.append(.source(Source(uri: uri, data: text, mediaType: FeatureSyntax(uri: uri).mediaType)))
        do {
            let document = try parse(text, uri: uri, ids: &ids)
            let made = try Gherkin.pickles(from: document, uri: uri, ids: &ids)
            documents[uri] = document
            envelopes.append(.gherkinDocument(document))
            envelopes += made.map(Envelope.pickle)
            pickles += made
        } catch {
            errors += error.errors
            envelopes += error.errors.map(Envelope.parseError)
        }
    }
}
