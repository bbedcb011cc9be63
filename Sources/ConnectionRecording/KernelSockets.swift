import CSocketRecords
import Glibc
import PacketDecoding
import SystemPackage

/// A netlink socket over which the kernel tells of TCP sockets.
struct KernelSockets {
    enum Answer {
        case sockets([SocketRecord])
        /// Of sockets that forgot who their peer was.
        case nothing
        case end
    }

    let file: FileDescriptor
    /// What one message of the kernel can hold.
    private static let mostPerMessage = 512

    init(listening: Bool) throws(Errno) {
        let status = csocketrecords_open(listening)
        guard status >= 0 else { throw Errno(rawValue: -status) }
        file = FileDescriptor(rawValue: status)
    }

    func close() { try? file.close() }

    /// Every socket that has a peer at this moment.
    func all() throws(Errno) -> [SocketRecord] {
        var found: [SocketRecord] = []
        for family in [AF_INET, AF_INET6] {
            let status = csocketrecords_ask(file.rawValue, UInt8(family))
            guard status == 0 else { throw Errno(rawValue: -status) }
            // The kernel answers within the question and each reading, so that nothing has to be waited for.
            reading: while true {
                switch try next() {
                case .sockets(let sockets)?: found += sockets
                case .nothing?: continue
                case .end?, nil: break reading
                }
            }
        }
        return found
    }

    /// The next message, or `nil` when there is none now.
    func next() throws(Errno) -> Answer? {
        var failure: Errno?
        var end = false
        let sockets = [csocketrecords_socket](unsafeUninitializedCapacity: Self.mostPerMessage) { buffer, count in
            let status = csocketrecords_receive(file.rawValue, buffer.baseAddress, Int32(Self.mostPerMessage))
            count = Int(max(0, status))
            if status == Int32(CSOCKETRECORDS_END) {
                end = true
            } else if status < 0 {
                failure = Errno(rawValue: -status)
            }
        }
        if let failure {
            if failure == .wouldBlock { return nil }
            throw failure
        }
        if end { return .end }
        let records = sockets.map(SocketRecord.init)
        return records.isEmpty ? .nothing : .sockets(records)
    }
}

extension SocketRecord {
    init(_ socket: csocketrecords_socket) {
        self.init(
            local: Endpoint(address: IPAddress(socket.local, socket.family), port: socket.local_port),
            peer: Endpoint(address: IPAddress(socket.peer, socket.family), port: socket.peer_port),
            received: Int(clamping: socket.received),
            cookie: socket.cookie
        )
    }
}

extension IPAddress {
    /// An address as it stands in memory; one of IPv4 that a socket of IPv6 speaks to is one of IPv4.
    fileprivate init<Memory>(_ memory: Memory, _ family: UInt8) {
        let words = withUnsafeBytes(of: memory) { bytes in
            stride(from: 0, to: 16, by: 8).map { start in
                bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            }
        }
        if Int32(family) == AF_INET {
            self = .v4(IPv4Address(rawValue: UInt32(words[0] >> 32)))
        } else if words[0] == 0, words[1] >> 32 == 0xffff {
            self = .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: words[1])))
        } else {
            self = .v6(IPv6Address(high: words[0], low: words[1]))
        }
    }
}
