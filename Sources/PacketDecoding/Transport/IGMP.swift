/// A message of IGMP, version 1 to 3 (RFC 1112, 2236, 3376).
package struct IGMP: Hashable, Sendable {
    package let type: UInt8
    package let checksum: Checksum
    /// The groups that it is about; for a general query the unspecified address.
    package let groups: [IPv4Address]
    /// The senders that the records or the query ask for or rule out, of all groups.
    package let sources: [IPv4Address]
    /// Bytes that nobody needs: auxiliary data, reserved fields that are not zero, and what follows the message.
    package let unusedByteCount: Int

    static func decode(_ bytes: Span<UInt8>, _ window: Range<Int>) throws(FrameDecodingError) -> IGMP {
        try bytes.require(8, of: window, for: .igmp)
        let start = window.lowerBound
        var sum = InternetSum()
        sum.add(bytes, window)
        var (groups, sources): ([IPv4Address], [IPv4Address]) = ([], [])
        var unused = 0
        var end = start + 8
        if bytes[start] == 0x22 {
            var rest = start + 8..<window.upperBound
            for _ in 0..<Int(bytes.u16(start + 6)) {
                try bytes.require(8, of: rest, for: .igmp)
                groups.append(bytes.ipv4(rest.lowerBound + 4))
                let (count, auxiliary) = (Int(bytes.u16(rest.lowerBound + 2)), Int(bytes[rest.lowerBound + 1]) * 4)
                let length = 8 + count * 4 + auxiliary
                try bytes.require(length, of: rest, for: .igmp)
                for index in 0..<count { sources.append(bytes.ipv4(rest.lowerBound + 8 + 4 * index)) }
                unused += auxiliary
                rest = rest.lowerBound + length..<rest.upperBound
            }
            end = rest.lowerBound
            unused += bytes[start + 1] == 0 && bytes.u16(start + 4) == 0 ? 0 : 3
        } else {
            groups = [bytes.ipv4(start + 4)]
            if bytes[start] == 0x11, window.count >= 12 {
                let count = Int(bytes.u16(start + 10))
                try bytes.require(12 + 4 * count, of: window, for: .igmp)
                for index in 0..<count { sources.append(bytes.ipv4(start + 12 + 4 * index)) }
                end = start + 12 + 4 * count
            }
        }
        return IGMP(
            type: bytes[start],
            checksum: sum.isIntact ? .correct : .wrong,
            groups: groups,
            sources: sources,
            unusedByteCount: unused + window.upperBound - end
        )
    }

    var summary: String {
        let names: [UInt8: String] = [0x11: "query", 0x12: "report", 0x16: "report", 0x17: "leave", 0x22: "report"]
        return (names[type] ?? "type \(type)")
            + " for \(groups.prefix(4).map(\.description).joined(separator: ", "))"
            + (checksum == .wrong ? ", wrong checksum" : "")
    }
}
