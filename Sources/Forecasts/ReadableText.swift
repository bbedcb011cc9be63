/// A duration as people read it: `0.4 s`, `12.3 s`, `4 min 05 s`, `1 h 02 min`.
func readable(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    if seconds < 60 {
        let tenths = seconds * 10 + attoseconds / 100_000_000_000_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }
    func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if seconds < 3_600 { return "\(seconds / 60) min \(padded(seconds % 60)) s" }
    return "\(seconds / 3_600) h \(padded(seconds % 3_600 / 60)) min"
}

/// A duration in few columns, as for a table: `0.4 s`, `12.3 s`, `4:05`, `1:02:03`.
func compact(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    guard seconds >= 60 else { return readable(duration) }
    func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let end = ":\(padded(seconds % 60))"
    return seconds < 3_600 ? "\(seconds / 60)\(end)" : "\(seconds / 3_600):\(padded(seconds % 3_600 / 60))\(end)"
}

/// The share of a duration in a longer one, to the nearest percent.
func percent(_ part: Duration, of whole: Duration) -> Int {
    whole > .zero ? Int(part / whole * 100 + 0.5) : 0
}

/// One line without control characters: a title comes from a feature file, and must not write on the terminal.
func plain(_ text: String) -> String {
    String(
        String.UnicodeScalarView(
            text.unicodeScalars.map { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: "\u{FFFD}"
                default: scalar
                }
            }
        )
    )
}

/// The columns that a line without control characters takes on a terminal.
func columns(of line: some StringProtocol) -> Int {
    line.reduce(0) { $0 + columns(of: $1) }
}

private func columns(of character: Character) -> Int {
    switch character.unicodeScalars.first?.value ?? 0 {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
        2
    default: character.unicodeScalars.contains("\u{FE0F}") ? 2 : 1
    }
}

/// Cuts a line so that it takes no more than some columns, and says so by its last character.
func cut(_ line: String, to limit: Int) -> String {
    guard columns(of: line) > limit else { return line }
    var used = 1
    return line.prefix { character in
        used += columns(of: character)
        return used <= limit
    } + "…"
}

/// Rows with columns as wide as their widest cell, two spaces apart.
///
/// - Parameters:
///   - rows: The cells; every row has as many.
///   - right: The columns that are flush right, as numbers are.
/// - Returns: One line for each row.
func table(_ rows: [[String]], flushRight right: Set<Int>) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { columns(of: $0[column]) }.max() ?? 0 }
    return rows.map { row in
        let cells = zip(row, widths).enumerated().map { column, pair in
            let padding = String(repeating: " ", count: pair.1 - columns(of: pair.0))
            return right.contains(column) ? padding + pair.0 : pair.0 + padding
        }
        let line = cells.joined(separator: "  ")
        return String(line.reversed().drop { $0 == " " }.reversed())
    }
}

/// Joins parts to lines that take no more than some columns; a part that is longer is cut.
func wrapped(_ parts: [String], separator: String, to limit: Int) -> [String] {
    var lines: [String] = []
    for part in parts {
        let longer = lines.last.map { $0 + separator + part }
        if let longer, columns(of: longer) <= limit {
            lines[lines.count - 1] = longer
        } else {
            lines.append(cut(part, to: limit))
        }
    }
    return lines
}
