/// The header and questions of a DNS message (RFC 1035); answers are counted, not read.
package struct DNS: Hashable, Sendable {
    package struct Question: Hashable, Sendable {
        /// The name as text, unusual bytes as `\DDD` (RFC 4343, section 2.1).
        package let name: String
        package let type: UInt16
        package let `class`: UInt16

        var summary: String {
            let types: [UInt16: String] = [
                1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV",
                65: "HTTPS", 255: "ANY",
            ]
            return "\(types[type] ?? "TYPE\(type)") \(name)"
        }
    }

    package let identifier: UInt16
    package let flags: UInt16
    package let questions: [Question]
    package let answerCount: UInt16
    package let authorityCount: UInt16
    package let additionalCount: UInt16

    package var isResponse: Bool { flags & 0x8000 != 0 }

    static func decode(_ bytes: Span<UInt8>, _ message: Range<Int>) throws(FrameDecodingError) -> DNS {
        try bytes.require(12, of: message, for: .dns)
        let start = message.lowerBound
        var offset = start + 12
        var questions: [Question] = []
        for _ in 0..<Int(bytes.u16(start + 4)) {
            let name = try readName(bytes, message, at: &offset)
            try bytes.require(4, of: offset..<message.upperBound, for: .dns)
            questions.append(Question(name: name, type: bytes.u16(offset), class: bytes.u16(offset + 2)))
            offset += 4
        }
        return DNS(
            identifier: bytes.u16(start),
            flags: bytes.u16(start + 2),
            questions: questions,
            answerCount: bytes.u16(start + 6),
            authorityCount: bytes.u16(start + 8),
            additionalCount: bytes.u16(start + 10)
        )
    }

    /// Decodes the message that a TCP stream begins with, as far as its first segment reaches.
    static func decodeFirstSegment(_ bytes: Span<UInt8>, _ data: Range<Int>) throws(FrameDecodingError) -> DNS {
        try bytes.require(2, of: data, for: .dns)
        let end = data.lowerBound + 2 + Int(bytes.u16(data.lowerBound))
        return try decode(bytes, data.lowerBound + 2..<max(data.lowerBound + 2, min(end, data.upperBound)))
    }

    var summary: String {
        let asked = questions.prefix(4).map(\.summary).joined(separator: ", ")
        return "DNS \(isResponse ? "response" : "query") \(asked)"
    }

    // MARK: - Names

    /// Reads a name and moves behind it.
    ///
    /// Pointers must lead backwards, so that reading always ends.
    private static func readName(
        _ bytes: Span<UInt8>,
        _ message: Range<Int>,
        at offset: inout Int
    ) throws(FrameDecodingError) -> String {
        var labels: [String] = []
        var length = 0
        var position = offset
        var lowestPointer = offset
        var hasJumped = false
        while true {
            try bytes.require(1, of: position..<max(position, message.upperBound), for: .dns)
            let count = Int(bytes[position])
            switch count {
            case 0:
                if !hasJumped { offset = position + 1 }
                return labels.isEmpty ? "." : labels.joined(separator: ".")
            case 1...63:
                try bytes.require(1 + count, of: position..<message.upperBound, for: .dns)
                length += count + 1
                guard length < 255 else {
                    throw .invalid(.dns, at: position, "name", expected: "at most 255 bytes", seen: "more")
                }
                labels.append(text(bytes, position + 1..<position + 1 + count))
                position += 1 + count
            case 0xc0...:
                try bytes.require(2, of: position..<message.upperBound, for: .dns)
                let target = message.lowerBound + Int(bytes.u16(position) & 0x3fff)
                guard target < lowestPointer else {
                    throw .invalid(.dns, at: position, "name pointer", expected: "one that leads back", seen: target)
                }
                if !hasJumped { offset = position + 2 }
                (hasJumped, lowestPointer, position) = (true, target, target)
            default:
                throw .invalid(.dns, at: position, "label", expected: "a length up to 63", seen: count)
            }
        }
    }

    private static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        var text = ""
        for index in range {
            let byte = bytes[index]
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "\\") {
                text += "\\\(Character(UnicodeScalar(byte)))"
            } else if (0x21...0x7e).contains(byte) {
                text.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                let digits = String(byte)
                text += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            }
        }
        return text
    }
}
