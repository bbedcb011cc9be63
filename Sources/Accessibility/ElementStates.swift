/// The states that an element is in, by the bits of `AtspiStateType`.
public struct ElementStates: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The window that has the keyboard.
    public static let active = Self(bit: 1)
    /// A check box that is ticked, a radio button that is chosen.
    public static let checked = Self(bit: 4)
    /// Text that can be changed.
    public static let editable = Self(bit: 7)
    /// Reacts to what one does with it; toolkits set this or ``sensitive``, and most of them both.
    public static let enabled = Self(bit: 8)
    /// Can be opened to show more.
    public static let expandable = Self(bit: 9)
    /// Is open.
    public static let expanded = Self(bit: 10)
    /// Can have the keyboard.
    public static let focusable = Self(bit: 11)
    /// Has the keyboard.
    public static let focused = Self(bit: 12)
    /// Holds what happens elsewhere until it is closed.
    public static let modal = Self(bit: 16)
    /// Held down, as a toggle button.
    public static let pressed = Self(bit: 20)
    /// One of those that are chosen of a list.
    public static let selected = Self(bit: 23)
    /// Reacts to what one does with it.
    public static let sensitive = Self(bit: 24)
    /// It and all that it is in are visible; other windows may cover it.
    public static let showing = Self(bit: 25)
    /// Meant to be seen.
    public static let visible = Self(bit: 30)

    private init(bit: UInt64) { rawValue = 1 << bit }
}

/// What a feature can say of an element's state.
public enum StateName: String, Hashable, Sendable, CaseIterable {
    case enabled, disabled, checked, unchecked, selected, unselected, focused, expanded, collapsed, pressed, editable

    /// Whether these states are it.
    public func holds(for states: ElementStates) -> Bool {
        switch self {
        case .enabled: !states.isDisjoint(with: [.enabled, .sensitive])
        case .disabled: states.isDisjoint(with: [.enabled, .sensitive])
        case .checked: states.contains(.checked)
        case .unchecked: !states.contains(.checked)
        case .selected: states.contains(.selected)
        case .unselected: !states.contains(.selected)
        case .focused: states.contains(.focused)
        case .expanded: states.contains(.expanded)
        case .collapsed: states.contains(.expandable) && !states.contains(.expanded)
        case .pressed: states.contains(.pressed)
        case .editable: states.contains(.editable)
        }
    }
}
