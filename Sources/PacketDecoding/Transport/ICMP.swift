/// The header of an ICMP message (RFC 792).
package struct ICMP: Hashable, Sendable {
    package let type: UInt8
    package let code: UInt8
    package let checksum: Checksum
    /// The identifier and sequence of an echo, an address or a size elsewhere.
    package let rest: UInt32
    /// Where the data is: of an echo its payload, of an error the packet that caused it.
    package let payload: Range<Int>

    package var isEchoRequest: Bool { type == 8 && code == 0 }

    static func decode(_ bytes: Span<UInt8>, _ window: Range<Int>) throws(FrameDecodingError) -> ICMP {
        try bytes.require(8, of: window, for: .icmp)
        let start = window.lowerBound
        var sum = InternetSum()
        sum.add(bytes, window)
        return ICMP(
            type: bytes[start],
            code: bytes[start + 1],
            checksum: sum.isIntact ? .correct : .wrong,
            rest: bytes.u32(start + 4),
            payload: start + 8..<window.upperBound
        )
    }

    var summary: String {
        let name = Self.names[type] ?? "type \(type) code \(code)"
        return name + (checksum == .wrong ? ", wrong checksum" : "")
    }

    private static let names: [UInt8: String] = [
        0: "echo reply", 3: "destination unreachable", 5: "redirect", 8: "echo request", 9: "router advertisement",
        10: "router solicitation", 11: "time exceeded", 13: "timestamp request", 14: "timestamp reply",
    ]
}
