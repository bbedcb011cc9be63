import CaptureFiles
import PacketDecoding
import SystemPackage

/// Writes frames of one interface as pcapng.
///
/// A write that fails is remembered and ends the writing, not the capture.
struct PCAPNGWriter {
    private let file: FileDescriptor
    private var encoder: PCAPNGEncoder
    /// The first error that writing met.
    private(set) var failure: Errno?

    /// Keeps the number of system calls low; what is in the buffer when the process is killed is lost.
    private static let bufferSize = 64 << 10

    /// Takes over the file and writes the headers.
    init(file: FileDescriptor, interface: String) {
        self.file = file
        encoder = PCAPNGEncoder(interface: interface)
    }

    /// Writes one frame.
    mutating func write(_ frame: CapturedFrame, comments: [String]) {
        guard failure == nil else { return }
        encoder.append(frame, comments: comments)
        if encoder.bytes.count >= Self.bufferSize { flush() }
    }

    /// Writes how the capture ended, and closes the file.
    mutating func finish(startedAt: UInt64, endedAt: UInt64, frames: Int, drops: Int, comments: [String]) {
        encoder.appendStatistics(
            startedAt: startedAt,
            endedAt: endedAt,
            frames: frames,
            drops: drops,
            comments: comments
        )
        flush()
        do {
            try file.close()
        } catch {
            failure = failure ?? (error as? Errno) ?? .ioError
        }
    }

    /// Hands to the system what is still in the buffer.
    mutating func flush() {
        if failure == nil, !encoder.bytes.isEmpty {
            do {
                try encoder.bytes.withUnsafeBytes { _ = try file.writeAll($0) }
            } catch {
                failure = (error as? Errno) ?? .ioError
            }
        }
        encoder.removeAll()
    }
}
