/// A feature file as UTF-8 and the places of its lines.
///
/// Everything works on bytes: keywords are compared as they are written, without Unicode's equivalences, and no text is
/// copied that the syntax tree does not keep.
struct SourceText: Sendable {
    /// The text without a byte order mark.
    let bytes: [UInt8]
    /// The lines without their ends (`\n` or `\r\n`).
    let lines: [Line]

    /// One line; offsets are into the file's bytes.
    struct Line: Sendable {
        /// The line's number, from 1.
        let number: Int
        let start: Int
        let end: Int
        /// Where the first character stands that is no blank.
        let textStart: Int
        /// The blanks before the text, in characters.
        let indent: Int

        var isEmpty: Bool { textStart == end }
        /// The column of the text, from 1.
        var column: Int { indent + 1 }
    }

    init(_ text: String) {
        var bytes = Array(text.utf8)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        self.bytes = bytes

        var lines: [Line] = []
        lines.reserveCapacity(bytes.count / 32)
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            let next = end + 1
            if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
            var (textStart, indent) = (start, 0)
            while let width = bytes.blankWidth(at: textStart, before: end) {
                textStart += width
                indent += 1
            }
            lines.append(Line(number: lines.count + 1, start: start, end: end, textStart: textStart, indent: indent))
            start = next
        }
        self.lines = lines
    }

    /// Tells whether a line's text begins with some bytes.
    func text(of line: Line, startsWith prefix: [UInt8]) -> Bool {
        guard line.end - line.textStart >= prefix.count else { return false }
        for offset in 0..<prefix.count where bytes[line.textStart + offset] != prefix[offset] { return false }
        return true
    }

    /// The first byte of a line's text.
    func firstByte(of line: Line) -> UInt8? {
        line.isEmpty ? nil : bytes[line.textStart]
    }

    /// Copies a part of the file.
    func string(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// Copies a part of the file without the blanks around it.
    func trimmedString(_ range: Range<Int>) -> String {
        string(bytes.trimmed(range))
    }
}

// MARK: - Blanks

extension [UInt8] {
    /// The bytes of the blank at an offset, or `nil` when something else stands there.
    ///
    /// Blanks are the characters with the Unicode property White_Space.
    func blankWidth(at offset: Int, before end: Int) -> Int? {
        guard offset < end else { return nil }
        switch self[offset] {
        case 0x20, 0x09...0x0D: return 1
        case 0xC2 where offset + 1 < end && (self[offset + 1] == 0x85 || self[offset + 1] == 0xA0): return 2
        case 0xE1 where offset + 2 < end && self[offset + 1] == 0x9A && self[offset + 2] == 0x80: return 3
        case 0xE2 where offset + 2 < end:
            return switch (self[offset + 1], self[offset + 2]) {
            case (0x80, 0x80...0x8A), (0x80, 0xA8), (0x80, 0xA9), (0x80, 0xAF), (0x81, 0x9F): 3
            default: nil
            }
        case 0xE3 where offset + 2 < end && self[offset + 1] == 0x80 && self[offset + 2] == 0x80: return 3
        default: return nil
        }
    }

    /// Narrows a range to leave out the blanks at both ends; line feeds stay when asked for.
    func trimmed(_ range: Range<Int>, keepingLineFeeds: Bool = false) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while let width = blankWidth(at: start, before: end), !(keepingLineFeeds && self[start] == 0x0A) {
            start += width
        }
        trimming: while start < end {
            for width in [1, 2, 3] where end - width >= start && blankWidth(at: end - width, before: end) == width {
                if keepingLineFeeds, self[end - 1] == 0x0A { break trimming }
                end -= width
                continue trimming
            }
            break
        }
        return start..<end
    }

    /// The number of characters (Unicode scalars) in a range.
    func scalarCount(_ range: Range<Int>) -> Int {
        var count = 0
        for byte in self[range] where byte & 0xC0 != 0x80 { count += 1 }
        return count
    }
}
