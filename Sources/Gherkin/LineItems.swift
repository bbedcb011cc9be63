import CucumberMessages

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
        var end = line.textStart
        var lastWasBlank = false
        while end < line.end {
            if lastWasBlank, bytes[end] == UInt8(ascii: "#") { break }
            let blank = bytes.blankWidth(at: end, before: line.end)
            lastWasBlank = blank != nil
            end += blank ?? 1
        }

        var tags: [LineItem] = []
        var (start, column) = (line.textStart, line.column)
        while start < end {
            var next = start + 1
            while next < end, bytes[next] != UInt8(ascii: "@") { next += 1 }
            let name = start..<bytes.trimmed(start..<next).upperBound
            if name.count > 1 {
                var offset = name.lowerBound
                while offset < name.upperBound {
                    if bytes.blankWidth(at: offset, before: name.upperBound) != nil { throw BlankInTag(column: column) }
                    offset += 1
                }
                tags.append(LineItem(column: column, text: string(name)))
            }
            column += bytes.scalarCount(start..<next)
            start = next
        }
        return tags
    }

    /// Reads the cells of a table's row: what stands between bars, `\|`, `\\` and `\n` resolved.
    func cells(of line: Line) -> [LineItem] {
        let end = bytes.trimmed(line.textStart..<line.end).upperBound
        var cells: [LineItem] = []
        var cell: [UInt8] = []
        var column = line.column
        var cellColumn = column
        var isBeforeFirstBar = true
        var offset = line.textStart
        while offset < end {
            let byte = bytes[offset]
            offset += 1
            if byte & 0xC0 != 0x80 { column += 1 }
            switch byte {
            case UInt8(ascii: "|"):
                if !isBeforeFirstBar {
                    let range = cell.trimmed(0..<cell.count, keepingLineFeeds: true)
                    cells.append(
                        LineItem(
                            column: cellColumn + cell.scalarCount(0..<range.lowerBound),
                            text: String(decoding: cell[range], as: UTF8.self)
                        )
                    )
                }
                isBeforeFirstBar = false
                cell.removeAll(keepingCapacity: true)
                cellColumn = column
            case UInt8(ascii: "\\") where offset < end:
                let escaped = bytes[offset]
                offset += 1
                column += 1
                switch escaped {
                case UInt8(ascii: "n"): cell.append(UInt8(ascii: "\n"))
                case UInt8(ascii: "|"), UInt8(ascii: "\\"): cell.append(escaped)
                default: cell += [byte, escaped]
                }
            default:
                cell.append(byte)
            }
        }
        return cells
    }

    /// Reads `# language: xx`.
    func language(of line: Line) -> String? {
        var rest = bytes[bytes.trimmed(line.textStart..<line.end)]
        func skipBlanks() {
            rest = bytes[bytes.trimmed(rest.startIndex..<rest.endIndex)]
        }
        for part in ["#", "language", ":"] {
            guard rest.starts(with: part.utf8) else { return nil }
            rest = rest.dropFirst(part.utf8.count)
            skipBlanks()
        }
        let isCode = rest.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isCode && !rest.isEmpty ? String(decoding: rest, as: UTF8.self) : nil
    }

    /// Reads a line of a doc string, in which a delimiter may stand with a backslash before each of its characters.
    func docStringText(_ range: Range<Int>, delimiter: [UInt8]) -> String {
        let backslash = UInt8(ascii: "\\")
        guard bytes[range].contains(backslash) else { return string(range) }
        let escaped = delimiter.flatMap { [backslash, $0] }
        var text: [UInt8] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            if bytes[offset..<range.upperBound].starts(with: escaped) {
                text += delimiter
                offset += escaped.count
            } else {
                text.append(bytes[offset])
                offset += 1
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
