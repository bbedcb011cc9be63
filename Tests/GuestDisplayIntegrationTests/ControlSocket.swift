import Foundation

/// A blocking connection to QEMU's control socket (QMP), enough to hand over a display.
final class ControlSocket {
    struct Failure: Error { let reason: String }

    private let socket: Int32
    private var buffer: [UInt8] = []

    /// Connects as soon as QEMU listens, within ten seconds.
    init(path: String) throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
            let status = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            if status == 0 {
                self.socket = socket
                break
            }
            close(socket)
            guard ContinuousClock.now < deadline else { throw Failure(reason: "QEMU does not listen at \(path)") }
            usleep(10_000)
        }
        _ = try line()
        try run(#"{"execute":"qmp_capabilities"}"#)
    }

    deinit { close(socket) }

    /// Runs a command, with a descriptor beside it, and waits for its answer.
    func run(_ command: String, passing descriptor: Int32? = nil) throws {
        try send(command + "\n", passing: descriptor)
        while true {
            let line = try line()
            if line.contains(#""error""#) { throw Failure(reason: line) }
            if line.contains(#""return""#) { return }
        }
    }

    /// Returns the socket of a new peer-to-peer connection to QEMU's D-Bus display.
    func openDisplay() throws -> Int32 {
        var sockets: [Int32] = [-1, -1]
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &sockets)
        defer { close(sockets[1]) }
        try run(#"{"execute":"getfd","arguments":{"fdname":"display"}}"#, passing: sockets[1])
        try run(#"{"execute":"add_client","arguments":{"protocol":"@dbus-display","fdname":"display"}}"#)
        return sockets[0]
    }

    private func line() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer.removeSubrange(...end) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = read(socket, &chunk, chunk.count)
            guard count > 0 else { throw Failure(reason: "QEMU closed its control socket") }
            buffer += chunk.prefix(count)
        }
    }

    private func send(_ text: String, passing descriptor: Int32?) throws {
        var bytes = Array(text.utf8)
        // One control message by hand, since the CMSG macros don't import: length 20, SOL_SOCKET, SCM_RIGHTS.
        var control: [Int32] = [20, 0, SOL_SOCKET, 1, descriptor ?? -1, 0]
        let sent = bytes.withUnsafeMutableBytes { bytes in
            control.withUnsafeMutableBytes { control in
                var part = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return withUnsafeMutablePointer(to: &part) { part in
                    var message = msghdr()
                    message.msg_iov = part
                    message.msg_iovlen = 1
                    if descriptor != nil {
                        message.msg_control = control.baseAddress
                        message.msg_controllen = control.count
                    }
                    return sendmsg(socket, &message, Int32(MSG_NOSIGNAL))
                }
            }
        }
        guard sent == text.utf8.count else { throw Failure(reason: "sendmsg: \(String(cString: strerror(errno)))") }
    }
}
