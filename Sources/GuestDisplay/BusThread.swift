import CSystemd
import Foundation
import Synchronization

/// One thread that owns every D-Bus connection of one virtual machine.
///
/// sd-bus is not safe to share: only this thread touches a connection. It never waits for a consumer.
/// ```
/// running ── stop() ──> stopped      (pending calls fail, connections close, exit handlers run)
///    └─ a connection is lost ─> running without it; calls on it fail, `onLost` is told
/// ```
///
/// `@unchecked Sendable`: `jobs` and `phase` are guarded by a mutex; everything marked "bus thread only" is
/// touched by nobody else, since it is private and reached through jobs and callbacks of sd-bus alone.
final class BusThread: @unchecked Sendable {
    typealias Job = @Sendable (BusThread) -> Void
    typealias Reply = @Sendable (Result<Void, GuestDisplayError>) -> Void

    private struct Inbox {
        var jobs: [Job] = []
        var isStopping = false
        var hasEnded = false
        var endWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private let inbox = Mutex(Inbox())
    private let wake: Int32
    private let onLost: @Sendable () -> Void

    // Bus thread only.
    private var connections: [OpaquePointer] = []
    /// Closed, but still referred to by whoever holds them: calls get an error from sd-bus.
    private var lost: [OpaquePointer] = []
    fileprivate var pending: Set<PendingCall> = []
    private var exitHandlers: [() -> Void] = []

    init(name: String, onLost: @escaping @Sendable () -> Void) throws(GuestDisplayError) {
        wake = csystemd_eventfd()
        guard wake >= 0 else { throw .unusable(reason: "no eventfd: \(String(cString: strerror(errno)))") }
        self.onLost = onLost
        let thread = Thread { self.run() }
        thread.name = name
        thread.start()
    }

    /// Runs a job on the thread; returns false when it has been told to stop.
    func post(_ job: @escaping Job) -> Bool {
        inbox.withLock { inbox in
            guard !inbox.isStopping else { return false }
            inbox.jobs.append(job)
            // Under the lock: the thread closes the descriptor only after it has seen `isStopping`.
            csystemd_eventfd_post(wake)
            return true
        }
    }

