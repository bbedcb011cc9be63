import Dispatch
import Glibc
import PacketDecoding
import Synchronization
import SystemPackage

/// Records what every TCP socket of this network namespace received, until its end, without a look at any frame.
///
/// The kernel tells of each socket at the moment in which it goes, with its counters; those that are left at the end
/// are asked for. That it does so is proven as a capture proves itself: by a connection of the recorder's own, whose
/// record must come with exactly the bytes that were sent.
package final class ConnectionRecorder: Sendable {
    private struct State {
        /// By the kernel's own numbers.
        var sockets: [UInt64: SocketRecord] = [:]
        var doubts: [String] = []
        var awaited: (local: Endpoint, record: AsyncStream<SocketRecord>.Continuation)?
    }

    /// More would be a flood, of which the records would take a gigabyte.
    private static let mostSockets = 1_000_000
    private static let longestWaitForCanary = Duration.seconds(5)

    private let state = Mutex(State())
    private let kernel: KernelSockets
    private let clock: any Clock<Duration>
    /// Unsafe in name only: sources may be used from any thread (dispatch_source_create(3)), and this is only cancelled.
    nonisolated(unsafe) private let source: any DispatchSourceRead

    /// Starts to record.
    ///
    /// - Parameter clock: What the patience with a canary goes by.
    /// - Throws: A ``ConnectionRecorderError`` when the kernel does not tell of sockets.
    package init(clock: any Clock<Duration> = ContinuousClock()) throws(ConnectionRecorderError) {
        self.clock = clock
        do {
            kernel = try KernelSockets(listening: true)
        } catch {
            throw .refused(error)
        }
        let source = DispatchSource.makeReadSource(
            fileDescriptor: kernel.file.rawValue,
            queue: DispatchQueue(label: "connection records")
        )
        self.source = source
        let kernel = kernel
        source.setEventHandler { [weak self] in self?.read() }
        source.setCancelHandler { kernel.close() }
        source.activate()
    }

    deinit { source.cancel() }

    /// Proves that records come; the reason is a doubt when they don't.
    package func proveAlive() async {
        if let reason = await reasonOfCanary() { state.withLock { $0.doubts.append(reason) } }
    }

    /// Takes down what the sockets have received that are there now.
    ///
    /// To be called once the guest is gone and before its world goes: a socket that its program never took from the
    /// kernel forgets everything when that program ends.
    package func takeStock() {
        do throws(Errno) {
            let kernel = try KernelSockets(listening: false)
            defer { kernel.close() }
            for socket in try kernel.all() { keep(socket) }
        } catch {
            state.withLock { $0.doubts.append("The kernel could not be asked for its sockets: \(error).") }
        }
    }

    /// Ends the recording, and says what the sockets received.
    ///
    /// What is still sent to a socket after this is in no record.
    package func close() async -> SocketRecords {
        takeStock()
        await proveAlive()
        source.cancel()
        return state.withLock { SocketRecords(sockets: Array($0.sockets.values), doubts: $0.doubts) }
    }

    // MARK: - Reading

    /// Reads all that the kernel has told, on the source's own queue.
    private func read() {
        while true {
            do throws(Errno) {
                guard let answer = try kernel.next() else { return }
                if case .sockets(let sockets) = answer { for socket in sockets { add(socket) } }
            } catch {
                // Records were lost: what is missing can't be called a leak, nor clean.
                state.withLock { state in
                    if state.doubts.count < 8 { state.doubts.append("Records of sockets were lost: \(error).") }
                }
                if error != .noBufferSpace { return source.cancel() }
            }
        }
    }

    private func add(_ socket: SocketRecord) {
        let waiter = state.withLock { state -> AsyncStream<SocketRecord>.Continuation? in
            guard let awaited = state.awaited, awaited.local == socket.local, socket.peer.port != 0 else { return nil }
            state.awaited = nil
            return awaited.record
        }
        if let waiter { _ = waiter.yield(socket) } else { keep(socket) }
    }

    private func keep(_ socket: SocketRecord) {
        // One that has no peer, or no longer, tells nothing.
        guard socket.peer.port != 0 else { return }
        state.withLock { state in
            if let known = state.sockets[socket.cookie], known.received >= socket.received { return }
            if state.sockets.count < Self.mostSockets || state.sockets[socket.cookie] != nil {
                state.sockets[socket.cookie] = socket
            } else if state.doubts.count < 8 {
                state.doubts.append("There were more than \(Self.mostSockets) sockets.")
            }
        }
    }

    // MARK: - Canary

    private func reasonOfCanary() async -> String? {
        let size = Int.random(in: 1_000...9_000)
        let canary: CanaryConnection
        do throws(Errno) { canary = try CanaryConnection() } catch {
            return "A canary connection could not be made: \(error)."
        }
        // A stream, which also keeps a record that comes before anybody waits for it.
        let (records, intake) = AsyncStream.makeStream(of: SocketRecord.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.awaited = (canary.local, intake) }
        defer { state.withLock { $0.awaited = nil } }
        canary.send(size)
        let record = await withTaskGroup(of: SocketRecord?.self) { group in
            group.addTask { await records.first { _ in true } }
            group.addTask { [clock] in
                try? await clock.sleep(for: Self.longestWaitForCanary)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        guard let record else { return "The kernel did not tell of a canary connection that had ended." }
        let expected = size + 1
        return record.received == expected
            ? nil : "A canary connection received \(expected) bytes, and the kernel counted \(record.received)."
    }
}
