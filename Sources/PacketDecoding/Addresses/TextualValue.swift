/// A value with a strict text, which is also its form in reports and JSON.
package protocol TextualValue: LosslessStringConvertible, Codable, Comparable {
    /// Reads the strict text, or returns `nil`.
    init?(_ text: some StringProtocol)
}

extension TextualValue {
    package init?(_ description: String) {
        self.init(description[...])
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let address = Self(text[...]) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no \(Self.self)")
        }
        self = address
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

// MARK: - Digits

/// Reads one to `digits` hexadecimal digits, without sign, prefix or blank.
func hexadecimal(_ text: some StringProtocol, atMost digits: Int) -> UInt16? {
    guard (1...digits).contains(text.utf8.count) else { return nil }
    var number: UInt16 = 0
    for character in text.utf8 {
        let digit: UInt8
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
        default: return nil
        }
        number = number << 4 | UInt16(digit)
    }
    return number
}

/// Reads a decimal number from 0 to `maximum`, without sign, blank or leading zero.
func decimal(_ text: some StringProtocol, atMost maximum: Int) -> Int? {
    guard (1...5).contains(text.utf8.count), text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0") else {
        return nil
    }
    var number = 0
    for character in text.utf8 {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
        number = number * 10 + Int(character - UInt8(ascii: "0"))
    }
    return number <= maximum ? number : nil
}

/// The bytes as pairs of lower-case hexadecimal digits.
package func hexadecimalText(of bytes: some Sequence<UInt8>, separator: String = "") -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: separator)
}
