import CPacketSocket
import Glibc
import PacketDecoding
import Synchronization
import SystemPackage

/// The thread that empties the ring: it writes each frame, hands it on, and recognises canaries.
///
///     reading ── stop(.finished) ──▶ draining ──▶ ended
///        │                                          ▲
///        ├── stop(.brokenOff) ──────────────────────┤
///        └── interface vanished, poll failed ───────┘
///
/// Unchecked: `ring`, `writer`, `counters` and `isAlarmed` are touched by the thread that runs `run()` only, which is started once
/// and after `init`; everything that others reach is in `shared`, behind its lock, or immutable.
final class CaptureLoop: @unchecked Sendable {
    enum Stop {
        case finished
        case brokenOff
    }

    private struct Shared {
        var comments: [String] = []
        var awaited: [[UInt8]: Waiter] = [:]
        var stop: Stop?
        var end: End?
        var endWaiters: [CheckedContinuation<End, Never>] = []
    }

    private struct Waiter {
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Bool, Never>
    }

    /// What the thread leaves behind.
    struct End {
        var framesFromGuest = 0
        var framesToGuest = 0
        var kernelDrops = 0
        var canariesSeen = 0
        var reasons: [String] = []
    }

    private let interface: String
    private let ring: PacketRing
    private var writer: PCAPNGWriter
    private let deliver: @Sendable (CapturedFrame) -> String?
    private let alarm: @Sendable ([String]) -> Void
    private var isAlarmed = false
    private let event: FileDescriptor
    private let startedAt: UInt64
    private var counters = End()
    private let shared = Mutex(Shared())

    /// More would be a step that comments in a loop.
    private static let mostPendingComments = 256

    init(
        interface: String,
        ring: PacketRing,
        file: FileDescriptor,
        deliver: @escaping @Sendable (CapturedFrame) -> String?,
        alarm: @escaping @Sendable ([String]) -> Void
    ) throws(PacketCaptureError) {
        self.interface = interface
        self.ring = ring
        self.deliver = deliver
        self.alarm = alarm
        writer = PCAPNGWriter(file: file, interface: interface)
        let status = cpacket_event_open()
        guard status >= 0 else {
            throw .refused(what: "make an event for the capture", interface: interface, code: -status)
        }
        event = FileDescriptor(rawValue: status)
        startedAt = Self.now
    }

    deinit {
        try? event.close()
    }

    // MARK: - For others

    /// Adds a comment to the next frame, or to the end of the capture.
    func comment(_ text: String, isVital: Bool) {
        shared.withLock { if isVital || $0.comments.count < Self.mostPendingComments { $0.comments.append(text) } }
    }

    /// Sends a canary and returns whether it was seen in time.
    func sees(_ canary: Canary, within limit: Duration, send: () throws(Errno) -> Void) async throws(Errno) -> Bool {
        // Registered before it is sent: the thread may see it before `send` returns.
        let sent = Mutex<Errno?>(nil)
        let seen = await withCheckedContinuation { continuation in
            let waiter = Waiter(deadline: .now + limit, continuation: continuation)
            let hasEnded = shared.withLock {
                if $0.end == nil { $0.awaited[canary.frame] = waiter }
                return $0.end != nil
            }
            if hasEnded { continuation.resume(returning: false) }
            do throws(Errno) {
                try send()
            } catch {
                sent.withLock { $0 = error }
                takeWaiter(for: canary.frame)?.continuation.resume(returning: false)
            }
            cpacket_event_signal(event.rawValue)
        }
        if let error = sent.withLock({ $0 }) { throw error }
        return seen
    }

    /// Asks the thread to end; the first request counts.
    func stop(_ stop: Stop) {
        shared.withLock { $0.stop = $0.stop ?? stop }
        cpacket_event_signal(event.rawValue)
    }

    /// Waits until the thread has ended.
    func end() async -> End {
        await withCheckedContinuation { continuation in
            let end = shared.withLock {
                if $0.end == nil { $0.endWaiters.append(continuation) }
                return $0.end
            }
            if let end { continuation.resume(returning: end) }
        }
    }

    // MARK: - The thread

    func run() {
        while true {
            let stop = shared.withLock { $0.stop }
            if stop == .brokenOff {
                counters.reasons.append("The capture was broken off on purpose.")
                break
            }
            if readBlock() { continue }
            if stop == .finished {
                drain()
                break
            }
            writer.flush()
            expireCanaries()
            guard wait() else { break }
            raiseAlarm()
        }
        raiseAlarm()
        finish()
    }

    /// Waits for a block, a request or a deadline; returns whether the capture can go on.
    private func wait() -> Bool {
        var files = [
            pollfd(fd: ring.socket, events: Int16(POLLIN), revents: 0),
            pollfd(fd: event.rawValue, events: Int16(POLLIN), revents: 0),
        ]
        if poll(&files, 2, timeoutInMilliseconds()) < 0, errno != EINTR {
            counters.reasons.append("Waiting for frames failed: \(Errno(rawValue: errno)).")
            return false
        }
        if files[1].revents != 0 { cpacket_event_clear(event.rawValue) }
        return Int32(files[0].revents) & (POLLERR | POLLHUP | POLLNVAL) == 0 || survivesError()
    }

