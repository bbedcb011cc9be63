import CSystemd
import Foundation
package import Pictures

/// The screen, keyboard and mouse of one virtual machine, over QEMU's D-Bus display, peer to peer.
///
/// QEMU pushes what changes; nothing is polled. Everything that is sent to the guest is acknowledged by QEMU before
/// the call returns, which says that its device has the event, not that the guest has read it.
package final class GuestDisplay: Sendable {
    private let framebuffer: Framebuffer
    private let thread: BusThread
    private let control: Control
    private let path: String

    /// The connection for calls; bus thread only, which is what makes it safe to share.
    private final class Control: @unchecked Sendable {
        var bus: OpaquePointer?
    }

    fileprivate init(console: Int) throws(GuestDisplayError) {
        let framebuffer = Framebuffer()
        self.framebuffer = framebuffer
        thread = try BusThread(name: "guest-display") { framebuffer.disconnect() }
        control = Control()
        path = "/org/qemu/Display1/Console_\(console)"
    }

    // MARK: - Seeing

    /// The newest picture, or `nil` while the guest shows none.
    package func picture() -> Picture? { framebuffer.frame?.picture }

    /// The newest picture with the change that it is as new as, or `nil` while the guest shows none.
    package func frame() -> Frame? { framebuffer.frame }

    /// The guest's mode in pixels, or `nil` while the display is off.
    package var size: (width: Int, height: Int)? { framebuffer.size }

    /// Counts real changes of the picture: while it stays the same, so do the pixels.
    package var generation: UInt64 { framebuffer.generation }

    /// Whether QEMU is there.
    package var isConnected: Bool { framebuffer.isConnected }

    /// The pointer that QEMU draws over the picture, when the guest uses one.
    ///
    /// It is not part of the picture.
    package var pointer: PointerImage? { framebuffer.pointer }

    /// How many messages were refused because their sizes or formats made no sense.
    package var refusedMessages: Int { framebuffer.refusedMessages }

    /// What happens to the screen from now on, a stream for each caller; a slow reader loses the oldest changes.
    package var changes: AsyncStream<DisplayChange> { framebuffer.changes() }

    // MARK: - Keyboard and mouse

    /// Presses a key, named by QEMU's key number (XT set 1, extended keys with 0x80 added).
    package func press(key: UInt32) async throws(GuestDisplayError) {
        try await call("Keyboard", "Press", [.uint32(key)])
    }

    /// Releases a key.
    package func release(key: UInt32) async throws(GuestDisplayError) {
        try await call("Keyboard", "Release", [.uint32(key)])
    }

    /// Moves the pointer to a pixel.
    ///
    /// Needs an absolute device, such as a USB tablet, whose driver runs in the guest.
    package func movePointer(to point: Point) async throws(GuestDisplayError) {
        try await call(
            "Mouse",
            "SetAbsPosition",
            [.uint32(UInt32(clamping: point.x)), .uint32(UInt32(clamping: point.y))]
        )
    }

    /// Moves the pointer by a distance, for guests with a mouse instead of a tablet.
    package func movePointer(byX dx: Int, y dy: Int) async throws(GuestDisplayError) {
        try await call("Mouse", "RelMotion", [.int32(Int32(clamping: dx)), .int32(Int32(clamping: dy))])
    }

    /// Presses a button of the mouse.
    ///
    /// The wheel is a button that is pressed and released.
    package func press(button: PointerButton) async throws(GuestDisplayError) {
        try await call("Mouse", "Press", [.uint32(button.rawValue)])
    }

    /// Releases a button of the mouse.
    package func release(button: PointerButton) async throws(GuestDisplayError) {
        try await call("Mouse", "Release", [.uint32(button.rawValue)])
    }

    // MARK: - Lifetime

    fileprivate func connect(_ socket: Int32) async throws(GuestDisplayError) {
        let (framebuffer, control, path) = (self.framebuffer, self.control, self.path)
        try await onThread(
            { thread throws(GuestDisplayError) in
                let bus = try thread.open(socket, name: "control")
                control.bus = bus
                let listener = Unmanaged.passRetained(framebuffer)
                thread.onExit { listener.release() }
                let status = sd_bus_match_signal(
                    bus,
                    nil,
                    nil,
                    path,
                    "org.freedesktop.DBus.Properties",
                    "PropertiesChanged",
                    noteConsoleProperties,
                    listener.toOpaque()
                )
                if status < 0 { throw .unusable(reason: "sd_bus_match_signal: \(String(cString: strerror(-status)))") }
            },
            orElse: { _ = Glibc.close(socket) }
        )
    }

    fileprivate func listen() async throws(GuestDisplayError) {
        let (ours, theirs) = try socketPair()
        defer { _ = Glibc.close(theirs) }
        // Served before QEMU hears of it: QEMU authenticates the listener while the call runs.
        try await serve(ours)
        try await call("Console", "RegisterListener", [.descriptor(theirs)])
    }

    fileprivate func serve(_ socket: Int32) async throws(GuestDisplayError) {
        let framebuffer = self.framebuffer
        try await onThread(
            { thread throws(GuestDisplayError) in
                let bus = try thread.open(socket, name: "listener")
                let listener = Unmanaged.passRetained(framebuffer)
                thread.onExit { listener.release() }
                let status = sd_bus_add_object(
                    bus,
                    nil,
                    "/org/qemu/Display1/Listener",
                    answerListenerCall,
                    listener.toOpaque()
                )
                if status < 0 { throw .unusable(reason: "sd_bus_add_object: \(String(cString: strerror(-status)))") }
            },
            orElse: { _ = Glibc.close(socket) }
        )
    }

    fileprivate func close() async { await thread.stop() }

    private func call(
        _ interface: String,
        _ member: String,
        _ arguments: [MethodCall.Argument]
    ) async throws(GuestDisplayError) {
        let call = MethodCall(
            path: path,
            interface: "org.qemu.Display1.\(interface)",
            member: member,
            arguments: arguments
        )
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Void, GuestDisplayError>, Never>) in
            let isPosted = thread.post { [control] thread in
                guard let bus = control.bus else {
                    return continuation.resume(returning: .failure(.disconnected(during: member)))
                }
                thread.call(bus, call) { continuation.resume(returning: $0) }
            }
            if !isPosted { continuation.resume(returning: .failure(.disconnected(during: member))) }
        }
        try result.get()
    }

    private func onThread(
        _ body: @escaping @Sendable (BusThread) throws(GuestDisplayError) -> Void,
        orElse cleanUp: () -> Void
    ) async throws(GuestDisplayError) {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Void, GuestDisplayError>?, Never>) in
            let isPosted = thread.post { thread in
                continuation.resume(returning: Result { () throws(GuestDisplayError) in try body(thread) })
            }
            if !isPosted { continuation.resume(returning: nil) }
        }
        guard let result else {
            cleanUp()
            throw .disconnected(during: "setting up")
        }
        try result.get()
    }
}

