import Keymaps
import Synchronization

/// What can be typed on a layout of a keyboard, known without one.
public struct KeyboardLayout: Sendable {
    /// The layout's name, such as `us` or `de(nodeadkeys)`.
    public var name: String { keymap.layout }

    private let keymap: Keymap
    /// Those that were asked for: the tables of one take some milliseconds to read.
    private static let known = Mutex<[String: Keymap]>([:])

    /// Finds a layout.
    ///
    /// - Throws: An error that names the layout when there is none of that name.
    public init(_ name: String) throws {
        if let keymap = Self.known.withLock({ $0[name] }) {
            self.keymap = keymap
            return
        }
        let keymap = try Keymap(layout: name)
        Self.known.withLock { $0[name] = keymap }
        self.keymap = keymap
    }

    /// Checks that each character of a text has a key.
    ///
    /// - Throws: An error that names the first one that has none.
    public func check(typing text: String) throws { _ = try keymap.strokes(typing: text) }

    /// Checks that a combination such as `ctrl+alt+t` is one of keys.
    ///
    /// - Throws: An error that names what is no key.
    public func check(pressing combination: String) throws { _ = try keymap.keys(of: combination) }
}
