public import Pictures

/// One word that was read from a screen.
public struct TextWord: Hashable, Sendable {
    /// The word as it was read.
    public let text: String
    /// Where it stands.
    public let box: Rectangle
    /// The reader's own estimate, 0 to 100.
    ///
    /// True words score low at times, so nothing is decided by it.
    public let confidence: Double

    /// Creates a word.
    public init(text: String, box: Rectangle, confidence: Double = 100) {
        self.text = text
        self.box = box
        self.confidence = confidence
    }
}

/// The words that stand side by side on a screen.
public struct TextLine: Hashable, Sendable, CustomStringConvertible {
    /// From left to right; at least one.
    public let words: [TextWord]

    /// Creates a line.
    public init(words: [TextWord]) { self.words = words }

    /// The words with single spaces between them.
    public var text: String { words.map(\.text).joined(separator: " ") }
    /// What the words cover.
    public var box: Rectangle {
        words.reduce(Rectangle(x: 0, y: 0, width: 0, height: 0)) { $0.union($1.box) }
    }
    public var description: String { "\(text) [\(box)]" }
}
