import Screen
public import StepDefinitions

/// What a plan knows of the guest's keyboard: the layout that holds at a step.
///
/// It is that of the system's description when the machine is started, until a step tells of another one. A checkpoint
/// keeps it.
public struct ForeseenKeyboard: ForeseenState {
    private let described: String
    private var layout: String

    public init() { self.init(described: SystemDescription.usualKeyboard) }

    /// Creates the foresight of a system.
    package init(described: String) {
        self.described = described
        layout = described
    }

    /// Notes that the machine is started anew.
    public mutating func restart() { layout = described }

    /// Notes that the guest uses another layout from now on.
    ///
    /// - Throws: An error that names the layout when there is none of that name.
    public mutating func use(_ layout: String) throws { self.layout = try KeyboardLayout(layout).name }

    /// Checks that a text can be typed.
    ///
    /// - Throws: An error that names the first character that has no key.
    public func check(typing text: String) throws { try KeyboardLayout(layout).check(typing: text) }

    /// Checks that keys can be pressed.
    ///
    /// - Throws: An error that names what is no key.
    public func check(pressing combination: String) throws { try KeyboardLayout(layout).check(pressing: combination) }
}
