import PacketDecoding

/// The classic format of libpcap (draft-ietf-opsawg-pcap): one header, then frames.
struct PCAPFormat: Hashable, Sendable {
    private let order: ByteOrder
    let interface: CaptureInterface

    static let headerLength = 24
    private static let frameHeaderLength = 16
    private static let microseconds: UInt32 = 0xa1b2_c3d4
    private static let nanoseconds: UInt32 = 0xa1b2_3c4d

    static func isMagic(_ number: UInt32) -> Bool {
        [microseconds, nanoseconds].contains { $0 == number || $0.byteSwapped == number }
    }

    /// Reads the header of the file, or returns `nil` when it is not whole.
    static func readHeader(_ bytes: Span<UInt8>, _ rest: Range<Int>) throws(CaptureFileError) -> PCAPFormat? {
        guard rest.count >= headerLength else { return nil }
        let start = rest.lowerBound
        let magic = bytes.u32(start)
        let order = ByteOrder(isLittle: magic != microseconds && magic != nanoseconds)
        let isNano = (order.isLittle ? magic.byteSwapped : magic) == nanoseconds
        let version = (order.u16(bytes, start + 4), order.u16(bytes, start + 6))
        guard version.0 == 2, version.1 == 4 else {
            throw .invalid(
                structure: "pcap file header",
                offset: start + 4,
                field: "version",
                expected: "2.4",
                seen: "\(version.0).\(version.1)"
            )
        }
        // The upper bits tell of a checksum behind each frame, which is then the frame's trailer.
        let link = LinkType(rawValue: order.u32(bytes, start + 20) & 0xffff)
        guard LinkType.decodable.contains(link) else { throw .unsupportedLink(link, interface: 0) }
        let snapshotLength = Int(order.u32(bytes, start + 16))
        return PCAPFormat(
            order: order,
            interface: CaptureInterface(
                link: link,
                snapshotLength: snapshotLength,
                clock: isNano ? .nanoseconds : .microseconds
            )
        )
    }

    /// Reads the frame at the beginning of the rest.
    func read(_ bytes: Span<UInt8>, _ rest: Range<Int>, fileOffset: Int) throws(CaptureFileError) -> ReadingStep {
        guard rest.count >= Self.frameHeaderLength else { return .needsMore }
        let start = rest.lowerBound
        let (captured, original) = (Int(order.u32(bytes, start + 8)), Int(order.u32(bytes, start + 12)))
        guard captured <= CaptureReader.longestFrame else {
            throw .invalid(
                structure: "pcap frame header",
                offset: fileOffset + start + 8,
                field: "captured length",
                expected: "at most \(CaptureReader.longestFrame)",
                seen: "\(captured)"
            )
        }
        guard captured <= original else {
            throw .invalid(
                structure: "pcap frame header",
                offset: fileOffset + start + 12,
                field: "original length",
                expected: "at least the \(captured) captured bytes",
                seen: "\(original)"
            )
        }
        guard rest.count >= Self.frameHeaderLength + captured else { return .needsMore }
        let data = start + Self.frameHeaderLength
        let fraction = UInt64(order.u32(bytes, start + 4))
        let scale: UInt64 = interface.clock == .nanoseconds ? 1 : 1_000
        let record = CaptureRecord(
            interface: 0,
            interface,
            timestamp: UInt64(order.u32(bytes, start)) * 1_000_000_000 + fraction * scale,
            originalLength: original,
            bytes: data..<data + captured
        )
        return .frame(record, length: Self.frameHeaderLength + captured)
    }

    /// How many bytes the structure at the beginning of the rest needs.
    func needed(_ bytes: Span<UInt8>, _ rest: Range<Int>) -> Int {
        rest.count < Self.frameHeaderLength
            ? Self.frameHeaderLength
            : Self.frameHeaderLength + Int(order.u32(bytes, rest.lowerBound + 8))
    }
}
