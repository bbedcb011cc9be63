/// The ways in which features are written.
package enum FeatureSyntax: String, Hashable, Sendable, CaseIterable {
    /// Gherkin, in files that end in `.feature`.
    case plain = "text/x.cucumber.gherkin+plain"
    /// Markdown with Gherkin, in files that end in `.feature.md`.
    case markdown = "text/x.cucumber.gherkin+markdown"

    /// Tells by a file's name how it is written; names that say nothing mean Gherkin.
    package init(uri: String) {
        self = uri.hasSuffix(Self.markdown.fileEnding) ? .markdown : .plain
    }

    /// The media type, as messages give it.
    package var mediaType: String { rawValue }

    /// What the names of such files end in.
    package var fileEnding: String {
        switch self {
        case .plain: ".feature"
        case .markdown: ".feature.md"
        }
    }
}
