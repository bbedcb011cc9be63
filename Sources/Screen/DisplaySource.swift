package import GuestDisplay
package import Pictures

/// A guest's screen, keyboard and mouse, as ``Screen`` needs them.
package protocol DisplaySource: Sendable {
    /// The newest picture, or `nil` while the guest shows none.
    func frame() -> Frame?
    /// The sequence number of the newest change.
    var generation: UInt64 { get }
    /// Changes from now on, a stream for each caller, which ends when the machine has gone.
    var changes: AsyncStream<DisplayChange> { get }
    /// Whether the machine is there.
    var isConnected: Bool { get }
    /// The pointer, when it is drawn over the picture instead of in it.
    var pointer: PointerImage? { get }

    /// Presses a key, named by QEMU's key number, and returns when the machine has taken it.
    func press(key: UInt32) async throws
    /// Releases a key.
    func release(key: UInt32) async throws
    /// Moves the pointer to a pixel.
    ///
    /// - Throws: `GuestDisplayError.refused` when the guest's mouse can't be placed but only moved.
    func movePointer(to point: Point) async throws
    /// Moves the pointer by a distance.
    func movePointer(byX dx: Int, y dy: Int) async throws
    /// Presses a button of the mouse.
    func press(button: PointerButton) async throws
    /// Releases a button of the mouse.
    func release(button: PointerButton) async throws
}

extension GuestDisplay: DisplaySource {}
