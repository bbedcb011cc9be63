import FoundationEssentials
import Glibc
import SystemPackage

/// The clock of the simulated internet's time server, which may be wrong on purpose.
package struct ServedTime: Hashable, Sendable, Codable {
    /// How far the server is ahead of the host; negative when it is behind.
    package var offset: Duration

    /// Creates a clock; without an offset it is the host's.
    package init(offset: Duration = .zero) {
        self.offset = offset
    }

    /// The time that is told at the moment.
    var now: Date { Date().addingTimeInterval(offset / .seconds(1)) }

    func validate() throws(SimulatedInternetError) {
        // Beyond that a client can't tell the era of the 32-bit seconds (RFC 5905, section 6).
        guard abs(offset / .seconds(1)) <= 68 * 365.25 * 86_400 else {
            throw .configuration("a time server may be wrong by at most 68 years")
        }
    }
}

/// An NTP server at the address that leases name.
struct TimeServer: Sendable {
    private static let port: UInt16 = 123
    private let socket: FileDescriptor

    /// Opens the socket; from then on requests wait to be answered.
    init() throws(SimulatedInternetError) {
        let file = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard file >= 0 else { throw .socketRefused("the time server", reason: "\(Errno(rawValue: errno))") }
        var own = sockaddr_in()
        own.sin_family = sa_family_t(AF_INET)
        own.sin_port = Self.port.bigEndian
        own.sin_addr.s_addr = inet_addr(AddressPlan.time)
        let status = withUnsafeBytes(of: &own) {
            bind(file, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count))
        }
        socket = FileDescriptor(rawValue: file)
        guard status == 0 else {
            let reason = "\(Errno(rawValue: errno))"
            try? socket.close()
            throw .socketRefused("the time server", reason: reason)
        }
    }

    /// Answers with what `clock` says until the task is cancelled; tells of every datagram that came.
    func run(_ clock: Watched<ServedTime>, onQuestion: @escaping @Sendable () -> Void) async throws {
        defer { try? socket.close() }
        try await ServingThread.run("time server") { ending in
            while try ServingThread.wait(for: [socket], or: ending) != nil {
                if answer(clock.value) { onQuestion() }
            }
        }
    }

    /// Answers the next request, and says whether there was one; what is no request gets no answer, and counts.
    private func answer(_ clock: ServedTime) -> Bool {
        var request = [UInt8](repeating: 0, count: 512)
        var client = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &client) { bytes in
            let address = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            let count = recvfrom(socket.rawValue, &request, request.count, 0, address, &length)
            guard count >= 0 else { return false }
            if let answer = TimeAnswer.answer(to: Array(request.prefix(count)), at: clock.now) {
                _ = sendto(socket.rawValue, answer, answer.count, 0, address, length)
            }
            return true
        }
    }
}
