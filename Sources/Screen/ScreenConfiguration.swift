/// How patient a screen is with its guest.
public struct ScreenConfiguration: Hashable, Sendable {
    /// Every limit of a wait is multiplied by it.
    ///
    /// More than 1 for guests without hardware acceleration.
    public var timeoutScale: Double
    /// The guest's keyboard layout at first, by its X11 name.
    public var keyboardLayout: String
    /// How long a key is held.
    ///
    /// The machine takes keys at once, but its keyboard buffers only about sixteen events.
    public var keyHold: Duration
    /// How long to wait between two keys.
    public var keyGap: Duration
    /// How long a button of the mouse is held, and how long the guest gets to see the pointer arrive before that.
    public var buttonHold: Duration

    /// How long a click may take to change the screen before it is made again, times `timeoutScale`.
    ///
    /// Rather too long: clicks hardly get lost, and a program that is slow to come would be started twice.
    public var clickEffect: Duration
    /// How often a click that changes nothing is made before that is an error.
    public var mostClicks: Int
    /// How long one look at the elements may take, times `timeoutScale`; a program that hangs costs a quarter of it.
    public var elementLook: Duration

    /// Creates a configuration.
    public init(
        timeoutScale: Double = 1,
        keyboardLayout: String = "us",
        keyHold: Duration = .milliseconds(8),
        keyGap: Duration = .milliseconds(8),
        buttonHold: Duration = .milliseconds(40),
        clickEffect: Duration = .seconds(10),
        mostClicks: Int = 3,
        elementLook: Duration = .seconds(20)
    ) {
        self.timeoutScale = timeoutScale
        self.keyboardLayout = keyboardLayout
        self.keyHold = keyHold
        self.keyGap = keyGap
        self.buttonHold = buttonHold
        self.clickEffect = clickEffect
        self.mostClicks = mostClicks
        self.elementLook = elementLook
    }
}
