package import PacketDecoding

/// An Ethernet frame inside a datagram (RFC 7348).
package struct VXLAN: Hashable, Sendable {
    /// The number of the virtual network.
    package let network: UInt32
    package let frame: DecodedFrame

    static func decode(_ bytes: Span<UInt8>, _ data: Range<Int>, _ depth: Int) throws(FrameDecodingError) -> VXLAN {
        try bytes.require(8, of: data, for: .vxlan)
        let start = data.lowerBound
        guard bytes[start] & 0x08 != 0 else {
            throw .invalid(.vxlan, at: start, "flags", expected: "a network's number", seen: bytes[start])
        }
        let frame = try DecodedFrame.decode(bytes, start + 8..<data.upperBound, as: .ethernet, depth: depth + 1)
        return VXLAN(network: bytes.u32(start + 4) >> 8, frame: frame)
    }

    var summary: String { "VXLAN \(network) with \(frame.summary)" }
}
