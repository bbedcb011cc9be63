/// A place in a source file; lines and columns count from 1, columns in characters.
package struct Location: Codable, Hashable, Sendable {
    /// The line, from 1.
    package var line: Int
    /// The column, from 1; absent when the whole line is meant.
    package var column: Int?

    /// Creates the message from its fields.
    package init(line: Int, column: Int? = nil) {
        self.line = line
        self.column = column
    }
}

/// The place in the source code or a feature file that a message is about.
package struct SourceReference: Codable, Hashable, Sendable {
    /// The file's path, relative to the root of the suite.
    package var uri: String?
    /// The place in the file.
    package var location: Location?

    /// Creates the message from its fields.
    package init(uri: String? = nil, location: Location? = nil) {
        self.uri = uri
        self.location = location
    }
}
