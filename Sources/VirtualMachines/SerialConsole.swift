import Dispatch
import Glibc
import Synchronization
package import SystemPackage

/// What a guest writes to its serial console, while it writes it.
///
/// Valid within the scope that made it.
package final class SerialConsole: Sendable {
    private let content = Mutex(ConsoleText())
    /// Says that `content` has changed.
    private let changes = Broadcast<Void>(limit: 1)

    /// What was written so far: the last part of it, without escape sequences.
    package var text: String { content.withLock(\.text) }

    /// The panic of the guest's kernel, if there was one.
    package var panic: KernelPanic? { content.withLock(\.panic) }

    /// Waits until a text has been written, and returns all that was written until then.
    ///
    /// - Throws: ``KernelPanic`` when the guest's kernel panics before, ``SerialConsoleError``, `CancellationError`.
    package func wait(for wanted: String, within limit: Duration) async throws -> String {
        try await wait(for: "'\(wanted)'", within: limit) { text in text.contains(wanted) ? text : nil }
    }

    /// Waits until the guest's kernel panics; returns `nil` when the scope ends before.
    package func nextPanic() async -> KernelPanic? {
        for await _ in changes.elements {
            if let panic { return panic }
        }
        return nil
    }

    /// Waits until `match` finds something in what was written.
    package func wait<Value: Sendable>(
        for description: String,
        within limit: Duration,
        _ match: @escaping @Sendable (String) -> Value?
    ) async throws -> Value {
        let found: Value? = try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                for await _ in self.changes.elements {
                    let (text, panic) = self.content.withLock { ($0.text, $0.panic) }
                    if let value = match(text) { return value }
                    if let panic { throw panic }
                }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        try Task.checkCancellation()
        guard let found else {
            let lastLines = content.withLock { $0.lastLines(10) }
            throw SerialConsoleError.notSeen(description, limit: limit, lastLines: lastLines)
        }
        return found
    }

    // MARK: - Reading

    fileprivate init() {
        changes.send(())
    }

    fileprivate func append(_ bytes: some Sequence<UInt8>) {
        content.withLock { $0.append(bytes) }
        changes.send(())
    }

    fileprivate func finish() { changes.finish() }
}

/// Follows the file to which a machine's serial port is written, while `body` runs.
///
/// The file is made when it does not exist, and read from its beginning.
package func withSerialConsole<Value>(
    _ log: FilePath,
    body: (SerialConsole) async throws -> Value
) async throws -> Value {
    let file: FileDescriptor
    do {
        file = try FileDescriptor.open(log, .readOnly, options: .create, permissions: .ownerReadWrite)
    } catch {
        throw SerialConsoleError.unreadable(log, "\(error)")
    }
    let watch = FileDescriptor(rawValue: inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)))
    guard watch.rawValue >= 0, inotify_add_watch(watch.rawValue, log.string, UInt32(IN_MODIFY)) >= 0 else {
        let reason = Errno(rawValue: errno)
        try? file.close()
        throw SerialConsoleError.unreadable(log, "\(reason)")
    }

    let console = SerialConsole()
    let queue = DispatchQueue(label: "serial console")
    let source = DispatchSource.makeReadSource(fileDescriptor: watch.rawValue, queue: queue)
    source.setEventHandler {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        // The notices say nothing but that there is something to read.
        while let count = try? buffer.withUnsafeMutableBytes({ try watch.read(into: $0) }), count > 0 {}
        while let count = try? buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
            console.append(buffer.prefix(count))
        }
    }
    source.setCancelHandler {
        try? watch.close()
        try? file.close()
    }
    source.activate()
    defer {
        source.cancel()
        console.finish()
    }
    return try await body(console)
}
