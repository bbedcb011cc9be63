import PacketDecoding

/// A message of the NetBIOS name service (RFC 1002): what a Windows-like system calls itself, and whom it looks for.
package struct NetBIOS: Hashable, Sendable {
    package struct Question: Hashable, Sendable {
        /// The name without its padding, unusual bytes as `\u{…}`.
        package let name: String
        /// The sixteenth byte: 0x00 a workstation, 0x20 a file server.
        package let suffix: UInt8
    }

    package let identifier: UInt16
    package let flags: UInt16
    package let questions: [Question]
    package let answerCount: UInt16

    package var isResponse: Bool { flags & 0x8000 != 0 }

    static func decode(_ bytes: Span<UInt8>, _ message: Range<Int>) throws(FrameDecodingError) -> NetBIOS {
        try bytes.require(12, of: message, for: .netBIOS)
        let start = message.lowerBound
        var offset = start + 12
        var questions: [Question] = []
        for _ in 0..<Int(bytes.u16(start + 4)) {
            questions.append(try readQuestion(bytes, message, at: &offset))
        }
        return NetBIOS(
            identifier: bytes.u16(start),
            flags: bytes.u16(start + 2),
            questions: questions,
            answerCount: bytes.u16(start + 6)
        )
    }

    /// Reads a name that two letters spell each byte of, its scope, and what is asked for.
    private static func readQuestion(
        _ bytes: Span<UInt8>,
        _ message: Range<Int>,
        at offset: inout Int
    ) throws(FrameDecodingError) -> Question {
        try bytes.require(38, of: offset..<message.upperBound, for: .netBIOS)
        guard bytes[offset] == 32 else {
            throw .invalid(.netBIOS, at: offset, "name length", expected: "32", seen: bytes[offset])
        }
        var name: [UInt8] = []
        for position in stride(from: offset + 1, to: offset + 33, by: 2) {
            let (high, low) = (bytes[position] &- UInt8(ascii: "A"), bytes[position + 1] &- UInt8(ascii: "A"))
            guard high < 16, low < 16 else {
                throw .invalid(.netBIOS, at: position, "name", expected: "letters from A to P", seen: "others")
            }
            name.append(high << 4 | low)
        }
        offset += 33
        // The scope is a domain name, and nearly always the root.
        while true {
            try bytes.require(1, of: offset..<message.upperBound, for: .netBIOS)
            let length = Int(bytes[offset])
            guard length <= 63 else {
                throw .invalid(.netBIOS, at: offset, "scope", expected: "a length up to 63", seen: length)
            }
            try bytes.require(1 + length, of: offset..<message.upperBound, for: .netBIOS)
            offset += 1 + length
            if length == 0 { break }
        }
        try bytes.require(4, of: offset..<message.upperBound, for: .netBIOS)
        offset += 4
        let text = String(decoding: name.prefix(15).reversed().drop { $0 == 0x20 }.reversed(), as: UTF8.self)
        return Question(name: printable(text), suffix: name[15])
    }

    var summary: String {
        let names = questions.prefix(4).map { "\($0.name)<\(hexadecimalText(of: [$0.suffix]))>" }
        return "NetBIOS \(isResponse ? "response" : "query") \(names.joined(separator: ", "))"
    }
}
