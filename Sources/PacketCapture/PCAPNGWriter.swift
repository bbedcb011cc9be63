import PacketDecoding
import SystemPackage

/// Writes frames of one interface as pcapng, with comments that Wireshark shows beside the frames.
///
/// Format: draft-ietf-opsawg-pcapng. A write that fails is remembered and ends the writing, not the capture.
struct PCAPNGWriter {
    private let file: FileDescriptor
    private var buffer: [UInt8] = []
    /// The first error that writing met.
    private(set) var failure: Errno?

    /// Keeps the number of system calls low; what is in the buffer when the process is killed is lost.
    private static let bufferSize = 64 << 10

    /// Takes over the file and writes the headers.
    init(file: FileDescriptor, interface: String) {
        self.file = file
        block(0x0a0d_0d0a) { body in
            body.append(number: UInt32(0x1a2b_3c4d))
            body.append(number: UInt16(1))
            body.append(number: UInt16(0))
            body.append(number: UInt64.max)
            body.option(4, text: "Assay")
            body.endOfOptions()
        }
        block(1) { body in
            body.append(number: UInt16(1))
            body.append(number: UInt16(0))
            body.append(number: UInt32(0))
            body.option(2, text: interface)
            body.option(9, [9])
            body.endOfOptions()
        }
    }

    /// Writes one frame.
    mutating func write(_ frame: CapturedFrame, comments: [String]) {
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
        if buffer.count >= Self.bufferSize { flush() }
    }

    /// Writes how the capture ended, and closes the file.
    mutating func finish(startedAt: UInt64, endedAt: UInt64, frames: Int, drops: Int, comments: [String]) {
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
        flush()
        do {
            try file.close()
        } catch {
            failure = failure ?? (error as? Errno) ?? .ioError
        }
    }

    /// Hands to the system what is still in the buffer.
    mutating func flush() {
        if failure == nil, !buffer.isEmpty {
            do {
                try buffer.withUnsafeBytes { _ = try file.writeAll($0) }
            } catch {
                failure = (error as? Errno) ?? .ioError
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func block(_ type: UInt32, _ fill: (inout [UInt8]) -> Void) {
        guard failure == nil else { return }
        let start = buffer.count
        buffer.append(number: type)
        buffer.append(number: UInt32(0))
        fill(&buffer)
        let length = UInt32(buffer.count - start + 4)
        buffer.append(number: length)
        withUnsafeBytes(of: length.littleEndian) { buffer.replaceSubrange(start + 4..<start + 8, with: $0) }
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
