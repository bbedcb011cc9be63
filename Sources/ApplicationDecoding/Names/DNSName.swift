import PacketDecoding

extension DNS {
    /// A name has no more labels; more pointers would be there only to keep their reader busy.
    private static let mostPointers = 127

    /// Reads a name and moves behind it; unusual bytes become `\DDD` (RFC 4343, section 2.1).
    ///
    /// Pointers must lead backwards, so that reading always ends.
    ///
    /// - Throws: What a label or pointer required.
    static func readName(
        _ bytes: Span<UInt8>,
        _ message: Range<Int>,
        at offset: inout Int
    ) throws(FrameDecodingError) -> String {
        var text = ""
        var length = 0
        var position = offset
        var lowestPointer = offset
        var jumps = 0
        while true {
            try bytes.require(1, of: position..<max(position, message.upperBound), for: .dns)
            let count = Int(bytes[position])
            switch count {
            case 0:
                if jumps == 0 { offset = position + 1 }
                return text.isEmpty ? "." : text
            case 1...63:
                try bytes.require(1 + count, of: position..<message.upperBound, for: .dns)
                length += count + 1
                guard length < 255 else {
                    throw .invalid(.dns, at: position, "name", expected: "at most 255 bytes", seen: "more")
                }
                if !text.isEmpty { text += "." }
                append(bytes, position + 1..<position + 1 + count, to: &text)
                position += 1 + count
            case 0xc0...:
                try bytes.require(2, of: position..<message.upperBound, for: .dns)
                let target = message.lowerBound + Int(bytes.u16(position) & 0x3fff)
                guard target < lowestPointer else {
                    throw .invalid(.dns, at: position, "name pointer", expected: "one that leads back", seen: target)
                }
                guard jumps < mostPointers else {
                    throw .invalid(.dns, at: position, "name pointers", expected: "at most 127", seen: "more")
                }
                if jumps == 0 { offset = position + 2 }
                (jumps, lowestPointer, position) = (jumps + 1, target, target)
            default:
                throw .invalid(.dns, at: position, "label", expected: "a length up to 63", seen: count)
            }
        }
    }

    private static func append(_ bytes: Span<UInt8>, _ range: Range<Int>, to text: inout String) {
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
    }
}
