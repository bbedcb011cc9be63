import PacketDecoding

/// The format of sections and blocks (draft-ietf-opsawg-pcapng).
///
/// Interfaces are numbered anew in each section; records number them through the whole file.
struct PCAPNGFormat: Hashable, Sendable {
    private var order = ByteOrder(isLittle: true)
    /// The interfaces of the sections before this one.
    private var earlier: [CaptureInterface] = []
    private var interfaces: [CaptureInterface] = []
    private var hasSection = false

    static let sectionType: UInt32 = 0x0a0d_0d0a
    private static let magic: UInt32 = 0x1a2b_3c4d
    /// More would be a file that describes nothing but interfaces.
    private static let mostInterfaces = 65_536

    var allInterfaces: [CaptureInterface] { earlier + interfaces }

    /// Reads the block at the beginning of the rest.
    mutating func read(
        _ bytes: Span<UInt8>,
        _ rest: Range<Int>,
        fileOffset: Int
    ) throws(CaptureFileError) -> ReadingStep {
        guard rest.count >= 12 else { return .needsMore }
        let start = rest.lowerBound
        // The type of a section reads the same in both orders, and its magic number tells which it is.
        if bytes.u32(start) == Self.sectionType {
            let magic = bytes.u32(start + 8)
            guard magic == Self.magic || magic.byteSwapped == Self.magic else {
                throw .invalid(
                    structure: "section header",
                    offset: fileOffset + start + 8,
                    field: "byte-order magic",
                    expected: "0x1a2b3c4d",
                    seen: "0x" + String(magic, radix: 16)
                )
            }
            order = ByteOrder(isLittle: magic != Self.magic)
        }
        let length = Int(order.u32(bytes, start + 4))
        guard length >= 12, length % 4 == 0, length <= CaptureReader.longestBlock else {
            throw .invalid(
                structure: "block",
                offset: fileOffset + start + 4,
                field: "length",
                expected: "a multiple of 4 from 12 to \(CaptureReader.longestBlock)",
                seen: "\(length)"
            )
        }
        guard rest.count >= length else { return .needsMore }
        let end = start + length
        guard Int(order.u32(bytes, end - 4)) == length else {
            throw .invalid(
                structure: "block",
                offset: fileOffset + end - 4,
                field: "second length",
                expected: "\(length), as at its beginning",
                seen: "\(order.u32(bytes, end - 4))"
            )
        }
        let block = PCAPNGBlock(
            type: order.u32(bytes, start),
            body: start + 8..<end - 4,
            order: order,
            fileOffset: fileOffset
        )
        guard let frame = try read(block, bytes) else { return .nothing(length) }
        return .frame(frame, length: length)
    }

    /// How many bytes the block at the beginning of the rest needs.
    func needed(_ bytes: Span<UInt8>, _ rest: Range<Int>) -> Int {
        rest.count < 12 ? 12 : Int(order.u32(bytes, rest.lowerBound + 4))
    }

    // MARK: - Blocks

    private mutating func read(_ block: PCAPNGBlock, _ bytes: Span<UInt8>) throws(CaptureFileError) -> FrameFound? {
        switch block.type {
        case Self.sectionType: try beginSection(block, bytes)
        case 1: try addInterface(block, bytes)
        case 2: return try readPacket(block, bytes)
        case 3: return try readSimplePacket(block, bytes)
        case 6: return try readEnhancedPacket(block, bytes)
        // Names, statistics, secrets, and what programs keep for themselves hold no frame.
        default: break
        }
        return nil
    }

    private mutating func beginSection(_ block: PCAPNGBlock, _ bytes: Span<UInt8>) throws(CaptureFileError) {
        try block.require(16, in: "section header")
        let major = order.u16(bytes, block.body.lowerBound + 4)
        guard major == 1 else {
            throw block.invalid("section header", at: 4, "version", expected: "1", seen: "\(major)")
        }
        earlier += interfaces
        interfaces = []
        hasSection = true
    }

