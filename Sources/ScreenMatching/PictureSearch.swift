import CVision
package import Pictures

/// Where a picture stands on a screen, as decided by its worst pixel.
package struct Sighting: Hashable, Sendable {
    /// The decision.
    package enum Verdict: String, Sendable, Comparable {
        /// Every pixel is the same, or differs by no more than another rendering would.
        case match
        /// All that can be seen matches, but the pointer hides a part. Move the pointer and look again.
        case occluded
        /// It stands there, but is not the same at one place.
        case differs
        /// Nothing on the screen resembles it.
        case absent

        package static func < (first: Verdict, second: Verdict) -> Bool { first.rank < second.rank }

        private var rank: Int {
            switch self {
            case .match: 0
            case .occluded: 1
            case .differs: 2
            case .absent: 3
            }
        }
    }

    /// The decision.
    package var verdict: Verdict
    /// The best place, or `nil` when nothing resembled the picture at all.
    package var place: Rectangle?
    /// The worst pixel's error in units of what is tolerated: 0 is equal pixel for pixel, more than 1 is another picture.
    package var error: Double
    /// The worst pixel.
    package var worstPixel: Point
    /// The share of pixels whose error is above 1.
    package var differingShare: Double
    /// Normalised correlation at the place; it proposes places and decides nothing.
    package var correlation: Double
}

/// How a picture is looked for.
package struct PictureSearch: Sendable {
    /// The part of the screen that it must lie in; `nil` is all of it.
    package var region: Rectangle?
    /// Where the pointer is drawn, if it is.
    package var pointer: Rectangle?
    /// Parts of the wanted picture that may look like anything, in its own pixels.
    package var excluded: [Rectangle]
    /// Whether nothing but the very same pixels will do.
    package var isExact: Bool

    /// Creates a search of the whole screen.
    package init(
        region: Rectangle? = nil,
        pointer: Rectangle? = nil,
        excluded: [Rectangle] = [],
        isExact: Bool = false
    ) {
        self.region = region
        self.pointer = pointer
        self.excluded = excluded
        self.isExact = isExact
    }

    /// Looks for a picture on a screen.
    ///
    /// Takes milliseconds: not for Swift's own threads.
    package func find(_ wanted: Picture, on screen: Picture) throws(VisionError) -> Sighting {
        try find(PreparedPicture(wanted, excluded: excluded), on: screen)
    }

    /// Looks for a picture that was prepared with what is excluded.
    func find(_ wanted: PreparedPicture, on screen: Picture) throws(VisionError) -> Sighting {
        var sighting = cvision_sighting()
        let region = (self.region ?? screen.bounds).intersection(screen.bounds)
        guard !region.isEmpty else { return .nothing }
        let status = screen.withVisionPicture { screen in
            var search = cvision_search(
                region: cvision_rect(region),
                pointer: pointer.map(cvision_rect.init) ?? cvision_rect(),
                exact: isExact ? 1 : 0
            )
            return withExtendedLifetime(wanted) { cvision_find(screen, wanted.handle, &search, &sighting) }
        }
        try VisionError.check(status, during: "the search for a picture")
        return Sighting(sighting)
    }
}

extension Sighting {
    /// The sighting of what can't be there, such as a picture larger than the screen.
    static var nothing: Sighting {
        Sighting(
            verdict: .absent,
            place: nil,
            error: 99,
            worstPixel: Point(x: 0, y: 0),
            differingShare: 1,
            correlation: 0
        )
    }

    init(_ sighting: cvision_sighting) {
        let verdict: Verdict =
            switch sighting.verdict {
            case CVISION_MATCH: .match
            case CVISION_OCCLUDED: .occluded
            case CVISION_DIFFERS: .differs
            default: .absent
            }
        self.init(
            verdict: verdict,
            place: sighting.place.width > 0 ? Rectangle(sighting.place) : nil,
            error: sighting.worst,
            worstPixel: Point(x: Int(sighting.worst_x), y: Int(sighting.worst_y)),
            differingShare: sighting.bad,
            correlation: sighting.correlation
        )
    }
}
