package import Accessibility
import GuestDisplay
import Pictures

/// Where a screen learns what the programs on it tell of themselves.
package protocol ElementSource: Sendable {
    /// Looks once, for at most a while; what could not be read is among what lacks.
    ///
    /// - Throws: `ElementError.unavailable` when there is nothing to look at, now at least.
    func elements(within limit: Duration) async throws -> ElementTree
}

/// Looks for elements on the screen.
struct ElementSight: Sendable {
    private let source: (any ElementSource)?
    private let limit: Duration

    init(_ source: (any ElementSource)?, limit: Duration) {
        self.source = source
        self.limit = limit
    }

    /// Looks once.
    func look() async throws -> ElementTree {
        try check()
        guard let source else { return ElementTree() }
        return try await source.elements(within: limit)
    }

    /// Checks that there is a way to look.
    func check() throws(ElementError) {
        guard source == nil else { return }
        throw .unavailable("this screen is that of a machine without a channel into its guest")
    }

    /// Looks once and returns the first of the elements that is there; a guest that tells nothing yet shows none.
    func find(_ locators: [Locator], in region: Rectangle?, on frame: Frame) async throws -> Match? {
        let tree: ElementTree
        do { tree = try await look() } catch ElementError.unavailable { return nil }
        for case .element(let query) in locators {
            if let match = match(.element(query), in: tree, region, frame) { return match }
        }
        return nil
    }

    /// Tells what comes near to elements that were looked for in vain.
    func observe(
        _ locators: [Locator],
        on frame: Frame,
        in observation: inout ScreenError.Observation
    ) async throws {
        let queries = locators.compactMap { locator -> ElementQuery? in
            if case .element(let query) = locator { query } else { nil }
        }
        guard !queries.isEmpty else { return }
        let tree: ElementTree
        do { tree = try await look() } catch let error as ElementError {
            observation.nearMisses.append(error.summary)
            return
        }
        observation.elements = tree
        for query in queries {
            let beyond = query.matches(in: tree).filter { place(of: $0, on: frame, in: nil) == nil }
            var misses = beyond.prefix(4).map { "\($0) is beyond the screen" }
            if beyond.isEmpty { misses = query.nearMisses(in: tree) }
            if misses.isEmpty { misses = ["none of the \(tree.elements.count) elements resembles it"] }
            observation.nearMisses += misses.map { "\(query): \($0)" }
        }
    }

    /// A match for an element that fits; the others that have its role and name count as other places, whatever they are
    /// like besides: of two buttons of one name, nobody can say that the enabled one was meant.
    func match(_ locator: Locator, in tree: ElementTree, _ region: Rectangle?, _ frame: Frame) -> Match? {
        guard case .element(let query) = locator else { return nil }
        func here(_ query: ElementQuery) -> [(element: Element, place: Rectangle)] {
            query.matches(in: tree).compactMap { element in
                place(of: element, on: frame, in: region).map { (element, $0) }
            }
        }
        var anyCondition = query
        anyCondition.condition = nil
        guard let first = here(query).first else { return nil }
        let others = here(anyCondition).filter { $0.element != first.element }
        return Match(
            locator: locator,
            rectangle: first.place,
            others: others.map(\.place),
            centre: first.place.centre,
            found: first.element.description,
            elements: [first.element] + others.map(\.element),
            isOpen: tree.isOpen(first.element),
            error: 0,
            sinceChange: .now - frame.changedAt,
            picture: frame.picture,
            generation: frame.generation
        )
    }

    // MARK: - Private parts

    /// The part of an element that is on the screen, when its middle is in the region.
    private func place(of element: Element, on frame: Frame, in region: Rectangle?) -> Rectangle? {
        guard let place = element.rectangle?.intersection(frame.picture.bounds), !place.isEmpty else { return nil }
        if let region, region.intersection(Rectangle(x: place.centre.x, y: place.centre.y, width: 1, height: 1)).isEmpty
        {
            return nil
        }
        return place
    }
}