    private mutating func addInterface(_ block: PCAPNGBlock, _ bytes: Span<UInt8>) throws(CaptureFileError) {
        try block.require(8, in: "interface description")
        guard earlier.count + interfaces.count < Self.mostInterfaces else {
            throw block.invalid(
                "interface description",
                at: 0,
                "count",
                expected: "at most \(Self.mostInterfaces)",
                seen: "more"
            )
        }
        let start = block.body.lowerBound
        var (resolution, offset): (UInt8, Int64) = (6, 0)
        var name: String?
        try block.forEachOption(bytes, from: 8) { code, value throws(CaptureFileError) in
            switch code {
            case 2: name = String(decoding: bytes.copy(value), as: UTF8.self)
            case 9 where value.count == 1: resolution = bytes[value.lowerBound]
            case 14 where value.count == 8: offset = Int64(bitPattern: order.u64(bytes, value.lowerBound))
            case 9, 14:
                throw block.invalid(
                    "interface description",
                    at: value.lowerBound - start,
                    "option \(code)",
                    expected: code == 9 ? "1 byte" : "8 bytes",
                    seen: "\(value.count)"
                )
            default: break
            }
        }
        guard let clock = CaptureClock(resolution: resolution, offsetInSeconds: offset) else {
            throw block.invalid(
                "interface description",
                at: 8,
                "time resolution",
                expected: "10^-0 to 10^-19 or 2^-0 to 2^-63 seconds",
                seen: "\(resolution)"
            )
        }
        interfaces.append(
            CaptureInterface(
                link: LinkType(rawValue: UInt32(order.u16(bytes, start))),
                name: name,
                snapshotLength: Int(order.u32(bytes, start + 4)),
                clock: clock
            )
        )
    }

    private func readEnhancedPacket(_ block: PCAPNGBlock, _ bytes: Span<UInt8>) throws(CaptureFileError) -> FrameFound {
        try block.require(20, in: "enhanced packet")
        return try readPacket(
            block,
            bytes,
            structure: "enhanced packet",
            interface: Int(order.u32(bytes, block.body.lowerBound))
        )
    }

    /// Reads the packet block that enhanced ones replaced: its interface's number has two bytes.
    private func readPacket(_ block: PCAPNGBlock, _ bytes: Span<UInt8>) throws(CaptureFileError) -> FrameFound {
        try block.require(20, in: "packet")
        return try readPacket(
            block,
            bytes,
            structure: "packet",
            interface: Int(order.u16(bytes, block.body.lowerBound))
        )
    }

    private func readPacket(
        _ block: PCAPNGBlock,
        _ bytes: Span<UInt8>,
        structure: String,
        interface number: Int
    ) throws(CaptureFileError) -> FrameFound {
        let start = block.body.lowerBound
        let interface = try interface(number, of: block, structure)
        let units = UInt64(order.u32(bytes, start + 4)) << 32 | UInt64(order.u32(bytes, start + 8))
        let data = try block.data(at: 20, length: Int(order.u32(bytes, start + 12)), structure)
        let original = Int(order.u32(bytes, start + 16))
        guard original >= data.count else {
            throw block.invalid(
                structure,
                at: 16,
                "original length",
                expected: "at least the \(data.count) captured bytes",
                seen: "\(original)"
            )
        }
        var found = FrameFound(
            interface: earlier.count + number,
            link: interface.link,
            timestamp: interface.clock.nanoseconds(units),
            originalLength: original,
            bytes: data
        )
        try block.forEachOption(bytes, from: 20 + (data.count + 3) & ~3) { code, value throws(CaptureFileError) in
            switch code {
            case 1: found.comments.append(String(decoding: bytes.copy(value), as: UTF8.self))
            case 2 where value.count == 4:
                switch order.u32(bytes, value.lowerBound) & 3 {
                case 1: found.direction = .inbound
                case 2: found.direction = .outbound
                default: break
                }
            default: break
            }
        }
        return found
    }

    /// Reads a block that holds nothing but the original length and the bytes of the first interface.
    private func readSimplePacket(_ block: PCAPNGBlock, _ bytes: Span<UInt8>) throws(CaptureFileError) -> FrameFound {
        try block.require(4, in: "simple packet")
        let interface = try interface(0, of: block, "simple packet")
        let original = Int(order.u32(bytes, block.body.lowerBound))
        let kept = interface.snapshotLength == 0 ? original : min(original, interface.snapshotLength)
        return FrameFound(
            interface: earlier.count,
            link: interface.link,
            timestamp: nil,
            originalLength: original,
            bytes: try block.data(at: 4, length: kept, "simple packet")
        )
    }

    private func interface(
        _ number: Int,
        of block: PCAPNGBlock,
        _ structure: String
    ) throws(CaptureFileError) -> CaptureInterface {
        guard interfaces.indices.contains(number) else {
            throw block.invalid(
                structure,
                at: 0,
                "interface",
                expected: "one of the \(interfaces.count) described before",
                seen: "\(number)"
            )
        }
        let interface = interfaces[number]
        // Said at the first frame: an interface that saw nothing does no harm.
        guard LinkType.decodable.contains(interface.link) else {
            throw .unsupportedLink(interface.link, interface: earlier.count + number)
        }
        return interface
    }
}
