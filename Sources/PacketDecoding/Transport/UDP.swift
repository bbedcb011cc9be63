/// The header of a UDP datagram (RFC 768).
package struct UDP: Hashable, Sendable {
    package let sourcePort: UInt16
    package let destinationPort: UInt16
    package let checksum: Checksum
    /// Where the data is.
    package let payload: Range<Int>

    static func decode(
        _ bytes: Span<UInt8>,
        _ window: Range<Int>,
        _ pseudoHeader: Transport.PseudoHeader
    ) throws(FrameDecodingError) -> UDP {
        try bytes.require(8, of: window, for: .udp)
        let start = window.lowerBound
        let length = Int(bytes.u16(start + 4))
        // A shorter length would leave bytes in the packet that no header accounts for: a place to hide.
        guard length == window.count else {
            throw .invalid(
                .udp,
                at: start + 4,
                "length",
                expected: "the \(window.count) bytes of the packet",
                seen: length
            )
        }
        let checksum: Checksum =
            if bytes.u16(start + 6) == 0 {
                pseudoHeader.isIPv6 ? .wrong : .absent
            } else {
                InternetSum.isIntact(bytes, window, .udp, pseudoHeader) ? .correct : .wrong
            }
        return UDP(
            sourcePort: bytes.u16(start),
            destinationPort: bytes.u16(start + 2),
            checksum: checksum,
            payload: start + 8..<window.upperBound
        )
    }

    func summary(saying application: String) -> String {
        ", " + (application.isEmpty ? "\(payload.count) bytes" : application)
            + (checksum == .wrong ? ", wrong checksum" : "")
    }
}
