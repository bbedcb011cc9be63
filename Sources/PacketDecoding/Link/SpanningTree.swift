/// A message of bridges about the shape of their network (IEEE 802.1D, 802.1Q).
package struct SpanningTree: Hashable, Sendable {
    package struct Bridge: Hashable, Sendable {
        package let priority: UInt16
        package let address: MACAddress
    }

    /// 0 for the classic protocol, 2 rapid, 3 multiple, 4 shortest path.
    package let version: UInt8
    /// 0 configuration, 0x80 change of topology, 2 rapid.
    package let type: UInt8
    package let root: Bridge?
    package let bridge: Bridge?

    static func decode(_ bytes: Span<UInt8>, _ window: Range<Int>) throws(FrameDecodingError) -> SpanningTree {
        try bytes.require(4, of: window, for: .spanningTree)
        let start = window.lowerBound
        guard bytes.u16(start) == 0 else {
            throw .invalid(.spanningTree, at: start, "protocol", expected: "0", seen: bytes.u16(start))
        }
        let (version, type) = (bytes[start + 2], bytes[start + 3])
        switch type {
        case 0x80: return SpanningTree(version: version, type: type, root: nil, bridge: nil)
        case 0, 2:
            try bytes.require(35, of: window, for: .spanningTree)
            return SpanningTree(
                version: version,
                type: type,
                root: Bridge(priority: bytes.u16(start + 5), address: bytes.mac(start + 7)),
                bridge: Bridge(priority: bytes.u16(start + 17), address: bytes.mac(start + 19))
            )
        default:
            throw .invalid(.spanningTree, at: start + 3, "type", expected: "0, 2 or 128", seen: type)
        }
    }
}
