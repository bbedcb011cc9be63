import CucumberMessages

/// The errors met so far, each once.
struct ErrorList {
    /// An error and its place; without a column the whole line is meant.
    struct Entry: Hashable {
        let text: String
        let line: Int
        let column: Int?
    }

    private(set) var all: [Entry] = []
    private var known: Set<Entry> = []

    /// More than ten errors: the rest is most likely a consequence of those.
    var isFull: Bool { all.count > 10 }

    mutating func add(_ text: String, line: Int, column: Int?) {
        let entry = Entry(text: text, line: line, column: column)
        if !isFull, known.insert(entry).inserted { all.append(entry) }
    }

    /// The errors in the official wording.
    func messages(uri: String) -> [ParseError] {
        all.map { entry in
            ParseError(
                source: SourceReference(uri: uri, location: Location(line: entry.line, column: entry.column)),
                message: "(\(entry.line):\(entry.column ?? 0)): \(entry.text)"
            )
        }
    }
}
