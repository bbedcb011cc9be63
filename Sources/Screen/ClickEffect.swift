import Accessibility

/// What a click has to bring about besides a change of the screen, as far as an element tells of it.
///
/// A clock that goes on or a text cursor that blinks changes the screen as well.
enum ClickEffect {
    /// A menu opens, or closes if it was open.
    ///
    /// Toolkits take a button that was held for half a second for the end of a choice, and close the menu at once; on a
    /// slow machine a short click may look like this.
    case menu(Element, wasOpen: Bool)
    /// A text field gets the keyboard: what is typed before that goes elsewhere.
    case keyboard(Element)

    /// - Returns: `nil` when nothing is known that has to come about.
    init?(of kind: ClickKind, on match: Match) {
        guard kind == .single, let element = match.element else { return nil }
        if element.role == .menu {
            guard let wasOpen = match.isOpen else { return nil }
            self = .menu(element, wasOpen: wasOpen)
        } else {
            guard element.states.isSuperset(of: [.editable, .focusable]) else { return nil }
            self = .keyboard(element)
        }
    }

    /// Whether it was so before the click, which then may change nothing.
    var isThereBefore: Bool {
        switch self {
        case .menu: false
        case .keyboard(let element): element.states.contains(.focused)
        }
    }

    /// Whether it has come about; what tells of itself no more can't be asked.
    func isThere(in tree: ElementTree) -> Bool {
        switch self {
        case .menu(let menu, let wasOpen): tree.isOpen(menu) != wasOpen
        case .keyboard(let element): tree.newest(element)?.states.contains(.focused) ?? true
        }
    }
}
