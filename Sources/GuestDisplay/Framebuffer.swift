import Pictures
import Synchronization

/// The newest picture of one console.
///
/// Written by the bus thread, read by anybody.
///
/// Every number comes from the guest or from QEMU and is checked before it is used. The lock is held for
/// copies only, since QEMU has no back-pressure: while the bus thread waits, QEMU's memory grows.
final class Framebuffer: Sendable {
    private struct State: ~Copyable {
        var surface = Surface()
        /// The size that was told last without pixels.
        ///
        /// It may be older or newer than the pixels.
        var announced = Rectangle(x: 0, y: 0, width: 0, height: 0)
        var generation: UInt64 = 0
        var changedAt = ContinuousClock.now
        var refusedMessages = 0
        var pointer: PointerImage?
        var hotSpot = Point(x: 0, y: 0)
        var isConnected = true
        var listeners: [UInt64: AsyncStream<DisplayChange>.Continuation] = [:]
        var nextListener: UInt64 = 0
    }

    /// `PIXMAN_x8r8g8b8` and `PIXMAN_a8r8g8b8`, the only formats that QEMU hands to a D-Bus listener.
    private static let knownFormats: Set<UInt32> = [0x2002_0888, 0x2002_8888]

    private let state = Mutex(State())

    // MARK: - Reading

    var size: (width: Int, height: Int)? { state.withLock { $0.surface.size } }
    var generation: UInt64 { state.withLock { $0.generation } }
    var refusedMessages: Int { state.withLock { $0.refusedMessages } }
    var pointer: PointerImage? { state.withLock { $0.pointer } }
    var isConnected: Bool { state.withLock { $0.isConnected } }

    var frame: Frame? {
        state.withLock { state in
            state.surface.picture()
                .map { Frame(picture: $0, generation: state.generation, changedAt: state.changedAt) }
        }
    }

    /// A stream of its own for each caller, of what happens from now on.
    func changes() -> AsyncStream<DisplayChange> {
        AsyncStream(bufferingPolicy: .bufferingNewest(256)) { continuation in
            let id = state.withLock { state -> UInt64? in
                guard state.isConnected else { return nil }
                state.nextListener += 1
                state.listeners[state.nextListener] = continuation
                return state.nextListener
            }
            guard let id else {
                continuation.yield(DisplayChange(kind: .disconnected, sequence: generation, instant: .now))
                continuation.finish()
                return
            }
            continuation.onTermination = { [weak self] _ in
                _ = self?.state.withLock { $0.listeners.removeValue(forKey: id) }
            }
        }
    }

    // MARK: - Writing, by the bus thread

    /// A whole picture and with it the size of the mode.
    func scanout(width: UInt32, height: UInt32, stride: UInt32, format: UInt32, bytes: UnsafeRawBufferPointer) {
        publish { state in
            let area = Rectangle(x: 0, y: 0, width: Int(width), height: Int(height))
            guard
                Self.knownFormats.contains(format), 1...Picture.longestSide ~= area.width,
                1...Picture.longestSide ~= area.height, bytes.count >= area.width * area.height * Surface.bytesPerPixel
            else { return nil }
            // Only what changed is told later, so what was never told is taken from the picture.
            if state.announced.width == 0 { state.announced.width = area.width }
            if state.announced.height == 0 { state.announced.height = area.height }
            let isResized = state.surface.resize(width: area.width, height: area.height)
            guard let isChanged = state.surface.write(bytes, stride: Int(stride), to: area) else { return nil }
            if isResized { return .resized(width: area.width, height: area.height) }
            return isChanged ? .damaged(area) : .some(nil)
        }
    }

