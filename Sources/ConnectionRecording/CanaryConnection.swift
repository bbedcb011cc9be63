import Glibc
import PacketDecoding
import SystemPackage

/// A connection of the harness with itself, over the loopback, that ends with a known number of bytes.
struct CanaryConnection {
    /// The end that receives.
    let local: Endpoint
    private let receiving: FileDescriptor
    private let sending: FileDescriptor

    /// Connects; this takes no time, since the kernel does it within the call.
    init() throws(Errno) {
        let listener = try Self.socket()
        defer { try? listener.close() }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        try Self.check(Self.withAddress(&address) { bind(listener.rawValue, $0, $1) })
        try Self.check(listen(listener.rawValue, 1))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try Self.check(Self.withAddress(&address) { pointer, _ in getsockname(listener.rawValue, pointer, &length) })
        let sending = try Self.socket()
        do throws(Errno) {
            try Self.check(Self.withAddress(&address) { connect(sending.rawValue, $0, $1) })
            let status = accept(listener.rawValue, nil, nil)
            try Self.check(status)
            receiving = FileDescriptor(rawValue: status)
        } catch {
            try? sending.close()
            throw error
        }
        self.sending = sending
        local = Endpoint(
            address: .v4(IPv4Address(rawValue: UInt32(INADDR_LOOPBACK))),
            port: UInt16(bigEndian: address.sin_port)
        )
    }

    /// Sends bytes that fit into the socket's buffer, and ends both sides.
    func send(_ count: Int) {
        _ = try? sending.writeAll(Array(repeating: 0x41, count: count))
        try? sending.close()
        // Read to its end, which so has arrived: on a busy host the kernel delivers later than it returns.
        var buffer = [UInt8](repeating: 0, count: 4096)
        while (try? buffer.withUnsafeMutableBytes { try receiving.read(into: $0) }) ?? 0 > 0 {}
        try? receiving.close()
    }

    private static func socket() throws(Errno) -> FileDescriptor {
        let status = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        try check(status)
        return FileDescriptor(rawValue: status)
    }

    private static func check(_ status: Int32) throws(Errno) {
        guard status >= 0 else { throw Errno(rawValue: errno) }
    }

    private static func withAddress(
        _ address: inout sockaddr_in,
        _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
