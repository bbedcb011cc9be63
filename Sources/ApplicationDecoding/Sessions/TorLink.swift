package import PacketDecoding

/// The first cell of Tor's link protocol (tor-spec, section 4): the versions that a side speaks.
///
/// On a network it is inside TLS. It is seen where TLS is ended on purpose, as at a relay of the simulated internet,
/// or where something speaks to a relay without TLS, which no Tor does.
package struct TorLink: Hashable, Sendable {
    package let versions: [UInt16]

    private static let command: UInt8 = 7
    /// Version 3 to 5 exist; more than a handful in one cell is no Tor.
    private static let mostVersions = 16

    /// Decodes a VERSIONS cell at the beginning of the data; `nil` when the bytes end before it does.
    package static func decode(_ bytes: Span<UInt8>, _ data: Range<Int>) throws(FrameDecodingError) -> TorLink? {
        guard data.count >= 5 else { return nil }
        let start = data.lowerBound
        // A circuit number of two bytes, always zero, whatever the version that is agreed on.
        guard bytes.u16(start) == 0, bytes[start + 2] == command else {
            throw .invalid(
                .tor,
                at: start,
                "first cell",
                expected: "VERSIONS on circuit 0",
                seen: "command \(bytes[start + 2]) on circuit \(bytes.u16(start))"
            )
        }
        let length = Int(bytes.u16(start + 3))
        guard length > 0, length % 2 == 0, length <= 2 * mostVersions else {
            throw .invalid(.tor, at: start + 3, "length", expected: "an even number from 2 to 32", seen: length)
        }
        guard data.count >= 5 + length else { return nil }
        return TorLink(versions: (0..<length / 2).map { bytes.u16(start + 5 + 2 * $0) })
    }
}
