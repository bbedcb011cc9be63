/// A message of IGMP, version 1 to 3 (RFC 1112, 2236, 3376).
package struct IGMP: Hashable, Sendable {
    package let type: UInt8
    package let checksum: Checksum
    /// The groups that it is about; for a general query the unspecified address.
    package let groups: [IPv4Address]

    static func decode(_ bytes: Span<UInt8>, _ window: Range<Int>) throws(FrameDecodingError) -> IGMP {
        try bytes.require(8, of: window, for: .igmp)
        let start = window.lowerBound
        var sum = InternetSum()
        sum.add(bytes, window)
        var groups: [IPv4Address] = []
        if bytes[start] == 0x22 {
            var rest = start + 8..<window.upperBound
            for _ in 0..<Int(bytes.u16(start + 6)) {
                try bytes.require(8, of: rest, for: .igmp)
                groups.append(bytes.ipv4(rest.lowerBound + 4))
                let length = 8 + Int(bytes.u16(rest.lowerBound + 2)) * 4 + Int(bytes[rest.lowerBound + 1]) * 4
                try bytes.require(length, of: rest, for: .igmp)
                rest = rest.lowerBound + length..<rest.upperBound
            }
        } else {
            groups = [bytes.ipv4(start + 4)]
        }
        return IGMP(type: bytes[start], checksum: sum.isIntact ? .correct : .wrong, groups: groups)
    }

    var summary: String {
        let names: [UInt8: String] = [0x11: "query", 0x12: "report", 0x16: "report", 0x17: "leave", 0x22: "report"]
        return (names[type] ?? "type \(type)")
            + " for \(groups.prefix(4).map(\.description).joined(separator: ", "))"
            + (checksum == .wrong ? ", wrong checksum" : "")
    }
}
