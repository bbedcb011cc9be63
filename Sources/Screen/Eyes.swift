import GuestDisplay
import Pictures
import ScreenMatching

/// Looks for locators in one picture.
struct Eyes: Sendable {
    let reader: TextReader
    let needles: NeedleStore
    let matching = WorkQueue(name: "needle-search")

    /// What one look gave.
    enum Sight: Sendable {
        case match(Match)
        /// The pointer hides a part of what is there.
        case hidden(Rectangle)
        case miss(ScreenError.Observation)
    }

    /// Looks for several things and returns the first that is there.
    ///
    /// `pointer` is where the guest may have drawn the pointer.
    func look(
        for locators: [Locator],
        in region: Rectangle?,
        on frame: Frame?,
        pointer: Rectangle?
    ) async throws -> Sight {
        guard let frame else { return .miss(.init()) }
        var observation = ScreenError.Observation(picture: frame.picture)
        var hidden: Rectangle?
        for case .needle(let name) in locators {
            let sighting = try await find(name, in: region, on: frame.picture, pointer: pointer)
            switch sighting.verdict {
            case .match: return .match(match(sighting, name, frame))
            case .occluded: hidden = hidden ?? sighting.place
            case .differs, .absent: break
            }
            observation.nearMisses.append(describe(sighting, name))
        }
        let texts = locators.compactMap { locator -> String? in
            if case .text(let text) = locator { text } else { nil }
        }
        if !texts.isEmpty {
            let lines = try await reader.lines(of: frame.picture, in: region)
            observation.lines = lines
            for text in texts {
                guard let search = TextSearch(text) else { throw ScreenError.nothingToLookFor(text) }
                if let words = search.firstMatch(in: lines) { return .match(match(words, text, frame)) }
                observation.nearMisses.append(describe(search.nearest(in: lines), text))
            }
        }
        return hidden.map { .hidden($0) } ?? .miss(observation)
    }

    /// Checks what can be checked without a picture.
    func check(_ locators: [Locator]) throws {
        for locator in locators {
            switch locator {
            case .needle(let name): _ = try needles.needle(named: name.rawValue)
            case .text(let text): if TextSearch(text) == nil { throw ScreenError.nothingToLookFor(text) }
            }
        }
    }

    // MARK: - Private parts

    private func find(
        _ name: NeedleName,
        in region: Rectangle?,
        on screen: Picture,
        pointer: Rectangle?
    ) async throws -> NeedleSighting {
        let needle = try needles.needle(named: name.rawValue)
        return try await matching.run { () throws(any Error) in
            let readText = { try reader.readNow(screen, in: $0) }
            let sighting = try needle.find(on: screen, in: region, readText: readText)
            guard sighting.verdict != .match, let pointer else { return sighting }
            var masked = try needle.find(on: screen, in: region, pointer: pointer, readText: readText)
            // What differs under the pointer may be the pointer: it has to step aside before anything is said.
            if masked.verdict == .differs, masked.place.map({ !$0.intersection(pointer).isEmpty }) ?? false {
                masked.verdict = .occluded
            }
            return masked
        }
    }

    private func match(_ sighting: NeedleSighting, _ name: NeedleName, _ frame: Frame) -> Match {
        let place = sighting.place ?? frame.picture.bounds
        return Match(
            locator: .needle(name),
            rectangle: place,
            centre: sighting.clickPoint ?? place.centre,
            found: sighting.variant,
            error: sighting.error,
            sinceChange: .now - frame.changedAt,
            picture: frame.picture
        )
    }

    private func match(_ words: [TextWord], _ text: String, _ frame: Frame) -> Match {
        let line = TextLine(words: words)
        return Match(
            locator: .text(text),
            rectangle: line.box,
            centre: line.box.centre,
            found: line.text,
            error: 0,
            sinceChange: .now - frame.changedAt,
            picture: frame.picture
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