    /// Notes what became of the interface; a capture of an interface that is only down goes on, for it may come up.
    private func survivesError() -> Bool {
        let error = ring.takeError()
        do throws(Errno) {
            let link = try LinkCounter.read(interface)
            if link.index == ring.interfaceIndex {
                let what = link.is_up ? "broke" : "went down"
                counters.reasons.append("The interface \(interface) \(what): \(error ?? .ioError).")
                return error != nil
            }
        } catch {}
        counters.reasons.append("The interface \(interface) vanished.")
        return false
    }

    private func timeoutInMilliseconds() -> Int32 {
        guard let deadline = shared.withLock({ $0.awaited.values.map(\.deadline).min() }) else { return -1 }
        let left = ContinuousClock.now.duration(to: deadline)
        return Int32(clamping: max(0, Int(left / .milliseconds(1)) + 1))
    }

    /// Reads what the kernel still holds in a block that is not yet due.
    private func drain() {
        var files = [pollfd(fd: ring.socket, events: Int16(POLLIN), revents: 0)]
        let longestWaitInMilliseconds: Int32 = 20
        _ = poll(&files, 1, longestWaitInMilliseconds)
        while readBlock() {}
    }

    // MARK: - Frames

    private func readBlock() -> Bool {
        guard let frames = ring.nextFrames() else { return false }
        for raw in frames { handle(raw) }
        return true
    }

    private func handle(_ raw: RawFrame) {
        let number = counters.framesFromGuest + counters.framesToGuest + counters.canariesSeen + 1
        let frame = CapturedFrame(
            number: number,
            timestamp: raw.timestamp,
            direction: raw.direction,
            originalLength: raw.originalLength,
            bytes: raw.bytes
        )
        if frame.direction == .fromGuest, let canary = takeWaiter(for: frame.bytes) {
            counters.canariesSeen += 1
            writer.write(frame, comments: takeComments() + ["canary: the capture is alive"])
            // Last: what is commented once the canary is seen belongs to the frames behind it.
            canary.continuation.resume(returning: true)
            return
        }
        if frame.direction == .fromGuest { counters.framesFromGuest += 1 } else { counters.framesToGuest += 1 }
        let finding = deliver(frame)
        // Only now: what is commented while the frame is judged stands beside it.
        writer.write(frame, comments: takeComments() + (finding.map { [$0] } ?? []))
    }

    private func takeComments() -> [String] {
        shared.withLock { shared in
            defer { shared.comments.removeAll() }
            return shared.comments
        }
    }

    // MARK: - Canaries

    /// Whoever awaits the canary; to be resumed exactly once by the caller.
    private func takeWaiter(for frame: [UInt8]) -> Waiter? {
        shared.withLock { $0.awaited.isEmpty ? nil : $0.awaited.removeValue(forKey: frame) }
    }

    private func expireCanaries() {
        let now = ContinuousClock.now
        let expired = shared.withLock { shared in
            let expired = shared.awaited.filter { $0.value.deadline <= now }
            for frame in expired.keys { shared.awaited[frame] = nil }
            return expired
        }
        for waiter in expired.values { waiter.continuation.resume(returning: false) }
    }

    // MARK: - End

    /// Tells, once, that the capture can't prove anything any more, so that nobody waits for its end to learn that.
    private func raiseAlarm() {
        guard !isAlarmed else { return }
        let failure = writer.failure.map { ["The capture can't be written in full: \($0)."] } ?? []
        guard !counters.reasons.isEmpty || !failure.isEmpty else { return }
        isAlarmed = true
        alarm(counters.reasons + failure)
    }

    private func finish() {
        switch ring.takeDrops() {
        case .success(let drops): counters.kernelDrops = drops
        case .failure(let error): counters.reasons.append("The kernel's drop counter could not be read: \(error).")
        }
        writer.finish(
            startedAt: startedAt,
            endedAt: Self.now,
            frames: counters.framesFromGuest + counters.framesToGuest + counters.canariesSeen,
            drops: counters.kernelDrops,
            comments: shared.withLock { $0.comments }
        )
        if let error = writer.failure {
            counters.reasons.append("The capture could not be written in full: \(error).")
        }
        let end = counters
        let (waiters, awaited) = shared.withLock { shared in
            shared.end = end
            defer { (shared.endWaiters, shared.awaited) = ([], [:]) }
            return (shared.endWaiters, shared.awaited)
        }
        for waiter in awaited.values { waiter.continuation.resume(returning: false) }
        for waiter in waiters { waiter.resume(returning: end) }
    }

    /// Nanoseconds since 1970, by the clock that stamps the frames.
    private static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(clamping: time.tv_sec) * 1_000_000_000 + UInt64(clamping: time.tv_nsec)
    }
}
