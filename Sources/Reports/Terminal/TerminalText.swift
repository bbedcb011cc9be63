/// Text made harmless for a terminal, and measured as one shows it.
///
/// What a guest, a capture or a feature file says may hold escape sequences that recolour, erase or retype; none of it
/// may reach the terminal of the person who reads the report.
enum TerminalText {
    /// Returns one line without control characters: they are shown as `\u{1B}`.
    static func line(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\t": result += "    "
            case "\n": result += " "
            default:
                if isHarmful(scalar) {
                    result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    /// Returns the lines of a text, each without control characters.
    static func lines(_ text: String) -> [String] {
        // By scalars: a carriage return and a line feed are one character.
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { piece in
            let line = piece.last == "\r" ? piece.dropLast() : piece
            return self.line(String(String.UnicodeScalarView(line)))
        }
    }

    /// Cuts a harmless line so that it takes no more than the given columns.
    static func cut(_ line: String, toColumns columns: Int) -> String {
        var used = 0
        var result = ""
        for character in line {
            let width = self.columns(of: character)
            // One column stays for the sign that something is missing.
            guard used + width < columns else { return columns > 0 ? result + "…" : "" }
            used += width
            result.append(character)
        }
        return result
    }

    /// The columns that a harmless line takes.
    static func columns(of line: String) -> Int { line.reduce(0) { $0 + columns(of: $1) } }

    private static func columns(of character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        switch first.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default:
            return character.unicodeScalars.contains("\u{FE0F}") ? 2 : 1
        }
    }

    /// Controls, and marks that change the order in which text is shown (Unicode Technical Report 36).
    static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: return true
        case .format: break
        default: return false
        }
        switch scalar.value {
        case 0x200E, 0x200F, 0x061C, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF, 0xE0000...0xE007F: return true
        default: return false
        }
    }
}

/// Text of a guest or a feature made harmless for a terminal, for whoever else writes to one.
package enum HarmlessText {
    /// Returns one line without control characters: they are shown as `\u{1B}`.
    package static func line(_ text: String) -> String { TerminalText.line(text) }
}
