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
    private enum Format {
        case unknown
        case pcap(PCAPFormat)
        case pcapng
    }

    /// The bytes that records point into, valid until ``next()`` or ``feed(_:)`` is called.
    package private(set) var buffer: [UInt8] = []
    /// Where the bytes begin that were not yet read.
    private var position = 0
    /// How many bytes of the file stood before the buffer's first.
    private var dropped = 0
    private var format = Format.unknown
    /// Kept beside the format, so that it changes where it stands.
    private var sections = PCAPNGFormat()
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

    /// What was written beside a frame, which must be the last that was read.
    package func comments(of record: CaptureRecord) -> [String] { record.hasComments ? sections.comments : [] }

    /// How many frames were not captured, as the file itself says so far; only pcapng can.
    package var lostFrames: UInt64 { sections.lostFrames }

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
        let isUnknown = if case .unknown = format { true } else { false }
        guard !rest.isEmpty || isUnknown else { return }
        let (structure, needed) =
            switch format {
            case .unknown: ("file header", 24)
            case .pcap(let format): ("frame", format.needed(buffer.span, rest))
            case .pcapng: ("block", sections.needed(buffer.span, rest))
            }
        if isUnknown, rest.count < 4 { throw .unknownFormat(firstBytes: Array(buffer[rest])) }
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
            case .pcapng: step = try sections.read(buffer, rest, fileOffset: dropped)
            }
            switch step {
            case .needsMore: return nil
            case .nothing(let length): position += length
            case .frame(var record, let length):
                position += length
                count += 1
                record.number = count
                return record
            }
        }
    }

    private static func recognise(
        _ bytes: Span<UInt8>,
        _ rest: Range<Int>
    ) throws(CaptureFileError) -> (Format, length: Int)? {
        guard rest.count >= 4 else { return nil }
        if bytes.u32(rest.lowerBound) == PCAPNGFormat.sectionType { return (.pcapng, 0) }
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
    /// A frame that has no number yet, and the length of all that holds it.
    case frame(CaptureRecord, length: Int)
}

/// The order of a file's bytes, which is that of the machine that wrote it.
struct ByteOrder: Hashable, Sendable {
    let isLittle: Bool

    @inline(__always)
    func u16(_ bytes: Span<UInt8>, _ offset: Int) -> UInt16 {
        isLittle ? bytes.u16(offset).byteSwapped : bytes.u16(offset)
    }

    @inline(__always)
    func u32(_ bytes: Span<UInt8>, _ offset: Int) -> UInt32 {
        isLittle ? bytes.u32(offset).byteSwapped : bytes.u32(offset)
    }

    @inline(__always)
    func u64(_ bytes: Span<UInt8>, _ offset: Int) -> UInt64 {
        isLittle ? bytes.u64(offset).byteSwapped : bytes.u64(offset)
    }
}
