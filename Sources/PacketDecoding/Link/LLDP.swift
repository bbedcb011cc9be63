/// A message of link layer discovery (IEEE 802.1AB): who a station is, in many words.
package struct LLDP: Hashable, Sendable {
    package struct Element: Hashable, Sendable {
        /// 1 chassis, 2 port, 3 time to live, 4 port description, 5 system name, 6 system description, 7
        /// capabilities, 8 management address, 127 an organisation's own.
        package let type: UInt8
        package let value: [UInt8]
    }

    package let elements: [Element]

    /// The name that the station gives itself.
    package var systemName: String? {
        elements.first { $0.type == 5 }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    static func decode(_ bytes: Span<UInt8>, _ window: Range<Int>) throws(FrameDecodingError) -> (LLDP, Int) {
        var elements: [Element] = []
        var rest = window
        while true {
            try bytes.require(2, of: rest, for: .lldp)
            let head = bytes.u16(rest.lowerBound)
            let (type, length) = (UInt8(head >> 9), Int(head & 0x1ff))
            try bytes.require(2 + length, of: rest, for: .lldp)
            let end = rest.lowerBound + 2 + length
            if type == 0 {
                guard length == 0 else {
                    throw .invalid(.lldp, at: rest.lowerBound, "end's length", expected: "0", seen: length)
                }
                break
            }
            // The first three are mandatory and in this order.
            let position = elements.count + 1
            guard position > 3 || Int(type) == position else {
                throw .invalid(
                    .lldp,
                    at: rest.lowerBound,
                    "element \(position)",
                    expected: "type \(position)",
                    seen: type
                )
            }
            elements.append(Element(type: type, value: bytes.copy(rest.lowerBound + 2..<end)))
            rest = end..<window.upperBound
        }
        guard elements.count >= 3 else {
            throw .invalid(
                .lldp,
                at: rest.lowerBound,
                "elements",
                expected: "chassis, port and time to live",
                seen: "\(elements.count) of them"
            )
        }
        return (LLDP(elements: elements), rest.lowerBound + 2)
    }

    var summary: String { "LLDP" + (systemName.map { " of “\(printable($0))”" } ?? "") }
}

/// The text with everything that a terminal could take for a command, or a reader for the report's own words, escaped.
package func printable(_ text: String, atMost limit: Int = 64) -> String {
    var result = ""
    for scalar in text.unicodeScalars.prefix(limit) {
        switch scalar.value {
        case 0x20...0x7e: result.unicodeScalars.append(scalar)
        default: result += "\\u{\(String(scalar.value, radix: 16))}"
        }
    }
    return text.unicodeScalars.count > limit ? result + "…" : result
}
