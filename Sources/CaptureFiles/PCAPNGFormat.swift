import PacketDecoding

/// The format of sections and blocks (draft-ietf-opsawg-pcapng).
///
/// Interfaces are numbered anew in each section; records number them through the whole file.
struct PCAPNGFormat: Sendable {
    private var order = ByteOrder(isLittle: true)
    /// How many interfaces the sections before this one had.
    private var earlier = 0
    private var interfaces: [CaptureInterface] = []
    /// Frames that blocks of earlier sections, and all frames so far, say were lost.
    private var lostElsewhere: UInt64 = 0
    /// What was written beside the last frame that had anything beside it.
    private(set) var comments: [String] = []

    static let sectionType: UInt32 = 0x0a0d_0d0a
    private static let magic: UInt32 = 0x1a2b_3c4d
    /// More would be a file that describes nothing but interfaces.
    private static let mostInterfaces = 65_536

    /// Frames that the file says were not captured.
    var lostFrames: UInt64 { interfaces.reduce(lostElsewhere) { $0.addingWithoutOverflow($1.lostFrames) } }

    /// Reads the block at the beginning of the rest.
    mutating func read(
        _ buffer: [UInt8],
        _ rest: Range<Int>,
        fileOffset: Int
    ) throws(CaptureFileError) -> ReadingStep {
        guard rest.count >= 12 else { return .needsMore }
        let bytes = buffer.span
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
        switch block.type {
        case 6: return .frame(try readEnhancedPacket(block, bytes), length: length)
        case 2: return .frame(try readPacket(block, bytes), length: length)
        case 3: return .frame(try readSimplePacket(block, bytes), length: length)
        case 1: try addInterface(block, bytes)
        case 5: try readStatistics(block, bytes)
        case Self.sectionType: try beginSection(block, bytes)
        // Names, secrets, and what programs keep for themselves hold no frame.
        default: break
        }
        return .nothing(length)
    }

    /// How many bytes the block at the beginning of the rest needs.
    func needed(_ bytes: Span<UInt8>, _ rest: Range<Int>) -> Int {
        rest.count < 12 ? 12 : Int(order.u32(bytes, rest.lowerBound + 4))
    }

    // MARK: - Blocks

    private mutating func beginSection(_ block: PCAPNGBlock, _ bytes: Span<UInt8>) throws(CaptureFileError) {
        try block.require(16, in: "section header")
        let major = order.u16(bytes, block.body.lowerBound + 4)
        guard major == 1 else {
            throw block.invalid("section header", at: 4, "version", expected: "1", seen: "\(major)")
        }
        lostElsewhere = lostFrames
        earlier += interfaces.count
        interfaces = []
    }

