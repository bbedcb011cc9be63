package import PacketDecoding

/// Makes the blocks of a pcapng file of one Ethernet interface, with comments that Wireshark shows beside the frames.
///
/// Format: draft-ietf-opsawg-pcapng. Blocks are appended to ``bytes``, which whoever writes them takes out.
package struct PCAPNGEncoder: Sendable {
    /// The bytes that were not yet taken.
    package private(set) var bytes: [UInt8] = []

    /// Begins a file with the headers of its one section and interface.
    package init(interface: String) {
        block(PCAPNGFormat.sectionType) { body in
            body.append(number: UInt32(0x1a2b_3c4d))
            body.append(number: UInt16(1))
            body.append(number: UInt16(0))
            body.append(number: UInt64.max)
            body.option(4, text: "Assay")
            body.endOfOptions()
        }
        block(1) { body in
            body.append(number: UInt16(LinkType.ethernet.rawValue))
            body.append(number: UInt16(0))
            body.append(number: UInt32(0))
            body.option(2, text: interface)
            body.option(9, [9])
            body.endOfOptions()
        }
    }

    /// Appends one frame.
    package mutating func append(_ frame: CapturedFrame, comments: [String]) {
        block(6) { body in
            body.append(number: UInt32(0))
            body.append(timestamp: frame.timestamp)
            body.append(number: UInt32(frame.bytes.count))
            body.append(number: UInt32(frame.originalLength))
            body.append(contentsOf: frame.bytes)
            body.pad()
            for comment in comments { body.option(1, text: comment) }
            // The lowest bits say how the interface saw it: 1 inbound, so from the guest, 2 outbound.
            body.option(2, number: UInt32(frame.direction == .fromGuest ? 1 : 2))
            body.endOfOptions()
        }
    }

    /// Appends how the capture ended.
    package mutating func appendStatistics(
        startedAt: UInt64,
        endedAt: UInt64,
        frames: Int,
        drops: Int,
        comments: [String]
    ) {
        block(5) { body in
            body.append(number: UInt32(0))
            body.append(timestamp: endedAt)
            for comment in comments { body.option(1, text: comment) }
            body.option(2, timestamp: startedAt)
            body.option(3, timestamp: endedAt)
            body.option(4, number: UInt64(frames))
            body.option(5, number: UInt64(drops))
            body.endOfOptions()
        }
    }

    /// Forgets the bytes, and keeps the room for others.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    private mutating func block(_ type: UInt32, _ fill: (inout [UInt8]) -> Void) {
        let start = bytes.count
        bytes.append(number: type)
        bytes.append(number: UInt32(0))
        fill(&bytes)
        let length = UInt32(bytes.count - start + 4)
        bytes.append(number: length)
        withUnsafeBytes(of: length.littleEndian) { bytes.replaceSubrange(start + 4..<start + 8, with: $0) }
    }
}

// MARK: - Fields

extension [UInt8] {
    fileprivate mutating func append(number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// The upper half of a time comes first, whatever the byte order.
    fileprivate mutating func append(timestamp: UInt64) {
        append(number: UInt32(truncatingIfNeeded: timestamp >> 32))
        append(number: UInt32(truncatingIfNeeded: timestamp))
    }

    /// Every part begins at a multiple of four, and so does every block.
    fileprivate mutating func pad() {
        while count % 4 != 0 { append(0) }
    }

    fileprivate mutating func option(_ code: UInt16, _ value: some Collection<UInt8>) {
        append(number: code)
        append(number: UInt16(value.count))
        append(contentsOf: value)
        pad()
    }

    fileprivate mutating func option(_ code: UInt16, number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { option(code, $0) }
    }

    fileprivate mutating func option(_ code: UInt16, timestamp: UInt64) {
        var value: [UInt8] = []
        value.append(timestamp: timestamp)
        option(code, value)
    }

    /// Text is cut at a character's border where it would not fit into an option.
    fileprivate mutating func option(_ code: UInt16, text: String) {
        let longest = 4096
        let whole = String(decoding: text.utf8.prefix(longest), as: UTF8.self)
        option(code, text.utf8.count <= longest ? Array(text.utf8) : Array(whole.utf8.prefix(Int(UInt16.max))))
    }

    fileprivate mutating func endOfOptions() {
        append(number: UInt32(0))
    }
}
