/// A tag or a cell, and the column in which it begins.
struct LineItem: Sendable, Hashable {
    let column: Int
    let text: String
}

/// A tag with a blank inside, at a column.
struct BlankInTag: Error {
    let column: Int
}

extension SourceText {
    /// Reads the tags of a line; a `#` behind a blank begins a comment.
    func tags(of line: Line) throws(BlankInTag) -> [LineItem] {
        var tags: [LineItem] = []
        try eachTag(of: line) { start, content, column in
            let name = content.lowerBound == start + 1 ? string(start..<content.upperBound) : "@" + string(content)
            tags.append(LineItem(column: column, text: name))
        }
        return tags
    }

    /// Looks whether the tags of a line are in order, without copying them.
    func checkTags(of line: Line) throws(BlankInTag) {
        try eachTag(of: line) { _, _, _ in }
    }

    /// Hands over the place of each `@`, what stands behind it without the blanks around, and the column.
    private func eachTag(
        of line: Line,
        _ take: (_ start: Int, _ content: Range<Int>, _ column: Int) -> Void
    ) throws(BlankInTag) {
        let end = endOfTags(in: line)
        var (start, column) = (line.textStart, line.column)
        while start < end {
            var next = start + 1
            while next < end, bytes[next] != UInt8(ascii: "@") { next += 1 }
            let content = bytes.trimmed(start + 1..<next)
            for offset in content where bytes.blankWidth(at: offset, before: content.upperBound) != nil {
                throw BlankInTag(column: column)
            }
            take(start, content, column)
            column += bytes.scalarCount(start..<next)
            start = next
        }
    }

    private func endOfTags(in line: Line) -> Int {
        var end = line.textStart
        var lastWasBlank = false
        while end < line.end {
            if lastWasBlank, bytes[end] == UInt8(ascii: "#") { break }
            let blank = bytes.blankWidth(at: end, before: line.end)
            lastWasBlank = blank != nil
            end += blank ?? 1
        }
        return end
    }

    /// Reads the cells of a table's row: what stands between bars, `\|`, `\\` and `\n` resolved.
    func cells(of line: Line) -> [LineItem] {
        let end = bytes.trimmed(line.textStart..<line.end).upperBound
        var cells: [LineItem] = []
        var column = line.column
        var (start, startColumn) = (line.textStart, column)
        var isBeforeFirstBar = true
        var hasEscapes = false
        var offset = line.textStart
        while offset < end {
            let byte = bytes[offset]
            offset += 1
            if byte & 0xC0 != 0x80 { column += 1 }
            if byte == UInt8(ascii: "\\"), offset < end {
                hasEscapes = true
                if bytes[offset] & 0xC0 != 0x80 { column += 1 }
                offset += 1
            } else if byte == UInt8(ascii: "|") {
                if !isBeforeFirstBar { cells.append(cell(start..<offset - 1, startColumn, hasEscapes: hasEscapes)) }
                isBeforeFirstBar = false
                hasEscapes = false
                (start, startColumn) = (offset, column)
            }
        }
        return cells
    }

    private func cell(_ range: Range<Int>, _ column: Int, hasEscapes: Bool) -> LineItem {
        guard hasEscapes else {
            let content = bytes.trimmed(range)
            let indent = bytes.scalarCount(range.lowerBound..<content.lowerBound)
            return LineItem(column: column + indent, text: string(content))
        }
        // A line feed that was written as an escape is no blank at the end of a cell.
        let cell = unescaped(range)
        let content = cell.trimmed(0..<cell.count, keepingLineFeeds: true)
        return LineItem(
            column: column + cell.scalarCount(0..<content.lowerBound),
            text: String(decoding: cell[content], as: UTF8.self)
        )
    }

    private func unescaped(_ range: Range<Int>) -> [UInt8] {
        var cell: [UInt8] = []
        cell.reserveCapacity(range.count)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = bytes[offset]
            offset += 1
            guard byte == UInt8(ascii: "\\"), offset < range.upperBound else {
                cell.append(byte)
                continue
            }
            switch bytes[offset] {
            case UInt8(ascii: "n"): cell.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "|"), UInt8(ascii: "\\"): cell.append(bytes[offset])
            default: cell += [byte, bytes[offset]]
            }
            offset += 1
        }
        return cell
    }

    /// Reads `# language: xx`.
    func language(of line: Line) -> String? {
        guard firstByte(of: line) == UInt8(ascii: "#") else { return nil }
        var rest = bytes.trimmed(line.textStart..<line.end)
        for part in ["#", "language", ":"] {
            guard contains(Array(part.utf8), at: rest.lowerBound, before: rest.upperBound) else { return nil }
            rest = bytes.trimmed(rest.lowerBound + part.utf8.count..<rest.upperBound)
        }
        let isCode = bytes[rest].allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isCode && !rest.isEmpty ? string(rest) : nil
    }
}
