/// The text of a feature file.
package struct Source: Codable, Hashable, Sendable {
    /// The file's path, relative to the root of the suite.
    package var uri: String
    /// The whole text.
    package var data: String
    /// `text/x.cucumber.gherkin+plain` or `text/x.cucumber.gherkin+markdown`.
    package var mediaType: String

    /// Creates the message from its fields.
    package init(uri: String, data: String, mediaType: String) {
        self.uri = uri
        self.data = data
        self.mediaType = mediaType
    }
}

/// An error in a feature file.
package struct ParseError: Codable, Hashable, Sendable {
    /// Where the error is.
    package var source: SourceReference
    /// What was expected and what was there, in the official wording.
    package var message: String

    /// Creates the message from its fields.
    package init(source: SourceReference, message: String) {
        self.source = source
        self.message = message
    }
}
