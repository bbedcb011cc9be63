/// A feature file as UTF-8, read line by line.
///
/// Everything works on bytes: keywords are compared as they are written, without Unicode's equivalences, and no text is
/// copied that the syntax tree does not keep. No list of lines is made either, since a file of line feeds alone would
/// need fifty times its size for it.
struct SourceText: Sendable {
    /// The text without a byte order mark.
    let bytes: [UInt8]

    /// One line without its end (`\n` or `\r\n`); offsets are into the file's bytes.
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

    /// A place between two lines.
    struct Position: Sendable {
        /// The number of the line that comes next, from 1.
        private(set) var number = 1
        fileprivate private(set) var offset = 0

        fileprivate mutating func advance(to offset: Int) {
            number += 1
            self.offset = offset
        }
    }

    init(_ text: String) {
        var bytes = Array(text.utf8)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        self.bytes = bytes
    }

    /// Reads the line at a position and moves the position behind it, until the file ends.
    func nextLine(_ position: inout Position) -> Line? {
        let start = position.offset
        guard start < bytes.count else { return nil }
        var end = start
        bytes.withUnsafeBufferPointer { bytes in
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        }
        let number = position.number
        position.advance(to: end + 1)
        while end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        var (textStart, indent) = (start, 0)
        while let width = bytes.blankWidth(at: textStart, before: end) {
            textStart += width
            indent += 1
        }
        return Line(number: number, start: start, end: end, textStart: textStart, indent: indent)
    }

    /// Tells whether a line's text begins with some bytes.
    func text(of line: Line, startsWith prefix: [UInt8]) -> Bool {
        self.contains(prefix, at: line.textStart, before: line.end)
    }

    /// Tells whether some bytes stand at an offset.
    func contains(_ expected: [UInt8], at start: Int, before end: Int) -> Bool {
        guard end - start >= expected.count else { return false }
        for offset in expected.indices where bytes[start + offset] != expected[offset] { return false }
        return true
    }

    /// The first byte of a line's text.
    func firstByte(of line: Line) -> UInt8? {
        line.isEmpty ? nil : bytes[line.textStart]
    }

    /// Copies a part of the file.
    func string(_ range: Range<Int>) -> String {
        bytes.withUnsafeBufferPointer { String(decoding: $0[range], as: UTF8.self) }
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
    /// Blanks are the characters with the Unicode property White_Space and the four separators of ASCII (0x1C to 0x1F),
    /// as in the official parser.
    @inline(__always)
    func blankWidth(at offset: Int, before end: Int) -> Int? {
        guard offset < end else { return nil }
        let byte = self[offset]
        if byte == 0x20 { return 1 }
        // Between the blanks of ASCII and the first byte of a longer character nothing is a blank.
        if byte > 0x20, byte < 0xC2 { return nil }
        return rareBlankWidth(at: offset, before: end)
    }

    private func rareBlankWidth(at offset: Int, before end: Int) -> Int? {
        switch self[offset] {
        case 0x09...0x0D, 0x1C...0x1F: return 1
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
        while start < end, let width = blankWidth(endingAt: end, after: start) {
            if keepingLineFeeds, self[end - 1] == 0x0A { break }
            end -= width
        }
        return start..<end
    }

    /// The bytes of the blank that ends at an offset.
    private func blankWidth(endingAt end: Int, after start: Int) -> Int? {
        let byte = self[end - 1]
        if byte < 0x80 { return blankWidth(at: end - 1, before: end) }
        for width in [2, 3] where end - width >= start && blankWidth(at: end - width, before: end) == width {
            return width
        }
        return nil
    }

    /// The number of characters (Unicode scalars) in a range.
    func scalarCount(_ range: Range<Int>) -> Int {
        var count = 0
        for offset in range where self[offset] & 0xC0 != 0x80 { count += 1 }
        return count
    }
}
