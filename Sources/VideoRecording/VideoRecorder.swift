package import GuestDisplay
import Pictures
import Synchronization
package import SystemPackage

/// A screen that can be filmed.
package protocol FilmedDisplay: AnyObject, Sendable {
    /// The newest picture, or `nil` while the guest shows none.
    func frame() -> Frame?
    /// Changes from now on, a stream for each caller, which ends when the machine has gone.
    var changes: AsyncStream<DisplayChange> { get }
}

extension GuestDisplay: FilmedDisplay {}

/// Makes a video of what a scenario's screens show, one after the other, with captions.
///
/// ```
/// display ── it has changed ──> recorder ── the newest picture, when its pace allows ──> ffmpeg
/// ```
/// Nobody waits for it: a display only says that it has changed, and the recorder takes what is newest when the encoder is
/// ready for another picture. At most two pictures are held.
package final class VideoRecorder: Sendable {
    private enum Signal {
        case changed, due
    }

    private struct State {
        var display: (any FilmedDisplay)?
        /// When the video begins and ends, since the recorder was made.
        var start: Duration?
        var end: Duration?
        var captions = Captions()
    }

    private let canvas: VideoCanvas
    private let clock: any Clock<Duration>
    /// The time since the recorder was made.
    private let now: @Sendable () -> Duration
    private let state = Mutex(State())
    private let signals: AsyncStream<Signal>
    private let signal: AsyncStream<Signal>.Continuation

    /// Creates a recorder.
    ///
    /// - Parameters:
    ///   - width: Pixels of the mode that the guest is expected to use.
    ///   - height: Its lines.
    ///   - clock: What the times and the pace of the video go by.
    package init(width: Int, height: Int, clock: any Clock<Duration> = ContinuousClock()) {
        canvas = VideoCanvas(width: width, height: height)
        self.clock = clock
        now = Self.stopwatch(clock)
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(2))
    }

    // MARK: - What it is told

    /// Watches a display for as long as it is there, or until the task is cancelled.
    package func watch(_ display: some FilmedDisplay) async {
        let changes = display.changes
        state.withLock { $0.display = display }
        signal.yield(.changed)
        for await change in changes where change.kind != .disconnected { signal.yield(.changed) }
        state.withLock { state in if state.display === display { state.display = nil } }
    }

    /// Shows a text from now on; the first one is the beginning of the video.
    package func caption(_ text: String) {
        let now = now()
        state.withLock { state in
            let start = state.start ?? now
            state.start = start
            state.captions.show(text, at: now - start)
        }
        signal.yield(.changed)
    }

    /// Shows no text from now on.
    package func hideCaption() {
        let now = now()
        state.withLock { state in
            if let start = state.start { state.captions.hide(at: now - start) }
        }
    }

    /// Ends the video now.
    package func finish() {
        let now = now()
        state.withLock { $0.end = $0.end ?? now }
        signal.finish()
    }

    // MARK: - What it makes

    /// Records until ``finish()``.
    ///
    /// - Parameter file: Where the video goes.
    /// - Returns: Whether there is one; there is none when nothing was ever shown.
    /// - Throws: A ``VideoError``, or `CancellationError`.
    package func record(to file: FilePath) async throws -> Bool {
        // No encoder before there is something to encode: many a scenario never looks at a screen.
        for await _ in signals where elapsed != nil && newest != nil {
            try await encode(to: file)
            return true
        }
        try Task.checkCancellation()
        return false
    }

    private func encode(to file: FilePath) async throws {
        let (socket, other) = try PictureSocket.pair()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                await feed(socket)
                socket.end()
            }
            group.addTask { try await VideoEncoder.encode(other, to: file) }
            try await withTaskCancellationHandler {
                // The feed ends by itself when the encoder does, and the other way round.
                try await group.next()
                try await group.next()
            } onCancel: {
                finish()
                socket.end()
            }
        }
    }

    /// Adds the captions to a video that is complete.
    ///
    /// - Parameters:
    ///   - video: The video.
    ///   - file: Where the one with captions goes.
    ///   - track: Where the captions go, as a file of their own.
    /// - Throws: A ``VideoError``, or an error of writing the captions.
    package func addCaptions(to video: FilePath, writing file: FilePath, track: FilePath) async throws {
        let now = now()
        let text = state.withLock { state in
            let start = state.start ?? now
            return state.captions.webVTT(endingAt: (state.end ?? now) - start)
        }
        let out = try FileDescriptor.open(
            track,
            .writeOnly,
            options: [.create, .truncate, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        _ = try out.closeAfter { try out.writeAll(text.utf8) }
        try await VideoEncoder.add(track, to: video, writing: file)
    }

    // MARK: - Feeding the encoder

    private func feed(_ socket: PictureSocket) async {
        let stream = MatroskaStream(width: canvas.width, height: canvas.height)
        var pace = FramePace()
        var last: Picture?
        var shown: [UInt8]?
        var isTimed = false
        signal.yield(.changed)
        await withDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            // What is shown after the end is no part of it, however late that is noticed here.
            for await signal in signals where !hasEnded {
                if case .due = signal { isTimed = false }
                guard let now = elapsed else { continue }
                let wait = pace.wait(at: now)
                guard wait <= .zero else {
                    guard !isTimed else { continue }
                    isTimed = true
                    group.addTask { [self] in
                        try? await clock.sleep(for: wait)
                        self.signal.yield(.due)
                    }
                    continue
                }
                isTimed = false
                guard let picture = newest, picture != last else { continue }
                pace.take(at: now)
                let bytes = canvas.bytes(of: picture)
                var parts = [stream.prefix(at: Self.milliseconds(now)), bytes]
                if shown == nil { parts.insert(stream.header, at: 0) }
                (last, shown) = (picture, bytes)
                guard await socket.write(parts) else { return }
            }
        }
        // What was shown last stands until the end, however the pace was, and a video lasts as long as its last picture.
        guard let end = length else { return }
        let final = newest.map { canvas.bytes(of: $0) } ?? shown
        guard let final else { return }
        let header = shown == nil ? [stream.header] : []
        _ = await socket.write(header + [stream.prefix(at: Self.milliseconds(end)), final])
    }

    private var newest: Picture? { state.withLock { $0.display }?.frame()?.picture }

    private var hasEnded: Bool { state.withLock { $0.end != nil } }

    private var elapsed: Duration? {
        let now = now()
        return state.withLock { $0.start.map { now - $0 } }
    }

    private var length: Duration? {
        let now = now()
        return state.withLock { state in state.start.map { (state.end ?? now) - $0 } }
    }

    private static func stopwatch<C: Clock<Duration>>(_ clock: C) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }

    private static func milliseconds(_ time: Duration) -> Int { Int(time / .milliseconds(1)) }
}