    /// A part of the picture.
    func update(
        x: Int32,
        y: Int32,
        width: Int32,
        height: Int32,
        stride: UInt32,
        format: UInt32,
        bytes: UnsafeRawBufferPointer
    ) {
        publish { state in
            let area = Rectangle(x: Int(x), y: Int(y), width: Int(width), height: Int(height))
            let all = Rectangle(x: 0, y: 0, width: Picture.longestSide, height: Picture.longestSide)
            guard
                Self.knownFormats.contains(format), let size = state.surface.size, !area.isEmpty, all.contains(area),
                bytes.count >= area.width * area.height * Surface.bytesPerPixel
            else { return nil }
            // A change to text mode comes without a whole picture: its rows just begin to arrive, and the size
            // follows on the other connection.
            var isResized = false
            if !Rectangle(x: 0, y: 0, width: size.width, height: size.height).contains(area) {
                let grown = Rectangle(x: 0, y: 0, width: size.width, height: size.height).union(area)
                let mode = state.announced.contains(area) ? state.announced : grown
                isResized = state.surface.resize(width: mode.width, height: mode.height)
            }
            guard let isChanged = state.surface.write(bytes, stride: Int(stride), to: area) else { return nil }
            if isResized, let size = state.surface.size { return .resized(width: size.width, height: size.height) }
            return isChanged ? .damaged(area) : .some(nil)
        }
    }

    /// The size of the mode, without its pixels; a side that is `nil` stays as it is.
    func announce(width: UInt32?, height: UInt32?) {
        publish { state in
            if let width { state.announced.width = min(Int(width), Picture.longestSide) }
            if let height { state.announced.height = min(Int(height), Picture.longestSide) }
            let (width, height) = (state.announced.width, state.announced.height)
            // Before the first picture there is nothing to resize, and it brings its own size.
            guard state.surface.size != nil else { return .some(nil) }
            guard state.surface.resize(width: width, height: height) else { return .some(nil) }
            return .resized(width: width, height: height)
        }
    }

    func disable() {
        publish { state in
            state.surface.hide()
            return .disabled
        }
    }

    /// Takes no more changes and ends every stream.
    ///
    /// Later calls do nothing.
    func disconnect() {
        publish { state in
            guard state.isConnected else { return .some(nil) }
            state.isConnected = false
            return .disconnected
        }
        let listeners = state.withLock { state in
            let listeners = state.listeners
            state.listeners = [:]
            return listeners
        }
        for listener in listeners.values { listener.finish() }
    }

    func refuseMessage() { state.withLock { $0.refusedMessages += 1 } }

    func movePointer(x: Int32, y: Int32, isVisible: Bool) {
        state.withLock { state in
            var rectangle = state.pointer?.rectangle ?? Rectangle(x: 0, y: 0, width: 0, height: 0)
            rectangle.x = Int(x) - state.hotSpot.x
            rectangle.y = Int(y) - state.hotSpot.y
            state.pointer = PointerImage(rectangle: rectangle, isVisible: isVisible)
        }
    }

    func definePointer(width: Int32, height: Int32, hotX: Int32, hotY: Int32) {
        guard 0...512 ~= width, 0...512 ~= height, 0...width ~= hotX, 0...height ~= hotY else { return refuseMessage() }
        state.withLock { state in
            var pointer =
                state.pointer ?? PointerImage(rectangle: .init(x: 0, y: 0, width: 0, height: 0), isVisible: false)
            pointer.rectangle.x += state.hotSpot.x - Int(hotX)
            pointer.rectangle.y += state.hotSpot.y - Int(hotY)
            pointer.rectangle.width = Int(width)
            pointer.rectangle.height = Int(height)
            state.pointer = pointer
            state.hotSpot = Point(x: Int(hotX), y: Int(hotY))
        }
    }

    // MARK: - Private parts

    /// Applies a message: `nil` refuses it, `.some(nil)` says that it changed nothing.
    private func publish(_ body: (inout State) -> DisplayChange.Kind??) {
        let (change, listeners) = state.withLock {
            state -> (DisplayChange?, [AsyncStream<DisplayChange>.Continuation]) in
            guard let kind = body(&state) else {
                state.refusedMessages += 1
                return (nil, [])
            }
            guard let kind else { return (nil, []) }
            let change = DisplayChange(kind: kind, sequence: state.generation + 1, instant: .now)
            // The end of the machine changes no pixel.
            if kind != .disconnected {
                state.generation = change.sequence
                state.changedAt = change.instant
            }
            return (change, Array(state.listeners.values))
        }
        guard let change else { return }
        for listener in listeners { listener.yield(change) }
    }
}