    /// Ends the thread and returns when it has let go of everything.
    func stop() async {
        inbox.withLock { inbox in
            if !inbox.isStopping { csystemd_eventfd_post(wake) }
            inbox.isStopping = true
        }
        await withCheckedContinuation { continuation in
            let hasEnded = inbox.withLock { inbox in
                if !inbox.hasEnded { inbox.endWaiters.append(continuation) }
                return inbox.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    // MARK: - Bus thread only

    /// Takes over a socket whose other end is the authenticating server, peer to peer.
    func open(_ socket: Int32, name: String) throws(GuestDisplayError) -> OpaquePointer {
        var bus: OpaquePointer?
        var status = sd_bus_new(&bus)
        guard status >= 0, let bus else {
            close(socket)
            throw .unusable(reason: "sd_bus_new: \(String(cString: strerror(-status)))")
        }
        status = sd_bus_set_fd(bus, socket, socket)
        guard status >= 0 else {
            close(socket)
            sd_bus_unref(bus)
            throw .unusable(reason: "sd_bus_set_fd: \(String(cString: strerror(-status)))")
        }
        sd_bus_set_description(bus, name)
        status = sd_bus_negotiate_fds(bus, 1)
        // Peer to peer, hence no sd_bus_set_bus_client and no Hello.
        if status >= 0 { status = sd_bus_start(bus) }
        guard status >= 0 else {
            sd_bus_close_unref(bus)
            throw .unusable(reason: "sd_bus_start: \(String(cString: strerror(-status)))")
        }
        connections.append(bus)
        return bus
    }

    /// Runs when the connections are closed and no callback can come any more.
    func onExit(_ handler: @escaping () -> Void) { exitHandlers.append(handler) }

    /// Sends a call; `reply` runs exactly once, on this thread.
    func call(_ bus: OpaquePointer, _ call: MethodCall, reply: @escaping Reply) {
        var message: OpaquePointer?
        var status = sd_bus_message_new_method_call(bus, &message, nil, call.path, call.interface, call.member)
        defer { sd_bus_message_unref(message) }
        for argument in call.arguments where status >= 0 {
            status = argument.append(to: message)
        }
        guard status >= 0 else { return reply(.failure(failure(status, call.member))) }
        let waiting = PendingCall(member: call.member, thread: self, reply: reply)
        pending.insert(waiting)
        let timeout: UInt64 = 10_000_000
        status = sd_bus_call_async(
            bus,
            nil,
            message,
            finishCall,
            Unmanaged.passUnretained(waiting).toOpaque(),
            timeout
        )
        if status < 0 { waiting.finish(.failure(failure(status, call.member))) }
    }

    private func failure(_ status: Int32, _ member: String) -> GuestDisplayError {
        switch -status {
        case ENOTCONN, ECONNRESET, EPIPE: .disconnected(during: member)
        default: .refused(call: member, reason: String(cString: strerror(-status)))
        }
    }

    private func run() {
        while true {
            let (jobs, isStopping) = inbox.withLock { inbox in
                let jobs = inbox.jobs
                inbox.jobs = []
                return (jobs, inbox.isStopping)
            }
            for job in jobs { job(self) }
            guard !isStopping else { break }
            // Latest first, so that pixels are taken in before the size that QEMU tells after them on the other connection.
            for bus in connections.reversed() { process(bus) }
            waitForWork()
        }
        end()
    }

    private func process(_ bus: OpaquePointer) {
        while true {
            let status = sd_bus_process(bus, nil)
            guard status != 0 else { return }
            guard status > 0 else { break }
        }
        connections.removeAll { $0 == bus }
        lost.append(bus)
        sd_bus_close(bus)
        for call in pending { call.finish(.failure(.disconnected(during: call.member))) }
        onLost()
    }

    private func waitForWork() {
        var polls = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        var deadline = UInt64.max
        for bus in connections {
            let events = Int16(truncatingIfNeeded: max(0, sd_bus_get_events(bus)))
            polls.append(pollfd(fd: sd_bus_get_fd(bus), events: events, revents: 0))
            var due = UInt64.max
            if sd_bus_get_timeout(bus, &due) >= 0 { deadline = min(deadline, due) }
        }
        var milliseconds: Int32 = -1
        if deadline != .max {
            let now = clock_gettime_nsec() / 1000
            milliseconds = deadline <= now ? 0 : Int32(min((deadline - now + 999) / 1000, 60_000))
        }
        poll(&polls, nfds_t(polls.count), milliseconds)
        if polls[0].revents != 0 { csystemd_eventfd_clear(wake) }
    }

    private func end() {
        for call in pending { call.finish(.failure(.disconnected(during: call.member))) }
        for bus in connections + lost { sd_bus_close_unref(bus) }
        (connections, lost) = ([], [])
        for handler in exitHandlers { handler() }
        exitHandlers = []
        onLost()
        let waiters = inbox.withLock { inbox in
            inbox.hasEnded = true
            close(wake)
            return inbox.endWaiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

// MARK: - Calls

/// A method of QEMU's and its arguments.
struct MethodCall: Sendable {
    let path: String
    let interface: String
    let member: String
    var arguments: [Argument] = []

    enum Argument: Sendable {
        case uint32(UInt32)
        case int32(Int32)
        /// Duplicated by sd-bus; the caller keeps its own.
        case descriptor(Int32)

        func append(to message: OpaquePointer?) -> Int32 {
            switch self {
            case .uint32(var value): sd_bus_message_append_basic(message, CChar(UInt8(ascii: "u")), &value)
            case .int32(var value): sd_bus_message_append_basic(message, CChar(UInt8(ascii: "i")), &value)
            case .descriptor(var value): sd_bus_message_append_basic(message, CChar(UInt8(ascii: "h")), &value)
            }
        }
    }
}

/// A call that has not been answered.
///
/// Kept alive by its thread's `pending` and used on that thread only.
private final class PendingCall: Hashable {
    let member: String
    private unowned let thread: BusThread
    private let reply: BusThread.Reply

    init(member: String, thread: BusThread, reply: @escaping BusThread.Reply) {
        self.member = member
        self.thread = thread
        self.reply = reply
    }

    func finish(_ result: Result<Void, GuestDisplayError>) {
        if thread.pending.remove(self) != nil { reply(result) }
    }

    static func == (first: PendingCall, second: PendingCall) -> Bool { first === second }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

private let finishCall: sd_bus_message_handler_t = { message, userdata, _ in
    guard let userdata else { return 0 }
    let call = Unmanaged<PendingCall>.fromOpaque(userdata).takeUnretainedValue()
    guard let error = sd_bus_message_get_error(message) else {
        call.finish(.success(()))
        return 1
    }
    let name = error.pointee.name.map { String(cString: $0) } ?? "unknown error"
    let text = error.pointee.message.map { String(cString: $0) } ?? name
    let isLost = ["org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.Disconnected"].contains(name)
    call.finish(
        .failure(isLost ? .disconnected(during: call.member) : .refused(call: call.member, reason: text))
    )
    return 1
}

private func clock_gettime_nsec() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