    private mutating func addInterface(_ block: PCAPNGBlock, _ bytes: Span<UInt8>) throws(CaptureFileError) {
        try block.require(8, in: "interface description")
        guard earlier + interfaces.count < Self.mostInterfaces else {
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
        try block.forEachOption(bytes, from: 8) { code, value throws(CaptureFileError) in
            switch code {
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
                snapshotLength: Int(order.u32(bytes, start + 4)),
                clock: clock
            )
        )
    }

    /// Reads how many frames an interface lost until then: the last block of each counts, and some write none.
    private mutating func readStatistics(_ block: PCAPNGBlock, _ bytes: Span<UInt8>) throws(CaptureFileError) {
        let structure = "interface statistics"
        try block.require(12, in: structure)
        let number = Int(order.u32(bytes, block.body.lowerBound))
        guard interfaces.indices.contains(number) else { throw unknownInterface(number, of: block, structure) }
        var lost: UInt64 = 0
        try block.forEachOption(bytes, from: 12) { code, value throws(CaptureFileError) in
            // Dropped by the interface for lack of room, and by the operating system (isb_ifdrop, isb_osdrop).
            guard code == 5 || code == 7 else { return }
            lost = lost.addingWithoutOverflow(try count(bytes, value, code, of: block, structure))
        }
        interfaces[number].lostFrames = max(interfaces[number].lostFrames, lost)
    }

    /// The number of eight bytes that an option holds.
    private func count(
        _ bytes: Span<UInt8>,
        _ value: Range<Int>,
        _ code: UInt16,
        of block: PCAPNGBlock,
        _ structure: String
    ) throws(CaptureFileError) -> UInt64 {
        guard value.count == 8 else {
            throw block.invalid(
                structure,
                at: value.lowerBound - block.body.lowerBound,
                "option \(code)",
                expected: "8 bytes",
                seen: "\(value.count)"
            )
        }
        return order.u64(bytes, value.lowerBound)
    }

    private mutating func readEnhancedPacket(
        _ block: PCAPNGBlock,
        _ bytes: Span<UInt8>
    ) throws(CaptureFileError) -> CaptureRecord {
        try block.require(20, in: "enhanced packet")
        return try readPacket(
            block,
            bytes,
            structure: "enhanced packet",
            interface: Int(order.u32(bytes, block.body.lowerBound))
        )
    }

    /// Reads the packet block that enhanced ones replaced: its interface's number has two bytes.
    private mutating func readPacket(
        _ block: PCAPNGBlock,
        _ bytes: Span<UInt8>
    ) throws(CaptureFileError) -> CaptureRecord {
        try block.require(20, in: "packet")
        // How many were lost between the frame before and this one; all ones where nobody knows.
        let lost = order.u16(bytes, block.body.lowerBound + 2)
        if lost != .max { lostElsewhere = lostElsewhere.addingWithoutOverflow(UInt64(lost)) }
        return try readPacket(
            block,
            bytes,
            structure: "packet",
            interface: Int(order.u16(bytes, block.body.lowerBound))
        )
    }

    private mutating func readPacket(
        _ block: PCAPNGBlock,
        _ bytes: Span<UInt8>,
        structure: String,
        interface number: Int
    ) throws(CaptureFileError) -> CaptureRecord {
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
        var record = CaptureRecord(
            interface: earlier + number,
            interface,
            timestamp: interface.clock.nanoseconds(units),
            originalLength: original,
            bytes: data
        )
        var lost: UInt64 = 0
        try block.forEachOption(bytes, from: 20 + (data.count + 3) & ~3) { code, value throws(CaptureFileError) in
            switch code {
            case 1:
                if !record.hasComments { comments = [] }
                record.hasComments = true
                comments.append(String(decoding: bytes.copy(value), as: UTF8.self))
            case 2 where value.count == 4:
                switch order.u32(bytes, value.lowerBound) & 3 {
                case 1: record.direction = .inbound
                case 2: record.direction = .outbound
                default: break
                }
            case 4: lost = try count(bytes, value, code, of: block, structure)
            default: break
            }
        }
        if lost > 0 { lostElsewhere = lostElsewhere.addingWithoutOverflow(lost) }
        return record
    }

    /// Reads a block that holds nothing but the original length and the bytes of the first interface.
    private func readSimplePacket(_ block: PCAPNGBlock, _ bytes: Span<UInt8>) throws(CaptureFileError) -> CaptureRecord
    {
        try block.require(4, in: "simple packet")
        let interface = try interface(0, of: block, "simple packet")
        let original = Int(order.u32(bytes, block.body.lowerBound))
        let kept = interface.snapshotLength == 0 ? original : min(original, interface.snapshotLength)
        return CaptureRecord(
            interface: earlier,
            interface,
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
        guard interfaces.indices.contains(number) else { throw unknownInterface(number, of: block, structure) }
        let interface = interfaces[number]
        // Said at the first frame: an interface that saw nothing does no harm.
        guard interface.isDecodable else { throw .unsupportedLink(interface.link, interface: earlier + number) }
        return interface
    }

    private func unknownInterface(_ number: Int, of block: PCAPNGBlock, _ structure: String) -> CaptureFileError {
        block.invalid(
            structure,
            at: 0,
            "interface",
            expected: "one of the \(interfaces.count) described before",
            seen: "\(number)"
        )
    }
}

extension UInt64 {
    /// The sum, or the greatest number there is: a file may claim any.
    fileprivate func addingWithoutOverflow(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
