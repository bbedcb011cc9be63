public import Accessibility
public import Pictures

/// What to look for on a screen.
public enum Locator: Hashable, Sendable, CustomStringConvertible {
    /// Text on one line: whole words, letters that readers mistake for each other taken as one, no negation beside it.
    case text(String)
    /// A reference picture.
    case needle(NeedleName)
    /// An element that a program tells of by at-spi.
    case element(ElementQuery)

    public var description: String {
        switch self {
        case .text(let text): "the text \"\(text)\""
        case .needle(let name): "the needle \"\(name)\""
        case .element(let query): query.description
        }
    }
}

/// The name of a reference picture: its folder below the needles, such as `desktop/terminal`.
public struct NeedleName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name as it is written.
    public let rawValue: String

    /// Creates a name; whether there is such a needle is seen when it is looked for.
    public init(_ rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    public var description: String { rawValue }
}

/// What was found on a screen, and where.
public struct Match: Hashable, Sendable {
    /// What was looked for.
    public let locator: Locator
    /// What it covers on the screen.
    public let rectangle: Rectangle
    /// The other places where it is, too.
    public let others: [Rectangle]
    /// Where a click on it goes: its middle, or the click point of a needle.
    public let centre: Point
    /// What stood there: the words that were read, which picture of a needle, or what an element is.
    public let found: String
    /// The elements of that role and name, the one that was found first; none when no element was looked for.
    public var elements: [Element] = []
    /// Whether the first of these was open, if it is a menu that tells of what is in it.
    var isOpen: Bool? = nil
    /// 0 for the very same pixels, at most 1; text that was read counts as 0.
    public let error: Double
    /// From the arrival of the screen's newest change to the answer.
    public let sinceChange: Duration
    /// The picture it was found in.
    public let picture: Picture
    /// The sequence number of that picture's last change.
    let generation: UInt64

    /// The element, when one was looked for.
    public var element: Element? { elements.first }
}
