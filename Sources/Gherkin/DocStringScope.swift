/// A doc string that is open: how it ends, and what its lines lose.
struct DocStringScope: Sendable {
    /// What opens a doc string, and closes it again.
    struct Delimiter: Sendable {
        let text: String
        let bytes: [UInt8]
        /// The delimiter as it is written inside, with a backslash before each of its characters.
        fileprivate let escaped: [UInt8]?

        fileprivate init(_ text: String, hasEscape: Bool = true) {
            self.text = text
            bytes = Array(text.utf8)
            escaped = hasEscape ? bytes.flatMap { [UInt8(ascii: "\\"), $0] } : nil
        }

        static let quotes = Delimiter("\"\"\"")
        static let backticks = Delimiter("```")
        /// Only in Markdown, to quote a fenced block; it can't be escaped.
        static let fourBackticks = Delimiter("````", hasEscape: false)
    }

    let delimiter: Delimiter
    /// The blanks before the delimiter that opened it, in characters.
    let indent: Int
}

extension SourceText {
    /// The delimiter that a line begins with.
    func delimiter(of line: Line, amongThoseOf syntax: FeatureSyntax) -> DocStringScope.Delimiter? {
        switch firstByte(of: line) {
        case UInt8(ascii: "\""):
            return text(of: line, startsWith: DocStringScope.Delimiter.quotes.bytes) ? .quotes : nil
        case UInt8(ascii: "`"):
            let four = DocStringScope.Delimiter.fourBackticks
            if syntax == .markdown, text(of: line, startsWith: four.bytes) { return four }
            return text(of: line, startsWith: DocStringScope.Delimiter.backticks.bytes) ? .backticks : nil
        default: return nil
        }
    }

    /// Adds a line of a doc string to a text: without the indentation of the delimiter, and with escapes resolved.
    func append(_ line: Line, in docString: DocStringScope, to text: inout [UInt8]) {
        var offset = line.start
        if docString.indent > line.indent {
            offset = line.textStart
        } else {
            for _ in 0..<docString.indent { offset += bytes.blankWidth(at: offset, before: line.end) ?? 0 }
        }
        let rest = offset..<line.end
        guard let escaped = docString.delimiter.escaped, bytes[rest].contains(UInt8(ascii: "\\")) else {
            text += bytes[rest]
            return
        }
        while offset < line.end {
            if contains(escaped, at: offset, before: line.end) {
                text += docString.delimiter.bytes
                offset += escaped.count
            } else {
                text.append(bytes[offset])
                offset += 1
            }
        }
    }
}
