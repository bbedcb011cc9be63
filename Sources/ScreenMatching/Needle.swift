package import Pictures

/// A name for what a screen shows, and the pictures that show it: one for each language or theme.
package struct Needle: Hashable, Sendable {
    /// One picture with its areas.
    package struct Variant: Hashable, Sendable {
        /// The picture's file name without its ending.
        package let name: String
        /// The picture that the areas were drawn on.
        package let picture: Picture
        /// What is asked of the screen, in the order of the file.
        package let areas: [NeedleFile.Area]
        fileprivate let templates: [Template]

        /// Creates a variant; the areas must lie within the picture.
        package init(name: String, picture: Picture, file: NeedleFile, fileName: String) throws(NeedleError) {
            self.name = name
            self.picture = picture
            areas = try file.areas(in: picture, file: fileName)
            let excluded = areas.filter { $0.kind == .exclude }.map(\.rectangle)
            templates = areas.compactMap { area in
                guard area.kind == .match, let cut = picture.cropped(to: area.rectangle) else { return nil }
                let holes = excluded.map { $0.intersection(area.rectangle) }
                    .filter { !$0.isEmpty }
                    .map { $0.moved(byX: -area.rectangle.x, y: -area.rectangle.y) }
                return Template(area: area, picture: cut, excluded: holes)
            }
        }
    }

    /// The folder's name below the needles, such as `desktop/terminal`.
    package let name: String
    /// At least one picture.
    package let variants: [Variant]

    /// Creates a needle.
    package init(name: String, variants: [Variant]) {
        self.name = name
        self.variants = variants
    }
}

/// One area of type match, cut from its picture.
private struct Template: Hashable, Sendable {
    let area: NeedleFile.Area
    let picture: Picture
    let excluded: [Rectangle]
}

/// What became of the search for a needle.
package struct NeedleSighting: Hashable, Sendable {
    /// Which of the needle's pictures came nearest.
    package var variant: String
    /// The decision on its worst area.
    package var verdict: Sighting.Verdict
    /// Everything that the match areas cover on the screen, or `nil` when nothing resembled the needle.
    package var place: Rectangle?
    /// Where a click on the needle goes.
    package var clickPoint: Point?
    /// The worst pixel's error over all areas; at most 1 matches.
    package var error: Double
    /// The worst pixel.
    package var worstPixel: Point
    /// The share of differing pixels in the worst area.
    package var differingShare: Double
    fileprivate var hasOwnClickPoint = false
}

// MARK: - Searching

extension Needle {
    /// Looks for any of the needle's pictures and returns the best.
    ///
    /// Takes milliseconds: not for Swift's own threads.
    ///
    /// The needle's first area must lie in `region`. `pointer` is where the pointer is drawn, if it is. `readText` reads the
    /// text within a rectangle, for areas that ask for text.
    package func find(
        on screen: Picture,
        in region: Rectangle? = nil,
        pointer: Rectangle? = nil,
        readText: (Rectangle) throws -> [TextLine] = { _ in [] }
    ) throws -> NeedleSighting {
        var best: NeedleSighting?
        for variant in variants {
            let sighting = try variant.find(on: screen, in: region, pointer: pointer, readText: readText)
            if best.map({ sighting.isBetter(than: $0) }) ?? true { best = sighting }
            if sighting.verdict == .match { break }
        }
        return best
            ?? NeedleSighting(
                variant: "",
                verdict: .absent,
                error: 99,
                worstPixel: Point(x: 0, y: 0),
                differingShare: 1
            )
    }
}

extension Needle.Variant {
    fileprivate func find(
        on screen: Picture,
        in region: Rectangle?,
        pointer: Rectangle?,
        readText: (Rectangle) throws -> [TextLine]
    ) throws -> NeedleSighting {
        var result = NeedleSighting(
            variant: name,
            verdict: .match,
            error: 0,
            worstPixel: Point(x: 0, y: 0),
            differingShare: 0
        )
        // The first area is looked for everywhere; the others must stand around it as they do in the picture.
        var offset: Point?
        for template in templates {
            let expected = offset.map { template.area.rectangle.moved(byX: $0.x, y: $0.y) }
            let search = PictureSearch(
                region: expected?.expanded(by: template.area.margin) ?? region,
                pointer: pointer,
                excluded: template.excluded,
                isExact: template.area.percentage >= 100
            )
            let sighting = try search.find(template.picture, on: screen)
            result.include(sighting, of: template.area)
            guard let place = sighting.place, sighting.verdict <= .occluded else { break }
            if offset == nil {
                offset = Point(x: place.x - template.area.rectangle.x, y: place.y - template.area.rectangle.y)
            }
        }
        guard let offset, result.verdict <= .occluded else { return result }
        for case .text(let text) in areas.map(\.kind) {
            guard let area = areas.first(where: { $0.kind == .text(text) }) else { continue }
            let place = area.rectangle.moved(byX: offset.x, y: offset.y)
            guard try TextSearch(text)?.firstMatch(in: readText(place)) == nil else { continue }
            result.verdict = .differs
            result.error = max(result.error, 99)
            result.worstPixel = place.centre
        }
        return result
    }
}

extension NeedleSighting {
    fileprivate mutating func include(_ sighting: Sighting, of area: NeedleFile.Area) {
        verdict = max(verdict, sighting.verdict)
        if sighting.error >= error { worstPixel = sighting.worstPixel }
        error = max(error, sighting.error)
        differingShare = max(differingShare, sighting.differingShare)
        guard let found = sighting.place else { return }
        place = place?.union(found) ?? found
        // As in openQA: the last area counts, unless one has a click point of its own.
        if let point = area.clickPoint {
            clickPoint = Point(x: found.x + point.x, y: found.y + point.y)
            hasOwnClickPoint = true
        } else if !hasOwnClickPoint {
            clickPoint = found.centre
        }
    }

    fileprivate func isBetter(than other: NeedleSighting) -> Bool {
        verdict == other.verdict
            ? (differingShare, error) < (other.differingShare, other.error) : verdict < other.verdict
    }
}
