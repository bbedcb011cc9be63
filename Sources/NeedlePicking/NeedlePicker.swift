import Diagnostics
import Foundation
package import NeedleKeeping
import PictureFiles
package import Pictures
import ScreenMatching

/// The page on which a person picks what a needle is to be found by: the screen, areas to be dragged, and what the needle
/// would be worth.
///
/// The page sends needles as the files that they become, so that there is one reader of them; it says what it asks in the path:
/// `GET /` and `/screens/N.png`, `POST /lint/N/VARIANT`, `/write/N/VARIANT` and `/replace/N/VARIANT`.
package struct NeedlePicker: Sendable {
    /// A screen to choose from.
    package struct Screen: Sendable {
        /// What it is, such as the name of a file.
        package let title: String
        /// Reads it.
        package let picture: @Sendable () throws -> Picture

        /// Creates a screen.
        package init(title: String, picture: @escaping @Sendable () throws -> Picture) {
            self.title = title
            self.picture = picture
        }
    }

    private let needle: String
    private let variant: String
    private let screens: [Screen]
    private let editor: NeedleEditor

    /// Creates a page for a needle.
    package init(needle: String, variant: String, screens: [Screen], editor: NeedleEditor) {
        self.needle = needle
        self.variant = variant
        self.screens = screens
        self.editor = editor
    }

    /// Answers a request; with the last answer come the files that were written.
    package func answer(_ request: PageRequest, _ path: String) throws(PageRequest.Refusal) -> (PageAnswer, [String]?) {
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch (request.method, parts.count) {
        case (.get, 1) where parts[0].isEmpty: return (page(), nil)
        case (.get, 2) where parts[0] == "screens" && parts[1].hasSuffix(".png"):
            let screen = try screen(String(parts[1].dropLast(4)))
            guard let file = try? screen.picture().png() else { throw .notFound }
            return (PageAnswer("image/png", file), nil)
        case (.post, 3):
            guard let deed = Deed(rawValue: parts[0]) else { throw .notFound }
            let opinion = opinion(deed, try screen(parts[1]), variant: parts[2], needle: request.body)
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            guard let text = try? encoder.encode(opinion) else { throw .badRequest }
            return (PageAnswer("application/json", Array(text)), opinion.files)
        default: throw .notFound
        }
    }

    private func screen(_ number: String) throws(PageRequest.Refusal) -> Screen {
        guard let index = Int(number), screens.indices.contains(index), "\(index)" == number else { throw .notFound }
        return screens[index]
    }

    // MARK: - What a needle would be worth

    private enum Deed: String {
        case lint, write, replace
    }

    private struct Opinion: Encodable {
        /// Why it can't be a needle.
        var refusal: String?
        /// What is wrong with it, or may be.
        var findings: [String] = []
        /// Whether it would not be written.
        var isUnfit = false
        /// Whether there is one of that name already.
        var exists = false
        /// What was written.
        var files: [String]?
    }

    private func opinion(_ deed: Deed, _ screen: Screen, variant: String, needle json: [UInt8]) -> Opinion {
        var opinion = Opinion()
        do {
            let asked = try NeedleFile(json: json, file: "\(variant).json")
            let proposal = NeedleEditor.Proposal(
                needle: needle,
                variant: variant,
                screen: try screen.picture(),
                // Made anew, with the version of the algorithm that judges it.
                file: NeedleFile(areas: asked.areas, tags: asked.tags)
            )
            let findings = try proposal.lint()
            opinion.findings = findings.map(\.description)
            opinion.isUnfit = findings.contains(where: \.isFatal)
            opinion.exists = try editor.exists(proposal)
            if deed != .lint { opinion.files = try editor.write(proposal, replacing: deed == .replace) }
        } catch let error as any ExplainedError {
            opinion.refusal = ([error.summary] + error.context).joined(separator: "\n")
        } catch {
            opinion.refusal = "\(error)"
        }
        return opinion
    }

    // MARK: - The page

    private struct Facts: Encodable {
        let needle: String
        let variant: String
        let folder: String
        let screens: [String]
    }

    private func page() -> PageAnswer {
        let nonce = UUID().uuidString
        let facts = Facts(needle: needle, variant: variant, folder: editor.folder, screens: screens.map(\.title))
        let json = (try? JSONEncoder().encode(facts)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        // In a script nothing but "</" and "<!" ends it (HTML, script data states).
        let harmless = json.replacing("<", with: "\\u003c")
        let html = String(decoding: PackageResources.page_html, as: UTF8.self)
            .replacing("NONCE", with: nonce).replacing("FACTS", with: harmless)
        return PageAnswer("text/html; charset=utf-8", Array(html.utf8), nonce: nonce)
    }
}
