import CaptureFiles
import FrameBuilding
import PacketDecoding

/// Capture files as tests need them, made byte by byte in either order.
struct CaptureSamples {
    var isLittle = true

    func number(_ value: some FixedWidthInteger) -> [UInt8] {
        isLittle ? bytes(value).reversed() : bytes(value)
    }

    // MARK: - pcap

    func pcapHeader(isNano: Bool = false, link: UInt32 = 1, version: UInt16 = 4) -> [UInt8] {
        number(UInt32(isNano ? 0xa1b2_3c4d : 0xa1b2_c3d4)) + number(UInt16(2)) + number(version)
            + number(UInt64(0)) + number(UInt32(65_535)) + number(link)
    }

    func pcapFrame(_ frame: [UInt8], seconds: UInt32 = 1_700_000_000, fraction: UInt32 = 5, original: UInt32? = nil)
        -> [UInt8]
    {
        number(seconds) + number(fraction) + number(UInt32(frame.count)) + number(original ?? UInt32(frame.count))
            + frame
    }

    // MARK: - pcapng

    func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        let padded = body + Array(repeating: 0, count: (4 - body.count % 4) % 4)
        let length = number(UInt32(padded.count + 12))
        return number(type) + length + padded + length
    }

    func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
        number(code) + number(UInt16(value.count)) + value + Array(repeating: 0, count: (4 - value.count % 4) % 4)
    }

    var section: [UInt8] {
        block(0x0a0d_0d0a, number(UInt32(0x1a2b_3c4d)) + number(UInt16(1)) + number(UInt16(0)) + number(UInt64.max))
    }

    func interface(_ link: UInt16 = 1, options: [UInt8] = []) -> [UInt8] {
        block(1, number(link) + [0, 0] + number(UInt32(0)) + options)
    }

    func statistics(interface: UInt32 = 0, options: [UInt8]) -> [UInt8] {
        block(5, number(interface) + number(UInt64(0)) + options)
    }

    func enhanced(_ frame: [UInt8], interface: UInt32 = 0, time: UInt64 = 7, options: [UInt8] = []) -> [UInt8] {
        let padding = Array(repeating: UInt8(0), count: (4 - frame.count % 4) % 4)
        var body = number(interface) + number(UInt32(truncatingIfNeeded: time >> 32))
        body += number(UInt32(truncatingIfNeeded: time)) + number(UInt32(frame.count)) + number(UInt32(frame.count))
        return block(6, body + frame + padding + options)
    }
}

/// What a reader makes of a whole file that it is given in chunks.
struct ReadCapture {
    private(set) var frames: [[UInt8]] = []
    private(set) var records: [CaptureRecord] = []
    private(set) var comments: [[String]] = []
    private(set) var error: CaptureFileError?
    private(set) var longestBuffer = 0
    private(set) var lostFrames: UInt64 = 0

    init(_ file: [UInt8], chunk: Int = 1 << 16) {
        var reader = CaptureReader()
        var rest = file[...]
        do throws(CaptureFileError) {
            while !rest.isEmpty {
                reader.feed(rest.prefix(chunk))
                rest = rest.dropFirst(chunk)
                longestBuffer = max(longestBuffer, reader.buffer.count)
                while let record = try reader.next() {
                    records.append(record)
                    comments.append(reader.comments(of: record))
                    frames.append(Array(reader.buffer[record.bytes]))
                }
                lostFrames = reader.lostFrames
            }
            try reader.finish()
        } catch {
            self.error = error
        }
    }
}
