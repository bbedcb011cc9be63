import Dispatch
import Glibc
import SystemPackage

/// The end of a socket into which an encoder's pictures are written, on a thread that may wait as long as it likes.
final class PictureSocket: Sendable {
    private let socket: Int32
    private let queue = DispatchQueue(label: "video-encoder", qos: .utility)

    /// Makes a pair of sockets.
    ///
    /// - Returns: The end to write to, and the end to read from, which the caller closes.
    static func pair() throws(VideoError) -> (PictureSocket, FileDescriptor) {
        var sockets: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &sockets) == 0 else {
            throw .notStarted(reason: String(cString: strerror(errno)))
        }
        return (PictureSocket(sockets[0]), FileDescriptor(rawValue: sockets[1]))
    }

    private init(_ socket: Int32) { self.socket = socket }

    deinit { Glibc.close(socket) }

    /// Writes all bytes; returns whether there was still somebody to read them.
    func write(_ parts: [[UInt8]]) async -> Bool {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: parts.allSatisfy(self.send)) }
        }
    }

    /// Says that nothing follows.
    ///
    /// Also ends a ``write(_:)`` that waits.
    func end() { shutdown(socket, Int32(SHUT_WR)) }

    /// Not write(2), which ends a program by SIGPIPE when the encoder has gone.
    private func send(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.send(socket, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return true
        }
    }
}
