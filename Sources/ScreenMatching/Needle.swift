package import Pictures

/// A name for what a screen shows, and the pictures that show it: one for each language or theme.
package struct Needle: Sendable {
    /// One picture with its areas.
    package struct Variant: Sendable {
        /// The picture's file name without its ending.
        package let name: String
        /// The picture that the areas were drawn on.
        package let picture: Picture
        /// The names by which steps may ask for any of several needles.
        package let tags: [String]
        /// What is asked of the screen, in the order of the file.
        package let areas: [NeedleFile.Area]
        let templates: [Template]
        /// How far any part of the needle may be from its first area's far end.
        let reach: (x: Int, y: Int)

        /// Creates a variant; the areas must lie within the picture.
        package init(name: String, picture: Picture, file: NeedleFile, fileName: String) throws(NeedleError) {
            self.name = name
            self.picture = picture
            tags = file.tags
            areas = try file.areas(in: picture, file: fileName)
            let excluded = areas.filter { $0.kind == .exclude }.map(\.rectangle)
            var templates: [Template] = []
            for area in areas {
                guard area.kind == .match, let cut = picture.cropped(to: area.rectangle) else { continue }
                let holes = excluded.map { $0.intersection(area.rectangle) }
                    .filter { !$0.isEmpty }
                    .map { $0.moved(byX: -area.rectangle.x, y: -area.rectangle.y) }
                do throws(VisionError) {
                    let prepared = try PreparedPicture(cut, excluded: holes)
                    templates.append(Template(area: area, picture: cut, excluded: holes, prepared: prepared))
                } catch {
                    throw .badPicture(file: fileName, reason: "\(area.rectangle): \(error.summary)")
                }
            }
            self.templates = templates
            if areas.count == 1, let only = areas.first?.rectangle {
                reach = (only.width, only.height)
            } else {
                let whole = areas.reduce(Rectangle(x: 0, y: 0, width: 0, height: 0)) {
                    $0.union($1.rectangle.expanded(by: $1.margin))
                }
                reach = (whole.width, whole.height)
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
struct Template: Sendable {
    let area: NeedleFile.Area
    let picture: Picture
    let excluded: [Rectangle]
    let prepared: PreparedPicture

    var isExact: Bool { area.percentage >= 100 || area.tolerance == 0 }
}

/// What became of the search for a needle.
package struct NeedleSighting: Hashable, Sendable {
    /// Which of the needle's pictures came nearest.
    package var variant: String
    /// The decision on its worst area.
    package var verdict: Sighting.Verdict
    /// Everything that the match areas cover on the screen, or `nil` when nothing resembled the needle.
    package var place: Rectangle?
    /// How far the first area is from where it is in the needle's picture, or `nil` when nothing resembled it.
    package var offset: Point?
    /// Where a click on the needle goes.
    package var clickPoint: Point?
    /// The worst pixel's error over all areas; at most 1 matches.
    package var error: Double
    /// The worst pixel.
    package var worstPixel: Point
    /// The share of differing pixels in the worst area.
    package var differingShare: Double
    fileprivate var hasOwnClickPoint = false

    fileprivate init(variant: String, verdict: Sighting.Verdict, error: Double) {
        self.variant = variant
        self.verdict = verdict
        self.error = error
        worstPixel = Point(x: 0, y: 0)
        differingShare = verdict == .match ? 0 : 1
    }
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
        return best ?? NeedleSighting(variant: "", verdict: .absent, error: 99)
    }
}

extension Needle.Variant {
    fileprivate func find(
        on screen: Picture,
        in region: Rectangle?,
        pointer: Rectangle?,
        readText: (Rectangle) throws -> [TextLine]
    ) throws -> NeedleSighting {
        // The first area is looked for everywhere; the others must stand around it as they do in the picture.
        guard let first = templates.first else { return NeedleSighting(variant: name, verdict: .absent, error: 99) }
        let anchor = try first.search(in: region, pointer: pointer).find(first.prepared, on: screen)
        return try judge(anchor, on: screen, pointer: pointer, readText: readText)
    }

    /// Looks at the other areas where they must be when the first one is where it was seen.
    func judge(
        _ anchor: Sighting,
        on screen: Picture,
        pointer: Rectangle?,
        readText: (Rectangle) throws -> [TextLine]
    ) throws -> NeedleSighting {
        var result = NeedleSighting(variant: name, verdict: .match, error: 0)
        guard let first = templates.first else { return result }
        result.include(anchor, of: first.area)
        guard let corner = anchor.place else { return result }
        let (dx, dy) = (corner.x - first.area.rectangle.x, corner.y - first.area.rectangle.y)
        result.offset = Point(x: dx, y: dy)
        guard result.verdict <= .occluded else { return result }
        for template in templates.dropFirst() {
            let expected = template.area.rectangle.moved(byX: dx, y: dy)
            let search = template.search(in: expected.expanded(by: template.area.margin), pointer: pointer)
            result.include(try search.find(template.prepared, on: screen), of: template.area)
            guard result.verdict <= .occluded else { return result }
        }
        for area in areas {
            guard case .text(let text) = area.kind else { continue }
            let place = area.rectangle.moved(byX: dx, y: dy)
            guard try TextSearch(text)?.firstMatch(in: readText(place)) == nil else { continue }
            result.verdict = .differs
            result.error = max(result.error, 99)
            result.worstPixel = place.centre
        }
        return result
    }
}

extension Template {
    fileprivate func search(in region: Rectangle?, pointer: Rectangle?) -> PictureSearch {
        PictureSearch(region: region, pointer: pointer, excluded: excluded, isExact: isExact)
    }
}

extension NeedleSighting {
    fileprivate mutating func include(_ sighting: Sighting, of area: NeedleFile.Area) {
        // An area may ask for less tolerance than the decision has.
        let isTooFar = sighting.verdict <= .occluded && sighting.error > area.tolerance
        verdict = max(verdict, isTooFar ? .differs : sighting.verdict)
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
