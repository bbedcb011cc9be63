/// The header of IEEE 802.2 logical link control, with its SNAP extension.
package struct LLC: Hashable, Sendable {
    /// The protocol of a SNAP header: an organisation's number and a type of its own.
    package struct SNAP: Hashable, Sendable {
        package let organisation: UInt32
        package let type: UInt16

        static let spanningTreePerNetwork = SNAP(organisation: 0x00000c, type: 0x010b)
    }

    package let destinationAccessPoint: UInt8
    package let sourceAccessPoint: UInt8
    package let control: UInt8
    /// Present when both access points are 0xAA.
    package let snap: SNAP?
    /// Present when both access points are 0x42, or when SNAP names Cisco's variant for each virtual network.
    package let spanningTree: SpanningTree?

    static func decode(_ bytes: Span<UInt8>, _ window: Range<Int>) throws(FrameDecodingError) -> LLC {
        try bytes.require(3, of: window, for: .llc)
        let start = window.lowerBound
        var snap: SNAP?
        var spanningTree: SpanningTree?
        if bytes[start] == 0xaa, bytes[start + 1] == 0xaa {
            try bytes.require(8, of: window, for: .llc)
            snap = SNAP(organisation: bytes.u32(start + 2) & 0xff_ffff, type: bytes.u16(start + 6))
        }
        if let snap, snap == .spanningTreePerNetwork {
            spanningTree = try SpanningTree.decode(bytes, start + 8..<window.upperBound)
        }
        if bytes[start] == 0x42, bytes[start + 1] == 0x42, bytes[start + 2] == 3 {
            spanningTree = try SpanningTree.decode(bytes, start + 3..<window.upperBound)
        }
        return LLC(
            destinationAccessPoint: bytes[start],
            sourceAccessPoint: bytes[start + 1],
            control: bytes[start + 2],
            snap: snap,
            spanningTree: spanningTree
        )
    }

    var summary: String {
        switch (destinationAccessPoint, snap) {
        case (0x42, nil): "spanning tree (802.3)"
        case (_, .some(.spanningTreePerNetwork)): "spanning tree of a virtual network (802.3)"
        case (_, .some(SNAP(organisation: 0x00000c, type: 0x2000))): "CDP (802.3)"
        case (_, .some(let snap)):
            "802.3 SNAP 0x\(String(snap.organisation, radix: 16)) 0x\(String(snap.type, radix: 16))"
        default: "802.3 LLC 0x\(hexadecimalText(of: [destinationAccessPoint]))"
        }
    }
}
