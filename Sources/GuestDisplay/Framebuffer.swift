import CSystemd
import Pictures
import Synchronization

/// The newest picture of one console. Written by the bus thread, read by anybody.
///
/// Every number comes from the guest or from QEMU and is checked before it is used. The lock is held for
/// copies only, since QEMU has no back-pressure: while the bus thread waits, QEMU's memory grows.
final class Framebuffer: Sendable {
    private struct State: ~Copyable {
        var pixels = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        var size: (width: Int, height: Int)?
        var generation: UInt64 = 0
        var changedAt = ContinuousClock.now
        var refusedMessages = 0
        var pointer: PointerImage?
        var hotSpot = Point(x: 0, y: 0)
        var isConnected = true
        var listeners: [UInt64: AsyncStream<DisplayChange>.Continuation] = [:]
        var nextListener: UInt64 = 0

        deinit { pixels.deallocate() }
    }

    private static let bytesPerPixel = 4
    /// `PIXMAN_x8r8g8b8` and `PIXMAN_a8r8g8b8`, the only formats that QEMU hands to a D-Bus listener.
    private static let knownFormats: Set<UInt32> = [0x2002_0888, 0x2002_8888]

    private let state = Mutex(State())

    // MARK: - Reading

    var size: (width: Int, height: Int)? { state.withLock { $0.size } }
    var generation: UInt64 { state.withLock { $0.generation } }
    var refusedMessages: Int { state.withLock { $0.refusedMessages } }
    var pointer: PointerImage? { state.withLock { $0.pointer } }
    var isConnected: Bool { state.withLock { $0.isConnected } }

    var frame: Frame? {
        state.withLock { state in
            guard let size = state.size else { return nil }
            let count = size.width * size.height
            let source = state.pixels
            let bytes = [UInt8](unsafeUninitializedCapacity: count * Self.bytesPerPixel) { target, used in
                target.withMemoryRebound(to: UInt32.self) { target in
                    csystemd_copy_opaque(
                        target.baseAddress,
                        source.assumingMemoryBound(to: UInt32.self).baseAddress,
                        count
                    )
                }
                used = count * Self.bytesPerPixel
            }
            return Picture(width: size.width, height: size.height, bytes: bytes)
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

    func scanout(width: UInt32, height: UInt32, stride: UInt32, format: UInt32, bytes: UnsafeRawBufferPointer) {
        publish { state in
            let (width, height) = (Int(width), Int(height))
            guard
                1...Picture.longestSide ~= width, 1...Picture.longestSide ~= height,
                Self.knownFormats.contains(format),
                Self.holds(bytes, width: width, height: height, stride: Int(stride))
            else { return nil }
            let size = width * height * Self.bytesPerPixel
            let isResized = state.size.map { $0 != (width, height) } ?? true
            if state.pixels.count != size {
                state.pixels.deallocate()
                state.pixels = .allocate(byteCount: size, alignment: 64)
            }
            if isResized { state.pixels.initializeMemory(as: UInt8.self, repeating: 0) }
            state.size = (width, height)
            let isChanged = Self.copy(
                bytes,
                stride: Int(stride),
                into: state.pixels,
                at: Rectangle(x: 0, y: 0, width: width, height: height),
                pictureWidth: width
            )
            if isResized { return .resized(width: width, height: height) }
            return isChanged ? .damaged(Rectangle(x: 0, y: 0, width: width, height: height)) : .some(nil)
        }
    }

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
            // In text mode QEMU sends updates that are wider than the surface it announced.
            guard
                let size = state.size, !area.isEmpty, Self.knownFormats.contains(format),
                Rectangle(x: 0, y: 0, width: size.width, height: size.height).contains(area),
                Self.holds(bytes, width: area.width, height: area.height, stride: Int(stride))
            else { return nil }
            let isChanged = Self.copy(
                bytes,
                stride: Int(stride),
                into: state.pixels,
                at: area,
                pictureWidth: size.width
            )
            return isChanged ? .damaged(area) : .some(nil)
        }
    }

    func disable() {
        publish { state in
            state.size = nil
            return .disabled
        }
    }

    /// Takes no more changes and ends every stream. Later calls do nothing.
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

    private static func holds(_ bytes: UnsafeRawBufferPointer, width: Int, height: Int, stride: Int) -> Bool {
        stride >= width * bytesPerPixel && bytes.count >= stride * (height - 1) + width * bytesPerPixel
    }

    private static func copy(
        _ bytes: UnsafeRawBufferPointer,
        stride: Int,
        into pixels: UnsafeMutableRawBufferPointer,
        at area: Rectangle,
        pictureWidth: Int
    ) -> Bool {
        guard
            let target = pixels.baseAddress, let source = bytes.baseAddress,
            (area.bottom - 1) * pictureWidth + area.right <= pixels.count / bytesPerPixel
        else { return false }
        let rowStride = pictureWidth * bytesPerPixel
        return csystemd_copy_changed_rows(
            target.advanced(by: area.y * rowStride + area.x * bytesPerPixel).assumingMemoryBound(to: UInt8.self),
            rowStride,
            source.assumingMemoryBound(to: UInt8.self),
            stride,
            area.width * bytesPerPixel,
            area.height
        ) != 0
    }

    /// Applies a message: `nil` refuses it, `.some(nil)` says that it changed nothing.
    private func publish(_ body: (inout State) -> DisplayChange.Kind??) {
        let (change, listeners) = state.withLock {
            state -> (DisplayChange?, [AsyncStream<DisplayChange>.Continuation]) in
            guard let kind = body(&state) else {
                state.refusedMessages += 1
                return (nil, [])
            }
            guard let kind else { return (nil, []) }
            state.generation += 1
            state.changedAt = .now
            let change = DisplayChange(kind: kind, sequence: state.generation, instant: state.changedAt)
            return (change, Array(state.listeners.values))
        }
        guard let change else { return }
        for listener in listeners { listener.yield(change) }
    }
}
