import Foundation
import Glibc
package import SystemPackage

/// A thread that waits for sockets, as a service that ends with its task.
package enum ServingThread {
    /// Runs `body` on a thread of its own, and returns only after it has returned.
    ///
    /// `body` has to return when the file descriptor it is given becomes readable, which it does when the task is
    /// cancelled.
    package static func run(
        _ name: String,
        body: @escaping @Sendable (_ ending: FileDescriptor) throws -> Void
    ) async throws {
        let (ending, cancelling) = try makePair(name)
        let result: Result<Void, any Error> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let thread = Thread { continuation.resume(returning: Result { try body(ending) }) }
                thread.name = name
                thread.start()
            }
        } onCancel: {
            _ = shutdown(cancelling.rawValue, Int32(SHUT_RDWR))
        }
        try? ending.close()
        try? cancelling.close()
        try Task.checkCancellation()
        try result.get()
    }

    /// Waits until one of the files can be read, and returns their descriptors; or `nil` when it is time to end.
    package static func wait(
        for files: [FileDescriptor],
        or ending: FileDescriptor
    ) throws(SimulatedInternetError) -> Set<Int32>? {
        while true {
            var polled = ([ending] + files).map { pollfd(fd: $0.rawValue, events: Int16(POLLIN), revents: 0) }
            if poll(&polled, nfds_t(polled.count), -1) >= 0 {
                if polled[0].revents != 0 { return nil }
                return Set(polled.filter { $0.revents != 0 }.map(\.fd))
            }
            guard errno == EINTR else {
                throw .socketRefused("waiting for packets", reason: "\(Errno(rawValue: errno))")
            }
        }
    }

    /// A pair that no child process inherits.
    private static func makePair(_ name: String) throws(SimulatedInternetError) -> (FileDescriptor, FileDescriptor) {
        var files: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &files) == 0 else {
            throw .socketRefused("ending \(name)", reason: "\(Errno(rawValue: errno))")
        }
        return (FileDescriptor(rawValue: files[0]), FileDescriptor(rawValue: files[1]))
    }
}
