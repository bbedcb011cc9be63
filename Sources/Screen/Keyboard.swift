import GuestDisplay
import Keymaps
import Synchronization

/// A guest's keyboard.
///
/// Each key is acknowledged by the machine before the next is sent, and held for a moment: a guest that is busy would
/// otherwise find its keyboard's small buffer overrun.
public final class Keyboard: Sendable {
    private let display: any DisplaySource
    private let configuration: ScreenConfiguration
    private let clock: any Clock<Duration>
    private let keymap: Mutex<Keymap>

    init(
        display: any DisplaySource,
        configuration: ScreenConfiguration,
        clock: any Clock<Duration>
    ) throws {
        self.display = display
        self.configuration = configuration
        self.clock = clock
        keymap = Mutex(try Keymap(layout: configuration.keyboardLayout))
    }

    /// The layout that the guest is believed to use.
    public var layout: String { keymap.withLock { $0.layout } }

    /// Notes that the guest now uses another layout, such as `de` or `fr(oss)`.
    public func useLayout(_ layout: String) throws {
        let changed = try Keymap(layout: layout)
        keymap.withLock { $0 = changed }
    }

    /// Types a text; a line feed is the Return key.
    ///
    /// Nothing is typed when the layout lacks one of the characters.
    public func type(_ text: String) async throws {
        for stroke in try keymap.withLock({ try $0.strokes(typing: text) }) {
            try Task.checkCancellation()
            try await hold(stroke.modifiers + [stroke.key], for: configuration.keyHold)
            try await clock.sleep(for: configuration.keyGap)
        }
    }

    /// Presses keys together, such as `ctrl+alt+t`, `Return` or `F1`, and releases them in the opposite order.
    public func press(_ combination: String) async throws {
        try await hold(combination, for: configuration.keyHold)
    }

    /// Holds keys down for a while.
    public func hold(_ combination: String, for duration: Duration) async throws {
        let keys = try keymap.withLock { try $0.keys(of: combination) }
        try await hold(keys, for: duration)
        try await clock.sleep(for: configuration.keyGap)
    }

    private func hold(_ keys: [KeyNumber], for duration: Duration) async throws {
        var pressed: [KeyNumber] = []
        var failure: (any Error)?
        do {
            for key in keys {
                try await display.press(key: key.rawValue)
                pressed.append(key)
            }
            try await clock.sleep(for: duration)
        } catch {
            failure = error
        }
        // Also after a failure or a cancellation: a key that stays down spoils all that follows.
        for key in pressed.reversed() {
            do { try await display.release(key: key.rawValue) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }
}
