public import Accessibility
public import Diagnostics
public import Pictures
public import ScreenMatching

/// A reason why a screen didn't show what was expected.
public enum ScreenError: ExplainedError, Equatable {
    /// None of the locators was found in time.
    case notFound([Locator], within: Duration, seen: Observation)
    /// It was still there when the time was over.
    case stillThere(Locator, at: Rectangle, within: Duration, seen: Observation)
    /// The screen went on changing.
    case neverStill(for: Duration, within: Duration, seen: Observation)
    /// Not a single pixel changed.
    case neverChanged(within: Duration, seen: Observation)
    /// Something was not there throughout, or was there though it must not be.
    case broken(Condition, seen: Observation)
    /// There are several of what was to be clicked on.
    case ambiguous(Locator, [Rectangle], seen: Observation)
    /// What was to be clicked on did not come to rest.
    case restless(Locator, within: Duration, seen: Observation)
    /// Clicks changed nothing on the screen.
    case noEffect(Locator, clicks: Int, seen: Observation)
    /// The guest shows no picture.
    case dark
    /// The machine has gone while something was waited for.
    case gone(during: String, seen: Observation)
    /// The text to look for has no letter or digit.
    case nothingToLookFor(String)

    /// What a screen showed when it was given up.
    public struct Observation: Hashable, Sendable {
        /// The last picture, kept as evidence.
        public var picture: Picture?
        /// All lines that were read; empty when no text was asked for.
        public var lines: [TextLine] = []
        /// The line that came nearest to each text, and how many letters differ.
        public var nearMisses: [String] = []
        /// A needle, what the screen shows at the best place instead, and where they differ, side by side.
        public var comparison: Picture?
        /// All elements that the guest's programs told of; none when no element was asked for.
        public var elements: ElementTree?
    }

    /// What must hold throughout.
    public enum Condition: Hashable, Sendable {
        /// It is there in every frame.
        case always(Locator)
        /// It is in no frame.
        case never(Locator, seenAt: Rectangle)
    }

    public var blame: Blame {
        switch self {
        case .notFound, .stillThere, .neverStill, .neverChanged, .broken, .restless, .noEffect, .dark, .gone:
            .systemUnderTest
        case .ambiguous, .nothingToLookFor: .testAuthor
        }
    }

    public var summary: String {
        switch self {
        case .notFound(let locators, let limit, let seen):
            unmet(locators, within: limit, seen)
                ?? "Expected \(Self.list(locators)) on the screen within \(limit.inWords), but it did not appear."
        case .stillThere(let locator, let place, let limit, _):
            "Expected \(locator) to vanish within \(limit.inWords), but it still stands at \(place)."
        case .neverStill(let quiet, let limit, _):
            "Expected a screen that is still for \(quiet.inWords) within \(limit.inWords), but it went on changing."
        case .neverChanged(let limit, _):
            "Expected the screen to change within \(limit.inWords), but no pixel did."
        case .broken(.always(let locator), _):
            "Expected \(locator) on the screen throughout, but there was a moment without it."
        case .broken(.never(let locator, let place), _):
            "Expected a screen without \(locator) throughout, but it stood at \(place)."
        case .ambiguous(let locator, let places, _):
            "Expected \(locator) at one place only, but it is at \(places.count): "
                + places.prefix(8).map(\.description).joined(separator: ", ") + "."
        case .restless(let locator, let limit, _):
            "Expected \(locator) to rest at one place within \(limit.inWords), but it went on moving."
        case .noEffect(let locator, let clicks, _):
            "Expected the screen to change by a click on \(locator), but \(clicks) clicks changed nothing."
        case .dark: "Expected a picture on the screen, but the guest shows none."
        case .gone(let act, _): "Expected a running machine while waiting for \(act), but its display has gone."
        case .nothingToLookFor(let text):
            "Expected a text to look for, but \"\(text)\" has no letter or digit."
        }
    }

    public var context: [String] {
        guard let seen = observation else { return [] }
        let size = seen.picture.map { ["the screen: \($0.width)x\($0.height)"] } ?? ["the screen: no picture"]
        let lines = seen.lines.prefix(Self.mostLines).map { "read: \($0)" }
        let rest = seen.lines.count - lines.count
        let elements = seen.elements.map { tree in
            tree.listing(limit: Self.mostElements).map { "element: \($0)" }
        }
        return seen.nearMisses + size + lines + (rest > 0 ? ["and \(rest) more lines"] : []) + (elements ?? [])
    }

    public var hint: String? {
        switch self {
        case .ambiguous: "Name a region, or ask for the first of them."
        case .noEffect: "Look whether it is greyed out, or say that the click changes nothing."
        case .notFound: "Look at the picture attached to this step: is it another text, another place, or too early?"
        default: nil
        }
    }

    /// What the screen showed, for the report.
    public var observation: Observation? {
        switch self {
        case .notFound(_, _, let seen), .stillThere(_, _, _, let seen), .neverStill(_, _, let seen), .gone(_, let seen),
            .neverChanged(_, let seen), .broken(_, let seen), .ambiguous(_, _, let seen), .restless(_, _, let seen),
            .noEffect(_, _, let seen):
            seen
        case .dark, .nothingToLookFor: nil
        }
    }

    /// What to say of an element that is there, but not as it has to be.
    private func unmet(_ locators: [Locator], within limit: Duration, _ seen: Observation) -> String? {
        guard case .element(let query)? = locators.first, locators.count == 1, let tree = seen.elements,
            let reason = query.unmetCondition(in: tree)
        else { return nil }
        return "Expected \(query) within \(limit.inWords), but it \(reason)."
    }

    private static let mostLines = 60
    private static let mostElements = 12

    private static func list(_ locators: [Locator]) -> String {
        locators.count == 1 ? "\(locators[0])" : "one of " + locators.map(\.description).joined(separator: ", ")
    }
}

extension Duration {
    /// Seconds with at most one digit after the point.
    var inWords: String {
        let tenths = (self / .milliseconds(100)).rounded()
        return tenths.truncatingRemainder(dividingBy: 10) == 0 ? "\(Int(tenths / 10)) s" : "\(tenths / 10) s"
    }
}
