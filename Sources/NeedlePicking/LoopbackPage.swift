package import Diagnostics
import Dispatch
import Foundation
import Glibc
import Synchronization

/// A page for one person: on loopback, at a port that is free, below a path that nobody can guess, until it is done.
///
/// Other users of this host don't know the path; pages from elsewhere in the same browser don't either, and are told apart
/// by the name that they call this server by (``PageRequest``).
package final class LoopbackPage: Sendable {
    /// How many connections are served at a time; a browser opens six.
    private static let mostConnections = 16
    /// How long a browser may take for a request, and for its answer: by the kernel's clock (socket(7), SO_RCVTIMEO).
    private static let patience = timeval(tv_sec: 5, tv_usec: 0)

    /// The unguessable part of the path.
    private let token: String
    private let port: UInt16
    private let listener: Int32
    private let connections = Mutex<Set<Int32>>([])

    /// The address of the page.
    package var address: String { "http://\(host)/\(token)/" }
    private var host: String { "127.0.0.1:\(port)" }

    /// Listens.
    ///
    /// - Throws: ``PageError`` when there is no socket to be had.
    package init() throws(PageError) {
        var random = SystemRandomNumberGenerator()
        token = (0..<2).map { _ in
            let half = String(random.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - half.count) + half
        }.joined()
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                socket >= 0 && bind(socket, $0, length) == 0 && listen(socket, 16) == 0
                    && getsockname(socket, $0, &length) == 0
            }
        }
        guard isListening else {
            let reason = String(cString: strerror(errno))
            if socket >= 0 { close(socket) }
            throw PageError(reason: reason)
        }
        listener = socket
        port = UInt16(bigEndian: name.sin_port)
    }

    deinit { close(listener) }

    /// Serves until an answer says that it was the last one, or the task is cancelled.
    ///
    /// - Parameter answer: Answers a request; its path is that below the page's own, and begins with a slash. Called for
    ///   several requests at a time.
    /// - Returns: What came with the last answer, or `nil` when the task was cancelled.
    package func serve<Value: Sendable>(
        _ answer: @escaping @Sendable (PageRequest, _ path: String) throws(PageRequest.Refusal) -> (PageAnswer, Value?)
    ) async -> Value? {
        let last = Mutex<Value?>(nil)
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Threads of their own, which may wait; how many there are is bounded.
                let connections = DispatchGroup()
                Thread.detachNewThread { [self] in
                    while let connection = accept() {
                        connections.enter()
                        Thread.detachNewThread { [self] in
                            if let value = attend(connection, answer) {
                                last.withLock { $0 = $0 ?? value }
                                stop()
                            }
                            leave(connection)
                            connections.leave()
                        }
                    }
                    connections.wait()
                    continuation.resume()
                }
            }
        } onCancel: {
            stop()
            connections.withLock { for connection in $0 { shutdown(connection, Int32(SHUT_RDWR)) } }
        }
        return last.withLock { $0 }
    }

    // MARK: - Connections

    /// Ends ``accept()``, now and later.
    private func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Waits for a connection; `nil` when none will come any more.
    private func accept() -> Int32? {
        while true {
            let connection = Glibc.accept(listener, nil, nil)
            if connection < 0 {
                if [EINTR, ECONNABORTED, EPROTO].contains(errno) { continue }
                return nil
            }
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            let isWelcome = connections.withLock { connections in
                guard connections.count < Self.mostConnections else { return false }
                connections.insert(connection)
                return true
            }
            guard isWelcome else {
                close(connection)
                continue
            }
            var limit = Self.patience
            let size = socklen_t(MemoryLayout<timeval>.size)
            setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
            setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
            return connection
        }
    }

    private func leave(_ connection: Int32) {
        connections.withLock { connections in
            connections.remove(connection)
            close(connection)
        }
    }

    private func attend<Value>(
        _ connection: Int32,
        _ answer: (PageRequest, String) throws(PageRequest.Refusal) -> (PageAnswer, Value?)
    ) -> Value? {
        do throws(PageRequest.Refusal) {
            guard let request = try read(connection) else { return nil }
            let prefix = "/\(token)/"
            guard request.path.hasPrefix(prefix) else { throw .notFound }
            let (page, value) = try answer(request, String(request.path.dropFirst(prefix.count - 1)))
            send(page, to: connection)
            return value
        } catch {
            send(PageAnswer(error), to: connection)
            return nil
        }
    }

    /// Reads a request; `nil` when the other side goes away or takes too long.
    private func read(_ connection: Int32) throws(PageRequest.Refusal) -> PageRequest? {
        var bytes: [UInt8] = []
        var head: Int?
        while head == nil {
            guard bytes.count <= PageRequest.longestHead else { throw .headerTooLarge }
            let known = max(0, bytes.count - 3)
            guard receive(connection, into: &bytes) else { return nil }
            head = bytes[known...].indices.first { bytes[$0...].starts(with: [13, 10, 13, 10]) }
        }
        guard let head else { return nil }
        var request = try PageRequest(head: Array(bytes[..<head]), host: host)
        while bytes.count < head + 4 + request.bodyLength {
            guard receive(connection, into: &bytes) else { return nil }
        }
        guard bytes.count == head + 4 + request.bodyLength else { throw .badRequest }
        request.body = Array(bytes[(head + 4)...])
        return request
    }

    private func receive(_ connection: Int32, into bytes: inout [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 8 << 10)
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        bytes += buffer[..<count]
        return true
    }

    private func send(_ answer: PageAnswer, to connection: Int32) {
        answer.bytes.withUnsafeBytes { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.send(connection, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
        // What was not read yet would make the kernel reset the connection, and the answer be lost.
        shutdown(connection, Int32(SHUT_WR))
    }
}

/// A page that can't be offered.
package struct PageError: ExplainedError, Equatable {
    let reason: String

    package var blame: Blame { .host }
    package var summary: String { "For a page in the browser a socket on loopback is needed: \(reason)" }
    package var hint: String? { "Name the areas with --region X,Y,WIDTH,HEIGHT instead." }
}