/// The buttons of a mouse, in QEMU's numbers (qapi/ui.json, InputButton).
package enum PointerButton: UInt32, Sendable {
    case left, middle, right, wheelUp, wheelDown, side, extra, wheelLeft, wheelRight
}

// MARK: - Scopes

/// Runs `body` with the display behind a connection from `virDomainOpenGraphicsFD` or QMP's `add_client`.
///
/// The socket `fd` is closed when the scope ends, or fails to begin. Throws ``GuestDisplayError`` when QEMU doesn't answer,
/// or the error of `body`.
package func withGuestDisplay<R>(
    connectedBy fd: Int32,
    console: Int = 0,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (GuestDisplay) async throws -> R
) async throws -> R {
    let display: GuestDisplay
    do { display = try GuestDisplay(console: console) } catch {
        close(fd)
        throw error
    }
    return try await closing(display) {
        try await display.connect(fd)
        try await display.listen()
        return try await body(display)
    }
}

/// Runs `body` with a display that only listens, for any peer that speaks QEMU's listener interface.
package func withGuestDisplay<R>(
    listeningOn fd: Int32,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (GuestDisplay) async throws -> R
) async throws -> R {
    let display: GuestDisplay
    do { display = try GuestDisplay(console: 0) } catch {
        close(fd)
        throw error
    }
    return try await closing(display) {
        try await display.serve(fd)
        return try await body(display)
    }
}

private func closing<R>(
    _ display: GuestDisplay,
    isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> R
) async throws -> R {
    do {
        let result = try await body()
        await display.close()
        return result
    } catch {
        await display.close()
        throw error
    }
}

private func socketPair() throws(GuestDisplayError) -> (Int32, Int32) {
    var sockets: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &sockets) == 0 else {
        throw .unusable(reason: "socketpair: \(String(cString: strerror(errno)))")
    }
    return (sockets[0], sockets[1])
}
