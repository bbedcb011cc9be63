import PacketDecoding

/// Reads the frames of a capture in pcap or pcapng format from chunks of bytes, as a stream.
///
///     beginning ── first 4 bytes ──▶ pcap ─┐
///         │                                ├── next() … ──▶ finish()
///         └──────────────────────▶ pcapng ─┘
///
/// Memory is bounded by one chunk and the longest frame that the formats allow, whatever the file's length. Bytes are
/// fed, then ``next()`` is called until it returns `nil`; when there are no more bytes, ``finish()`` says whether the
/// file ended where it should.
package struct CaptureReader: Sendable {
    enum Format: Hashable, Sendable {
        case unknown
        case pcap(PCAPFormat)
        case pcapng(PCAPNGFormat)
    }

    /// The bytes that records point into, valid until ``next()`` or ``feed(_:)`` is called.
    package private(set) var buffer: [UInt8] = []
    /// Where the bytes begin that were not yet read.
    private var position = 0
    /// How many bytes of the file stood before the buffer's first.
    private var dropped = 0
    private var format = Format.unknown
    private var count = 0
    private var failure: CaptureFileError?

    /// Longer frames are refused: libpcap and Wireshark allow no longer ones.
    static let longestFrame = 262_144
    /// Longer blocks of pcapng are refused.
    static let longestBlock = 16 << 20

    package init() {}

    /// Appends bytes of the file.
    package mutating func feed(_ chunk: some Sequence<UInt8>) {
        if position > 0 {
            buffer.removeFirst(position)
            dropped += position
            position = 0
        }
        buffer.append(contentsOf: chunk)
    }

    /// The interfaces that were described so far.
    package var interfaces: [CaptureInterface] {
        switch format {
        case .unknown: []
        case .pcap(let format): [format.interface]
        case .pcapng(let format): format.allInterfaces
        }
    }

    /// Returns the next whole frame, or `nil` when more bytes are needed.
    ///
    /// - Throws: What is wrong with the file; the same again from then on.
    package mutating func next() throws(CaptureFileError) -> CaptureRecord? {
        if let failure { throw failure }
        do throws(CaptureFileError) {
            return try read()
        } catch {
            failure = error
            throw error
        }
    }

    /// Says that there are no more bytes.
    ///
    /// - Throws: ``CaptureFileError/cutOff(structure:offset:needed:present:)`` when a structure is not whole, or the
    ///   error that ended the reading before.
    package func finish() throws(CaptureFileError) {
        if let failure { throw failure }
        let rest = position..<buffer.count
        guard !rest.isEmpty || format == .unknown else { return }
        let (structure, needed) =
            switch format {
            case .unknown: ("file header", 24)
            case .pcap(let format): ("frame", format.needed(buffer.span, rest))
            case .pcapng(let format): ("block", format.needed(buffer.span, rest))
            }
        if format == .unknown, rest.count < 4 { throw .unknownFormat(firstBytes: Array(buffer[rest])) }
        throw .cutOff(structure: structure, offset: dropped + position, needed: needed, present: rest.count)
    }

    private mutating func read() throws(CaptureFileError) -> CaptureRecord? {
        while true {
            let rest = position..<buffer.count
            let step: ReadingStep
            switch format {
            case .unknown:
                guard let (found, length) = try Self.recognise(buffer.span, rest) else { return nil }
                format = found
                position += length
                continue
            case .pcap(let pcap): step = try pcap.read(buffer.span, rest, fileOffset: dropped)
            case .pcapng(var pcapng):
                // Taken out while it changes, so that its interfaces are not copied for each block.
                format = .unknown
                defer { format = .pcapng(pcapng) }
                step = try pcapng.read(buffer.span, rest, fileOffset: dropped)
            }
            switch step {
            case .needsMore: return nil
            case .nothing(let length): position += length
            case .frame(let frame, let length):
                position += length
                count += 1
                return frame.record(number: count)
            }
        }
    }

    private static func recognise(
        _ bytes: Span<UInt8>,
        _ rest: Range<Int>
    ) throws(CaptureFileError) -> (Format, length: Int)? {
        guard rest.count >= 4 else { return nil }
        if bytes.u32(rest.lowerBound) == PCAPNGFormat.sectionType { return (.pcapng(PCAPNGFormat()), 0) }
        guard PCAPFormat.isMagic(bytes.u32(rest.lowerBound)) else {
            throw .unknownFormat(firstBytes: bytes.copy(rest.lowerBound..<rest.lowerBound + 4))
        }
        guard let format = try PCAPFormat.readHeader(bytes, rest) else { return nil }
        return (.pcap(format), PCAPFormat.headerLength)
    }
}

/// What was found at the beginning of the bytes that were not yet read.
enum ReadingStep {
    case needsMore
    /// Something that holds no frame, and its length.
    case nothing(Int)
    case frame(FrameFound, length: Int)
}

/// A frame before it has its number.
struct FrameFound {
    let interface: Int
    let link: LinkType
    let timestamp: UInt64?
    let originalLength: Int
    let bytes: Range<Int>
    var direction: CaptureRecord.Direction?
    var comments: [String] = []

    func record(number: Int) -> CaptureRecord {
        CaptureRecord(
            number: number,
            interface: interface,
            link: link,
            timestamp: timestamp,
            originalLength: originalLength,
            bytes: bytes,
            direction: direction,
            comments: comments
        )
    }
}

/// The order of a file's bytes, which is that of the machine that wrote it.
struct ByteOrder: Hashable, Sendable {
    let isLittle: Bool

    func u16(_ bytes: Span<UInt8>, _ offset: Int) -> UInt16 {
        isLittle ? bytes.u16(offset).byteSwapped : bytes.u16(offset)
    }

    func u32(_ bytes: Span<UInt8>, _ offset: Int) -> UInt32 {
        isLittle ? bytes.u32(offset).byteSwapped : bytes.u32(offset)
    }

    func u64(_ bytes: Span<UInt8>, _ offset: Int) -> UInt64 {
        isLittle ? bytes.u64(offset).byteSwapped : bytes.u64(offset)
    }
}
