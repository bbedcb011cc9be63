public import Accessibility
public import Pictures

extension Screen {
    /// Looks once at all elements that the programs on the screen tell of.
    ///
    /// A look takes the guest some tenths of a second; waits make one whenever the screen changes, and few otherwise.
    ///
    /// - Throws: An `ElementError` when the guest tells none.
    public func elements() async throws -> ElementTree { try await eyes.elements.look() }

    /// Waits until there is just one element of a role and name, and what must hold of it does.
    ///
    /// - Throws: ``ScreenError/notFound(_:within:seen:)``, or ``ScreenError/ambiguous(_:_:seen:)`` when there are several.
    @discardableResult
    public func wait(
        for query: ElementQuery,
        within limit: Duration,
        in region: Rectangle? = nil
    ) async throws -> Element {
        let match = try await wait(for: .element(query), within: limit, in: region)
        try match.requireOne()
        guard let element = match.element else { preconditionFailure("A match for an element has one.") }
        return element
    }

    /// Waits until no program tells of such an element.
    ///
    /// What does not tell of itself can't be missed: a program without at-spi may show anything.
    ///
    /// - Throws: ``ScreenError/stillThere(_:at:within:seen:)``, and an `ElementError` when not all could be read.
    public func waitForElementToVanish(
        _ query: ElementQuery,
        within limit: Duration,
        in region: Rectangle? = nil
    ) async throws {
        let locator = Locator.element(query)
        let act = "\(locator) to vanish"
        let isGone = try await watching.wait(for: act, within: scaled(limit), pace: .asking) { _ -> Bool? in
            do { return try await remains(of: locator, in: region) == nil ? true : nil } catch is ElementError {
                return nil
            }
        }
        guard isGone == nil, let match = try await remains(of: locator, in: region) else { return }
        let seen = ScreenError.Observation(
            picture: match.picture,
            nearMisses: match.elements.map { "there is \($0)" },
            elements: try? await elements()
        )
        throw ScreenError.stillThere(locator, at: match.rectangle, within: scaled(limit), seen: seen)
    }

    /// The element that must not be there, or `nil` when it is proven that there is none.
    ///
    /// - Throws: An `ElementError` when nothing can be said.
    private func remains(of locator: Locator, in region: Rectangle?) async throws -> Match? {
        guard let frame = display.frame() else { throw ScreenError.dark }
        let tree = try await eyes.elements.look()
        if let match = eyes.elements.match(locator, in: tree, region, frame) { return match }
        guard tree.lacking.isEmpty else { throw ElementError.incomplete(tree.lacking) }
        guard !tree.programs.isEmpty else { throw ElementError.unavailable("no program there tells of itself") }
        return nil
    }
}

extension Match {
    /// - Throws: ``ScreenError/ambiguous(_:_:seen:)`` when it is at several places.
    func requireOne() throws(ScreenError) {
        guard !others.isEmpty else { return }
        let named = elements.map { "there is \($0) in the program \"\(printable($0.program, limit: 80))\"" }
        throw .ambiguous(
            locator,
            [rectangle] + others,
            seen: .init(picture: picture, nearMisses: Array(named.prefix(8)))
        )
    }
}

extension Locator {
    /// What is looked for to click on it: an element has to react to it.
    var toBeClicked: Locator {
        guard case .element(var query) = self, query.condition == nil else { return self }
        query.condition = .state(.enabled)
        return .element(query)
    }

    var isElement: Bool { if case .element = self { true } else { false } }
}
