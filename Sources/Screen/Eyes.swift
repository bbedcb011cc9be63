import GuestDisplay
import Pictures
import ScreenMatching
import Synchronization

/// Looks for locators in one picture.
struct Eyes: Sendable {
    let reader: TextReader
    let shelf: NeedleShelf
    let elements: ElementSight
    let matching = WorkQueue(name: "needle-search")

    /// The reference pictures as they are now.
    var needles: NeedleStore { shelf.needles }

    /// What one look gave.
    enum Sight: Sendable {
        case match(Match)
        /// The pointer hides a part of what is there.
        case hidden(Rectangle)
        case miss(ScreenError.Observation)
    }

    /// Searches a frame for needles without ruling anything out, as a last look before a wait is given up.
    func searchWhole(for locators: [Locator], in region: Rectangle?, on frame: Frame?) async throws -> Match? {
        guard let frame else { return nil }
        for case .needle(let name) in locators {
            let needle = try needles.needle(named: name.rawValue)
            let sighting = try await matching.run { () throws(any Error) in
                try needle.find(on: frame.picture, in: region) { try reader.readNow(frame.picture, in: $0) }
            }
            if sighting.verdict == .match { return try match([sighting], name, frame) }
        }
        return nil
    }

    /// What a frame shows that comes near to several things that were looked for in vain.
    func observation(
        of locators: [Locator],
        in region: Rectangle?,
        on frame: Frame?
    ) async throws -> ScreenError.Observation {
        guard let frame else { return .init() }
        var observation = ScreenError.Observation(picture: frame.picture)
        for case .needle(let name) in locators {
            let needle = try needles.needle(named: name.rawValue)
            let (sighting, comparison) = try await matching.run { () throws(any Error) in
                let sighting = try needle.find(on: frame.picture, in: region) {
                    try reader.readNow(frame.picture, in: $0)
                }
                return (sighting, needle.comparison(of: sighting, on: frame.picture))
            }
            observation.nearMisses.append(describe(sighting, name))
            observation.comparison = observation.comparison ?? comparison
        }
        let texts = locators.compactMap { locator -> String? in
            if case .text(let text) = locator { text } else { nil }
        }
        if !texts.isEmpty {
            let lines = try await reader.lines(of: frame.picture, in: region)
            observation.lines = lines
            for text in texts { observation.nearMisses.append(describe(TextSearch(text)?.nearest(in: lines), text)) }
        }
        try await elements.observe(locators, on: frame, in: &observation)
        return observation
    }

    /// Reads a frame and returns the first of the texts that is there.
    func findText(among locators: [Locator], in region: Rectangle?, on frame: Frame) async throws -> Match? {
        var lines: [TextLine]?
        for case .text(let text) in locators {
            guard let search = TextSearch(text) else { throw ScreenError.nothingToLookFor(text) }
            if lines == nil { lines = try await reader.lines(of: frame.picture, in: region) }
            let places = search.matches(in: lines ?? [])
            if let first = places.first { return match(first, others: places.dropFirst(), text, frame) }
        }
        return nil
    }

    /// Checks what can be checked without a picture.
    func check(_ locators: [Locator]) throws {
        for locator in locators {
            switch locator {
            case .needle(let name): _ = try needles.needle(named: name.rawValue)
            case .text(let text): if TextSearch(text) == nil { throw ScreenError.nothingToLookFor(text) }
            case .element: try elements.check()
            }
        }
    }

    // MARK: - Private parts

    /// Makes one match of all places where a needle is, the best one first.
    func match(_ sightings: [NeedleSighting], _ name: NeedleName, _ frame: Frame) throws -> Match {
        guard let best = sightings.first, let place = best.place else { throw VisionError.noPlace(name.rawValue) }
        return Match(
            locator: .needle(name),
            rectangle: place,
            others: sightings.dropFirst().compactMap(\.place),
            centre: best.clickPoint ?? place.centre,
            found: best.variant,
            error: best.error,
            sinceChange: .now - frame.changedAt,
            picture: frame.picture,
            generation: frame.generation
        )
    }

    private func match(
        _ words: [TextWord],
        others: some Sequence<[TextWord]>,
        _ text: String,
        _ frame: Frame
    ) -> Match {
        let line = TextLine(words: words)
        return Match(
            locator: .text(text),
            rectangle: line.box,
            others: others.map { TextLine(words: $0).box },
            centre: line.box.centre,
            found: line.text,
            error: 0,
            sinceChange: .now - frame.changedAt,
            picture: frame.picture,
            generation: frame.generation
        )
    }

    private func describe(_ sighting: NeedleSighting, _ name: NeedleName) -> String {
        guard let place = sighting.place else { return "needle \"\(name)\": nothing on the screen resembles it" }
        let error = (sighting.error * 100).rounded() / 100
        let share = (sighting.differingShare * 1000).rounded() / 10
        return switch sighting.verdict {
        case .match: "needle \"\(name)\": matches \(place)"
        case .occluded: "needle \"\(name)\": the pointer hides a part of it at \(place)"
        case .differs:
            "needle \"\(name)\": differs from \(place) at \(sighting.worstPixel) "
                + "(picture \(sighting.variant), error \(error) of at most 1, \(share) % of the pixels)"
        case .absent:
            "needle \"\(name)\": the best place is \(place) (picture \(sighting.variant), \(share) % of the pixels differ)"
        }
    }

    private func describe(_ miss: TextMiss?, _ text: String) -> String {
        guard let miss else { return "text \"\(text)\": no text was read at all" }
        guard miss.distance > 0 else {
            return "text \"\(text)\": stands in \(miss.line), but in other words or beside a negation"
        }
        return "text \"\(text)\": the nearest line is \(miss.line), \(miss.distance) letters away"
    }
}

/// The reference pictures, which a person may add to while a machine runs.
final class NeedleShelf: Sendable {
    private let store: Mutex<NeedleStore>

    init(_ needles: NeedleStore) { store = Mutex(needles) }

    var needles: NeedleStore { store.withLock { $0 } }

    func replace(with needles: NeedleStore) { store.withLock { $0 = needles } }
}
